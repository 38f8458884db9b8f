"""The lines that an aggregate has in files which are not its own."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from typing import Self

from template.renaming import WORD
from template.renaming import Renamer
from template.service import identifiers


@dataclass(frozen=True)
class Wiring:
    """A wiring file, with the lines of one aggregate and with those of two."""

    path: str
    before: str
    after: str
    introduced: frozenset[str]
    """The names that only the second aggregate has."""

    @classmethod
    def of(cls, path: str, text: str, first: Renamer, second: Renamer) -> Self:
        """`text` is that of the reference, in which the lines of the plain aggregate stand for those of both."""
        names = {name for name in identifiers(text) if WORD in name.lower()} if path.endswith(".py") else set()
        return cls(
            path,
            before=first.content(text, path),
            after="".join(
                first.plain(run) + (separator + second.plain(run) if is_of_aggregate else "")
                for run, is_of_aggregate, separator in _runs(text)
            ),
            introduced=frozenset(map(second.plain, names)),
        )


def _runs(text: str) -> Iterator[tuple[str, bool, str]]:
    """The lines in groups: with whether they are the plain aggregate's, and what parts two such groups."""
    for is_of_aggregate, lines in groupby(text.splitlines(keepends=True), key=lambda line: WORD in line.lower()):
        run = [*lines]
        yield "".join(run), is_of_aggregate, "\n" if len(run) > 1 else ""


def carried_over(before: str, after: str, current: str) -> str:
    """`current`, which was made of `before`, with the lines that `after` has more.

    Raises:
        LookupError: nothing is left of what stands before and after those lines; its argument is the lines.
    """
    old, new, lines = (text.splitlines(keepends=True) for text in (before, after, current))
    matches = SequenceMatcher(None, old, lines, autojunk=False).get_matching_blocks()
    places = {match.a + offset: match.b + offset for match in matches for offset in range(match.size)}
    insertions: list[tuple[int, list[str]]] = []
    lost: list[str] = []
    for tag, start, _, begin, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        if start - 1 in places:
            insertions.append((places[start - 1] + 1, new[begin:end]))
        elif start in places:
            insertions.append((places[start], new[begin:end]))
        else:
            lost += new[begin:end]
    if lost:
        raise LookupError("".join(lost))
    for place, inserted in reversed(insertions):
        lines[place:place] = inserted
    return "".join(lines)
