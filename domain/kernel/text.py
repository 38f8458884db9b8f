"""Texts with rules: ids, names, and how names are compared."""

import re
import unicodedata
from typing import Annotated

from pydantic import AfterValidator
from pydantic import Field
from pydantic_core import PydanticCustomError

MAX_NAME = 100
MAX_ID = 64
ID_PATTERN = rf"^[0-9A-Za-z_-]{{1,{MAX_ID}}}$"
_NAME_PATTERN = r"^[^\u0000-\u001f\u007f-\u009f]*[^\s\u0000-\u001f\u007f-\u009f][^\u0000-\u001f\u007f-\u009f]*$"
"""For clients: the rules of a name that is trimmed already."""
_CONTROL_CHARACTER = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


def _name(text: str) -> str:
    if text.isascii() and text.isprintable() and 1 <= len(text) <= MAX_NAME and text[0] != " " != text[-1]:
        return text  # nearly always, and all rules are kept
    name = unicodedata.normalize("NFC", text).strip()
    if not 1 <= len(name) <= MAX_NAME:
        raise PydanticCustomError(
            "name_length", "must have 1 to {max} characters, not {length}", {"max": MAX_NAME, "length": len(name)}
        )
    if has_control_characters(name):
        raise PydanticCustomError("name_characters", "must not have control characters")
    return name


def has_control_characters(text: str) -> bool:
    """Whether `text` has a control character or a lone surrogate (Unicode categories Cc and Cs)."""
    return _CONTROL_CHARACTER.search(text) is not None


Id = Annotated[str, Field(min_length=1, max_length=MAX_ID, pattern=ID_PATTERN, examples=["01JD8X4W5Y0V3T7Q2N6M9K1H4B"])]
"""1 to 64 characters of `0-9 A-Z a-z _ -`; never used again after a removal."""

Name = Annotated[
    str,
    AfterValidator(_name),
    Field(
        json_schema_extra={"minLength": 1, "maxLength": MAX_NAME, "pattern": _NAME_PATTERN}, examples=["Northern Star"]
    ),
]
"""1 to 100 characters after trimming and NFC normalisation, without control characters or lone surrogates."""


def fold(text: str) -> str:
    """`text` as it is searched and sorted: without case, compatibility forms or combining marks.

    Folding twice changes nothing, and `fold(a + b) == fold(a) + fold(b)`, so a prefix stays a prefix.

    >>> fold("Málaga ＣＦ")
    'malaga cf'
    """
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join([character for character in decomposed if not unicodedata.combining(character)]).casefold()
