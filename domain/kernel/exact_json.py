"""JSON whose numbers keep all their digits, although a float would round them."""

import json
from decimal import Decimal
from typing import Any

from pydantic_core import from_json

_NUMBER = "$number"


def read_json(text: bytes) -> Any:
    """The plain values in `text`; a number that a float would change is an object that only fields of numbers take.

    Raises:
        ValueError: it is not JSON in UTF-8.
    """
    from_json(text, allow_inf_nan=False)  # stricter than json: about encoding, depth, surrogates and infinities
    return json.loads(text.decode(), parse_float=_number)


def as_float(given: Any) -> Any:
    """`given`, for a field that holds floats."""
    written = _written(given)
    return given if written is None else float(written)


def as_written(given: Any) -> Any:
    """`given`, for a field that keeps every digit. A text is made a number here, so that unions prefer it to a text."""
    written = given if isinstance(given, str) else _written(given)
    try:
        return given if written is None else Decimal(written)
    except ArithmeticError:
        return written


def _number(text: str) -> Any:
    number = float(text)
    try:
        return number if Decimal(repr(number)) == Decimal(text) else {_NUMBER: text}
    except ArithmeticError:
        return {_NUMBER: text}


def _written(given: Any) -> str | None:
    """The number as it is written, if `given` is one that `read_json` kept."""
    if isinstance(given, dict) and given.keys() == {_NUMBER} and isinstance(given[_NUMBER], str):
        written: str = given[_NUMBER]
        return written
    return None
