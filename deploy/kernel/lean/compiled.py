"""Compiles the models of our packages: `python -m deploy.kernel.lean.compiled FOLDER CONTENT DESCRIPTIONS PACKAGE...`.

It imports every module of the packages in `FOLDER`, with pydantic, and writes what `in_zip` reads, and descriptions of that
and of the containers.
It ends with 1, and says why, if there is something that `in_zip` cannot take the place of.
"""

import json
import marshal
import pickle
import re
import sys
from collections.abc import Sequence
from importlib import import_module
from inspect import isroutine
from io import BytesIO
from pathlib import Path
from typing import Any

from dependency_injector.containers import DeclarativeContainer
from dependency_injector.providers import Provider
from pydantic import AfterValidator
from pydantic import BaseModel
from pydantic import BeforeValidator
from pydantic import TypeAdapter
from pydantic import WrapValidator
from pydantic._internal._config import ConfigWrapper
from pydantic.fields import FieldInfo

from deploy.kernel.lean.canonical import described
from deploy.kernel.lean.canonical import modules_in
from deploy.kernel.lean.canonical import subclasses
from deploy.kernel.lean.on_demand import make_all
from deploy.kernel.lean.wired import Unwired
from deploy.kernel.lean.wired import wired

_VALIDATORS = (AfterValidator, BeforeValidator, WrapValidator)
_TOLD = [name for name in FieldInfo.__slots__ if not name.startswith("_") and name != "metadata"]
_IDENTITY = re.compile(r":[0-9]+")


class Unknown(Exception):
    """Something that the module in the zip does not take the place of; says what."""


class _Writer(pickle.Pickler):
    """Writes what the module in the zip reads: models, and what else only pydantic has, by name."""

    def __init__(self, file: BytesIO, packages: Sequence[str]) -> None:
        super().__init__(file, protocol=5)
        self._packages = packages

    def persistent_id(self, thing: Any) -> Any:
        if isinstance(thing, type) and issubclass(thing, BaseModel):
            if _package_of(thing) not in self._packages:
                raise Unknown(f"{_name_of(thing)} is a model of another package")
            return "model", _name_of(thing)
        named = in_other_words(thing)
        if named is None or named[0] != "field":
            return named
        return *named[:2], written(named[2], self._packages)

    def reducer_override(self, thing: Any) -> Any:
        if (isinstance(thing, type) or isroutine(thing)) and _package_of(thing) == "pydantic":
            raise Unknown(f"{_name_of(thing)} is needed")
        return NotImplemented


def in_other_words(thing: Any) -> tuple[Any, ...] | None:
    """What only pydantic has, as its name and what it says; None for anything else."""
    if isinstance(thing, FieldInfo):
        return "field", {name: getattr(thing, name) for name in _TOLD}, thing.metadata
    if isinstance(thing, _VALIDATORS):
        return "told", type(thing).__name__, {"func": thing.func}
    if type(thing).__name__ == "_PydanticGeneralMetadata":
        return "told", "Field", dict(vars(thing))
    return None


def written(thing: Any, packages: Sequence[str]) -> bytes:
    """`thing`, as the module in the zip reads it.

    Raises:
        Unknown: it is made of something that cannot be written down by its name.
    """
    file = BytesIO()
    try:
        _Writer(file, packages).dump(thing)
    except (pickle.PicklingError, AttributeError, TypeError) as exc:
        raise Unknown(str(exc)) from exc
    return file.getvalue()


def compiled(folder: Path, packages: Sequence[str]) -> tuple[dict[str, Any], dict[str, str]]:
    """What the module in the zip reads, and a description of each part of it.

    Raises:
        Unknown: names the first thing that the module cannot take the place of.
    """
    adapters = _recorded(packages)
    for module in modules_in(folder, packages):
        try:
            import_module(module)
        except Exception as exc:
            raise Unknown(f"{module} cannot be imported here: {type(exc).__name__}: {exc}") from exc
    kinds = _models(packages)
    types = {repr(adapter._type): adapter for adapter in adapters if adapter._type not in kinds.values()}
    content: dict[str, dict[str, Any]] = {"models": {}, "types": {}}
    said = {}
    for name, kind in sorted(kinds.items()):
        try:
            _require_known(kind)
            schema, names = _of_model(kind), tuple(kind.__pydantic_fields__)
            fields, class_vars = list(kind.__pydantic_fields__.values()), sorted(kind.__class_vars__)
            content["models"][name] = names, class_vars, written(fields, packages), written(schema, packages)
            said[name] = described((names, class_vars, fields, schema, kind.model_config), in_other_words)
        except Unknown as exc:
            raise Unknown(f"{name}: {exc}") from exc
    for name, adapter in sorted(types.items()):
        schema = _of_adapter(adapter)
        content["types"][name], said[name] = written(schema, packages), described(schema, in_other_words)
    return content, said


def _recorded(packages: Sequence[str]) -> list[TypeAdapter[Any]]:
    """All adapters that the packages make from now on."""
    made: list[TypeAdapter[Any]] = []
    make = TypeAdapter.__init__

    def record(self: TypeAdapter[Any], *args: Any, **kwargs: Any) -> None:
        make(self, *args, **kwargs)
        if sys._getframe(1).f_globals["__name__"].partition(".")[0] in packages:
            made.append(self)

    TypeAdapter.__init__ = record  # type: ignore[method-assign]  # this process does nothing else
    return made


def _models(packages: Sequence[str]) -> dict[str, type[BaseModel]]:
    """Every model of the packages, by its name; also those that are made when they are first needed."""
    make_all()
    found: dict[str, type[BaseModel]] = {}
    for kind in subclasses(BaseModel):
        if _package_of(kind) in packages and found.setdefault(_name_of(kind), kind) is not kind:
            raise Unknown(f"{_name_of(kind)}: there are two models of this name")
    return found


def _require_known(kind: type[BaseModel]) -> None:
    """Passes if the class needs nothing but its schema and fields."""
    generic = kind.__pydantic_generic_metadata__
    reasons = {
        "is generic": generic["parameters"] or generic["origin"],
        "has private attributes": kind.__private_attributes__,
        "has computed fields": kind.__pydantic_computed_fields__,
        "is a root model": kind.__pydantic_root_model__,
        "has a field whose type is not known": not kind.__pydantic_complete__,
    }
    for reason, applies in reasons.items():
        if applies:
            raise Unknown(reason)


def _of_model(kind: type[BaseModel]) -> tuple[Any, Any]:
    """Its schema, and the configuration that pydantic gives to its validator."""
    config = ConfigWrapper(kind.model_config, check=False).core_config(title=kind.__name__)
    return _without_identities(kind.__pydantic_core_schema__), config


def _of_adapter(adapter: TypeAdapter[Any]) -> tuple[Any, Any]:
    return _without_identities(adapter.core_schema), ConfigWrapper(adapter._config).core_config(None)


def _without_identities(part: Any) -> Any:
    """The part of a schema without what is for people, and with the same references in every process."""
    if isinstance(part, list | tuple):
        return type(part)(map(_without_identities, part))
    if not isinstance(part, dict) or not isinstance(part.get("type"), str):
        return part
    return {name: _member(name, value) for name, value in part.items() if name != "metadata"}


def _member(name: str, value: Any) -> Any:
    if name in ("ref", "schema_ref"):
        return _IDENTITY.sub("", value)
    if name in ("fields", "choices") and isinstance(value, dict):
        return {key: _without_identities(schema) for key, schema in value.items()}
    return value if name in ("default", "expected", "members") else _without_identities(value)


def _name_of(thing: Any) -> str:
    return f"{thing.__module__}:{thing.__qualname__}"


def _package_of(thing: Any) -> str:
    return str(getattr(thing, "__module__", "")).partition(".")[0]


def main(folder: str, content_file: str, descriptions: str, *packages: str) -> None:
    """Writes both, or says why not."""
    try:
        content, said = compiled(Path(folder), packages)
        wiring = wired(DeclarativeContainer, Provider)
    except (Unknown, Unwired) as exc:
        sys.exit(str(exc))
    Path(content_file).write_bytes(marshal.dumps(content))
    Path(descriptions).write_text(json.dumps({"compiled": said, "wired": wiring}), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
