"""Renames the plain aggregate of the reference, and replaces what is called after the service."""

import io
import json
import re
import tokenize
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath
from typing import Any

from template.names import Form
from template.names import Name

WORD = "sponsor"
"""What the plain aggregate of the reference is called. It means nothing else in there, and its plural is a plain -s."""

Span = tuple[int, int]

_WORDS = f"{WORD}s|{WORD}"
_PATTERN = (
    r"(?:(?<![A-Za-z0-9])(?P<article>[Aa]n?)(?P<gap>[ _]))?"
    rf"(?:(?<![A-Za-z])(?P<lower>{_WORDS})(?![a-z])"
    rf"|(?P<title>{_WORDS.title()})(?![a-z])"
    rf"|(?<![A-Za-z])(?P<upper>{_WORDS.upper()})(?![A-Za-z]))"
)
_PROSE_IN_CODE = re.compile(r'"""|(?:^|\s)# ')
_ANYWHERE = re.compile("")
_BEGINS_WITH_A_VOWEL = re.compile(r"(?!uni|use|usu|eu|one)[aeiou]|hour|hono|heir", re.IGNORECASE)
_PROSE_BEFORE = re.compile(r"|[\s(\[*]")
_PROSE_AFTER = re.compile(r"[\s,;:!?)'’\]*]|\.(?!\w)|$")


@dataclass(frozen=True)
class Renamer:
    """Renames in one pass, so that no new name is ever taken for an old one."""

    name: Name
    literals: Mapping[str, str]
    """What is replaced as it stands: names and description of the service, its author."""

    def plain(self, text: str) -> str:
        """A path, an identifier or lines of code, renamed: what has no prose in it."""
        return self._replaced(text, prose=[])

    def content(self, text: str, path: str) -> str:
        """The file at `path`, renamed."""
        kind = PurePosixPath(path).suffix
        if kind == ".json":
            renamed = json.dumps(self._json(json.loads(text)), indent=2, ensure_ascii=False, sort_keys=True)
            return renamed + "\n"
        prose = {".py": _prose_of_python, ".md": _prose_of_markdown}.get(kind, _no_prose)
        return self._replaced(text, prose(text))

    def without_literals(self, text: str) -> str:
        """`text` without what is replaced as it stands."""
        return self._literal.sub("", text)

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile(f"(?P<literal>{self._literal.pattern})|{_PATTERN}")

    @cached_property
    def _literal(self) -> re.Pattern[str]:
        longest_first = sorted(self.literals, key=len, reverse=True)
        return re.compile("|".join(map(re.escape, longest_first)))

    def _json(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {self.plain(key): self._json(member) for key, member in value.items()}
        if isinstance(value, list):
            return [self._json(member) for member in value]
        if isinstance(value, str):
            return self._replaced(value, prose=[(0, len(value))] if " " in value else [])
        return value

    def _replaced(self, text: str, prose: list[Span]) -> str:
        def replacement(found: re.Match[str]) -> str:
            literal: str | None = found["literal"]
            if literal is not None:
                return self.literals[literal]
            new = self.name.form(_form(found, text, prose), plural=found[0].lower().endswith("s"))
            article: str | None = found["article"]
            if article is None:
                return new
            return article[0] + ("n" if _BEGINS_WITH_A_VOWEL.match(new) else "") + found["gap"] + new

        return self._pattern.sub(replacement, text)


def _form(found: re.Match[str], text: str, prose: list[Span]) -> Form:
    if found["title"]:
        return "pascal"
    if found["upper"]:
        return "upper"
    start, end = found.span("lower")
    before, after = text[max(start - 1, 0) : start], text[end : end + 2]
    if after[:1].isupper():
        return "camel"
    if before == "-" or (after[:1] == "-" and after[1:].isalnum()):
        return "kebab"
    in_prose = any(begin <= start < stop for begin, stop in prose)
    if in_prose and _PROSE_BEFORE.fullmatch(before) and _PROSE_AFTER.match(after):
        return "human"
    return "snake"


def _prose_of_python(text: str) -> list[Span]:
    """Where comments and docstrings are."""
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    spans = []
    begins_statement = True
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        is_text = token.type == tokenize.STRING and begins_statement
        if token.type == tokenize.COMMENT or is_text:
            spans.append((starts[token.start[0] - 1] + token.start[1], starts[token.end[0] - 1] + token.end[1]))
        if token.type not in (tokenize.NL, tokenize.COMMENT, tokenize.INDENT, tokenize.DEDENT):
            begins_statement = token.type == tokenize.NEWLINE
    return spans


def _prose_of_markdown(text: str) -> list[Span]:
    """All but code; comments and docstrings in code."""
    spans = []
    start = 0
    in_code = False
    for line in text.splitlines(keepends=True):
        if line.startswith("```"):
            in_code = not in_code
        begins = _PROSE_IN_CODE.search(line) if in_code else _ANYWHERE.search(line)
        if begins:
            spans.append((start + begins.start(), start + len(line)))
        start += len(line)
    return spans


def _no_prose(_: str) -> list[Span]:
    return []
