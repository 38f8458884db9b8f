"""What goes wrong."""

from collections.abc import Iterable


class Refused(Exception):
    """What was asked for cannot be made. Nothing has been written.

    Attributes:
        problems: everything that stands in the way, each naming the input and the rule.
    """

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("".join(f"\n  - {problem}" for problem in self.problems))
