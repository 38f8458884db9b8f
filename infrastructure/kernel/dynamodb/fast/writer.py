"""Values written as JSON at once, in place of attribute values that are written as JSON afterwards."""

from collections.abc import Callable
from datetime import date
from datetime import datetime
from decimal import Decimal
from enum import Enum
from types import NoneType
from typing import Any
from uuid import UUID

from domain.kernel.value import Value
from infrastructure.kernel.dynamodb import codec
from infrastructure.kernel.dynamodb.codec import quoted

_TEXT = '{"S":%s}'


def to_json(value: Any) -> str:
    """What `codec.to_json` returns."""
    kind = type(value)
    return (_WRITERS.get(kind) or _writer(kind))(value)


def _writer(kind: type[Any]) -> Callable[[Any], str]:
    """What writes values of that type, from now on: any but the ones below and our own are left to `codec`."""
    if issubclass(kind, Enum):
        _WRITERS[kind] = _writer_of_constants(kind)
    elif issubclass(kind, Value):
        _WRITERS[kind] = _writer_of_fields(kind)
    else:
        _WRITERS[kind] = codec.to_json
    return _WRITERS[kind]


def _writer_of_fields(kind: type[Value]) -> Callable[[Any], str]:
    """Texts are put into a pattern at once. Of other fields only constants have one type nearly always.

    The fields are looped over here, once, and not in every call, which would take half as long again: what writes a value
    with two fields is `lambda fields: pattern % (w0(fields["id"]), w1(fields["size"]),)`.
    """
    writers = {name: _writer_of_a_field(field.annotation) for name, field in kind.model_fields.items()}
    members = [f"{quoted(name)}:{_TEXT if each is quoted else '%s'}" for name, each in writers.items()]
    calls = [f"w{number}(fields[{name!r}])," for number, name in enumerate(writers)]
    written: Callable[[dict[str, Any]], str] = eval(  # noqa: S307  # of nothing but the names of fields, in quotes
        f"lambda fields: pattern % ({''.join(calls)})",
        {"pattern": f'{{"M":{{{",".join(members)}}}}}', **{f"w{n}": each for n, each in enumerate(writers.values())}},
    )

    def write(value: Value) -> str:
        try:
            return written(value.__dict__)
        except TypeError:  # an owner's validator may have left anything in a field of texts
            return codec.to_json(value)

    return write


def _writer_of_a_field(annotation: Any) -> Callable[[Any], str]:
    if annotation is str:
        return quoted
    return _writer(annotation) if isinstance(annotation, type) and issubclass(annotation, Enum) else to_json


def _writer_of_constants(kind: type[Enum]) -> Callable[[Any], str]:
    written = {constant._name_: to_json(constant.value) for constant in kind}

    def write(constant: Any) -> str:
        if type(constant) is not kind:  # an owner's validator may have left anything in a field of constants
            return to_json(constant)
        return written.get(constant._name_) or codec.to_json(constant)  # several flags have no name together

    return write


def _text(text: str) -> str:
    return _TEXT % quoted(text)


def _number(number: int | Decimal) -> str:
    return f'{{"N":"{number}"}}'


def _time(time: date) -> str:
    return f'{{"S":"{time.isoformat()}"}}'


_WRITERS: dict[type[Any], Callable[[Any], str]] = {
    str: _text,
    int: _number,
    Decimal: _number,
    bool: lambda value: '{"BOOL":true}' if value else '{"BOOL":false}',
    NoneType: lambda _: '{"NULL":true}',
    date: _time,
    datetime: _time,
    UUID: lambda value: f'{{"S":"{value}"}}',
    tuple: lambda members: f'{{"L":[{",".join([(_WRITERS.get(type(each)) or to_json)(each) for each in members])}]}}',
}
