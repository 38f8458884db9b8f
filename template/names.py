"""The name of an aggregate, in every form that code and texts have it in."""

import builtins
import keyword
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Form = Literal["pascal", "camel", "snake", "kebab", "upper", "human"]

MAX_LENGTH = 40
_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z][a-z0-9]+|[A-Z]+[0-9]*")
_PASCAL_CASE = re.compile(r"(?:[A-Z][a-z0-9]*)+")
_OF_EVERY_CONTAINER = {"Containers", "Dependencies", "Overridden", "Parent", "Providers"}


@dataclass(frozen=True)
class Name:
    """A name in PascalCase, singular and plural."""

    singular: str
    plural: str

    def form(self, form: Form, *, plural: bool) -> str:
        """One of its forms: `LineItem`, `lineItem`, `line_item`, `line-item`, `LINE_ITEM`, `line item`."""
        text = self.plural if plural else self.singular
        words = [word.lower() for word in _WORD.findall(text)]
        forms: dict[Form, str] = {
            "pascal": text,
            "camel": words[0] + "".join(_WORD.findall(text)[1:]),
            "snake": "_".join(words),
            "kebab": "-".join(words),
            "upper": "_".join(words).upper(),
            "human": " ".join(words),
        }
        return forms[form]

    def problems(self, singular: str, plural: str) -> Iterator[str]:
        """What keeps it from being the name of an aggregate; `singular` and `plural` are what the inputs are called."""
        for label, text in ((singular, self.singular), (plural, self.plural)):
            yield from _problems_of(label, text)
        if self.singular == self.plural:
            yield f"{plural}: {self.plural!r} has to differ from the singular; try {self.singular + 'List'!r}"


def _problems_of(label: str, text: str) -> Iterator[str]:
    if not (text.isascii() and _PASCAL_CASE.fullmatch(text)):
        guess = "".join(word[:1].upper() + word[1:] for word in re.findall(r"[A-Za-z][A-Za-z0-9]*", text))[:MAX_LENGTH]
        hint = f"; did you mean {guess!r}?" if guess and guess != text else ""
        yield f"{label}: {shown(text)} is not in PascalCase, as LineItem is{hint}"
        return
    if len(text) > MAX_LENGTH:
        yield f"{label}: {shown(text)} has {len(text)} characters, more than {MAX_LENGTH}"
    lower = text.lower()
    if keyword.iskeyword(lower) or keyword.iskeyword(text):
        yield f"{label}: {text!r} becomes {lower!r}, a keyword of Python"
    elif hasattr(builtins, lower) or hasattr(builtins, text):
        yield f"{label}: {text!r} becomes {lower!r}, or stays as it is, and one of them is a builtin of Python"
    elif text.startswith("Test"):
        yield f"{label}: {text!r} begins with 'Test', and pytest would take it for tests"
    elif text in _OF_EVERY_CONTAINER:
        yield f"{label}: {text!r} becomes {lower!r}, which every container of dependency-injector has already"


def shown(text: object) -> str:
    """`text` as a message shows it: quoted, escaped, and not too long."""
    quoted = repr(text)
    return quoted if len(quoted) <= 60 else f"{quoted[:57]}…"
