"""What is done with the models of `sample`, told as texts: with pydantic, and with what stands in a lean zip in its place."""

import json
import pickle
from collections.abc import Callable
from copy import copy
from copy import deepcopy
from typing import Any
from typing import get_origin

from pydantic import BaseModel
from pydantic import ValidationError

from .sample import Counted
from .sample import Named
from .sample import Open
from .sample import Rich
from .sample import Shape
from .sample import Square

NAME, MORE = "nothing", "more"


def told(action: Callable[[], Any]) -> str:
    """What comes of it."""
    try:
        return repr(action())
    except ValidationError as exc:
        return f"{exc.title}: {json.dumps(exc.errors(include_url=False), default=repr)}"
    except Exception as exc:  # noqa: BLE001  # whatever it is, it has to be the same
        return f"{type(exc).__name__}: {exc}"


def _set(model: Any, name: str, value: Any) -> Any:
    setattr(model, name, value)
    return model, model.model_fields_set, model.model_extra


def _delete(model: Any, name: str) -> Any:
    delattr(model, name)
    return model.__dict__, model.model_extra


def all_told() -> list[str]:
    """What comes of everything that a service may do with them."""
    rich: Callable[..., Any] = lambda **fields: Rich(**{"number": 3, **fields})  # noqa: E731
    with_half = rich()
    _ = with_half.half
    square: Any = Square(side=2)
    square._mark = "m"
    actions: list[Callable[[], Any]] = [
        Named,
        lambda: Named(fields=[Named(ref="inner")], type="b"),
        lambda: Named.model_validate({"metadata": "no", "type": "c", "unknown": 1}),
        lambda: Named.model_validate_json('{"fields": [{"schema_ref": [1, "2"]}]}').model_dump(),
        lambda: Named.model_validate_json('{"fields": [{"schema_ref": ["x"]}]}'),
        lambda: Named().default is Named().default,
        lambda: _set(Named(), "ref", "s"),
        lambda: _set(Named(), "_private", "s"),
        lambda: _set(Named(), "kind", "s"),
        lambda: _delete(Named(), "ref"),
        lambda: Named(metadata=1) == Named(metadata=1, ref="r"),
        lambda: Named() == Named(ref="s"),
        lambda: Named().__eq__(Open()),
        lambda: Named().__eq__(1),
        lambda: hash(Square(side=1)),
        lambda: (Named.metadata, Named.kind),
        lambda: getattr(Named(), NAME),
        lambda: list(Named()),
        lambda: str(Named(ref="x")),
        rich,
        lambda: Rich.model_validate(2),
        lambda: Rich.model_validate(5),
        lambda: rich(number=11, text="toolong", amount="123.456", moment="never", colour=3, wrapped="x"),
        lambda: rich(text="bad"),
        lambda: rich(text="good", anything="x", wrapped="4", named={"ref": "q"}, theAlias=7).model_dump(mode="json"),
        lambda: rich(theAlias=7).model_dump_json(by_alias=True, exclude={"number"}, indent=1),
        lambda: rich(colour="g").model_dump(include={"colour", "moment"}, round_trip=True),
        lambda: rich(named=Named()).model_copy(update={"text": "unchecked", "new": 1}).__dict__,
        lambda: rich(named=Named()).model_copy(deep=True) == rich(named=Named()),
        lambda: _set(rich(), "number", 1),
        lambda: _set(rich(), "number", 2),
        lambda: _set(rich(), "number", 20),
        lambda: _set(rich(), "fixed", 2),
        lambda: _set(rich(), "unknown", 2),
        lambda: _set(rich(), "half", 2)[0].half,
        lambda: _set(rich(), "twice", 2),
        lambda: _delete(rich(), "text"),
        lambda: _delete(rich(), "fixed"),
        lambda: (with_half == rich(), rich() == with_half, with_half == rich(text="A")),
        lambda: _delete(with_half, "half"),
        lambda: hash(rich()),
        lambda: Rich.model_validate_strings({"number": "3", "moment": "2026-02-01T00:00:00Z"}),
        lambda: Rich.model_validate({"number": 3}, strict=True, context={"a": 1}),
        lambda: Open(one=2, more=3),
        lambda: (
            dict(Open(more=3))["more"],
            getattr(Open(more=3), MORE),
            Open(more=3).model_extra,
            Open(more=3) == Open(),
            str(Open(more=3)),
        ),
        lambda: getattr(Open(more=3), NAME),
        lambda: _set(Open(), "more", 3),
        lambda: _set(Open(), "two", 8),
        lambda: _set(Open(more=4), "more", 3),
        lambda: _delete(Open(more=4), "more"),
        lambda: _delete(Open(), "more"),
        lambda: Open(more=4).model_copy(update={"most": 5, "one": 6}),
        lambda: dict(Open(more=4)),
        lambda: (copy(Open(more=[1])), deepcopy(Open(more=[1])), pickle.loads(pickle.dumps(Open(more=[1])))),
        lambda: (deepcopy(Named(fields=[Named()])), copy(rich()).model_fields_set),
        lambda: Counted(one=2).model_dump(),
        lambda: Counted.model_validate({"one": 3}, context="c").model_dump_json(),
        Shape,
        lambda: (square, square.area(), square._mark, isinstance(square, Shape), issubclass(Square, BaseModel)),
        lambda: [
            (n, get_origin(f.annotation) or f.annotation, f.default, f.is_required(), f.description)
            for n, f in Rich.model_fields.items()
        ],
        lambda: [[rule for rule in field.metadata if hasattr(rule, "ge")] for field in Rich.model_fields.values()],
        lambda: [sorted(model.model_config.items()) for model in (Named, Rich, Open, Counted, Square)],
        lambda: (Rich.__name__, Rich.__doc__, [base.__name__ for base in Square.__mro__]),
    ]
    return [told(action) for action in actions]
