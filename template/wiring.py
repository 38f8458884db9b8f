"""The lines that an aggregate has in files which are not its own."""

from collections.abc import Callable
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import replace
from difflib import SequenceMatcher
from itertools import groupby
from typing import Self

from template.clashes import identifiers
from template.renaming import WORD
from template.renaming import Renamer


@dataclass(frozen=True)
class Wiring:
    """A wiring file: without any aggregate, with the lines of one, and with those of two."""

    path: str
    without: str
    before: str
    after: str
    introduced: frozenset[str] = frozenset()
    """The names that only the second aggregate has."""

    @classmethod
    def of(cls, path: str, text: str, first: Renamer, second: Renamer) -> Self:
        """`text` is that of the reference, in which the lines of the plain aggregate stand for those of both."""
        runs = [*_runs(text)]
        return cls(
            path,
            without="".join(first.plain(run) for run, is_of_aggregate, _ in runs if not is_of_aggregate),
            before=first.content(text, path),
            after="".join(
                first.plain(run) + (separator + second.plain(run) if is_of_aggregate else "")
                for run, is_of_aggregate, separator in runs
            ),
            introduced=frozenset(second.plain(name) for name in identifiers(text) if WORD in name.lower()),
        )

    def formatted(self, formatting: Callable[[str], str]) -> Self:
        """The same, as the template would have made the three texts."""
        return replace(
            self,
            without=formatting(self.without),
            before=formatting(self.before),
            after=formatting(self.after),
        )

    def carried_over(self, current: str) -> str:
        """`current`, which was made of `before`, with the lines that `after` has more.

        They follow the line that they follow in `after`, or where the owner has dropped the first aggregate, what stood
        before that; else they stand before the line that they precede.

        Raises:
            LookupError: the owner has changed what stands before and after those lines; its argument is the lines.
        """
        old, new = _lines(self.before), _lines(self.after)
        lines = [*_expanded(_lines(current), old)]
        places = dict(_matches(old, lines))
        of_the_first = {*range(len(old))} - {place for place, _ in _matches(old, _lines(self.without))}
        insertions: list[tuple[int, list[str]]] = []
        lost: list[str] = []
        for tag, start, _, begin, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
            if tag == "equal":
                continue
            previous = start - 1
            while previous in of_the_first and previous not in places:
                previous -= 1
            if previous in places:
                insertions.append((places[previous] + 1, new[begin:end]))
            elif start in places:
                insertions.append((places[start], new[begin:end]))
            else:
                lost += new[begin:end]
        if lost:
            raise LookupError("".join(lost))
        for place, inserted in reversed(insertions):
            lines[place:place] = inserted
        return "".join(lines)


def _runs(text: str) -> Iterator[tuple[str, bool, str]]:
    """The lines in groups: with whether they are the plain aggregate's, and what parts two such groups."""
    for is_of_aggregate, lines in groupby(_lines(text), key=lambda line: WORD in line.lower()):
        run = [*lines]
        yield "".join(run), is_of_aggregate, "\n" if len(run) > 1 else ""


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def _matches(old: list[str], new: list[str]) -> Iterator[tuple[int, int]]:
    """Which lines of both are the same, by their places."""
    for match in SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks():
        yield from zip(range(match.a, match.a + match.size), range(match.b, match.b + match.size), strict=True)


def _expanded(lines: list[str], old: list[str]) -> Iterator[str]:
    """The lines with those lists opened again that were open in `old`: the formatter closes a list without members."""
    for line in lines:
        opening = line.removesuffix("]\n") + "\n"
        if opening != line and opening in old:
            yield opening
            yield "]\n"
        else:
            yield line
