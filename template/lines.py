"""Counts the lines that an owner writes for the plain aggregate: with the kernel, and with boto3 alone.

    python -m template.lines

A line counts if it has code: no blank line, no comment, no docstring.
"""

import ast
import sys
import tokenize
from collections.abc import Iterable
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import NamedTuple

from template.paths import WIRING
from template.paths import is_of_aggregate
from template.paths import is_own
from template.renaming import WORD

ROOT = Path(__file__).parents[1]
DYNAMODB = f"infrastructure/dynamodb/{WORD}s.py"
IN_MEMORY = f"infrastructure/memory/{WORD}s.py"
RAW = "tests/docs/recipes/raw.py"
LAYERS = ("domain", "usecases", "infrastructure")

_NO_CODE = {
    tokenize.COMMENT,
    tokenize.DEDENT,
    tokenize.ENCODING,
    tokenize.ENDMARKER,
    tokenize.INDENT,
    tokenize.NEWLINE,
    tokenize.NL,
}


class Count(NamedTuple):
    """Lines of code, and how many of them import something."""

    lines: int
    imports: int

    def __str__(self) -> str:
        return f"{self.lines} ({self.lines - self.imports})"


class Row(NamedTuple):
    """What is written, in how many lines with the kernel, and in how many with boto3 alone."""

    what: str
    kernel: Count
    boto3: Count | None


def count(source: str) -> Count:
    """The lines of code in a module."""
    statements = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.stmt)]
    strings = {line for node in statements if _is_bare_string(node) for line in _lines(node)}
    imports = {line for node in statements if isinstance(node, ast.Import | ast.ImportFrom) for line in _lines(node)}
    code = {
        line
        for token in tokenize.generate_tokens(StringIO(source).readline)
        if token.type not in _NO_CODE
        for line in range(token.start[0], token.end[0] + 1)
    }
    return Count(len(code - strings), len(imports))


def table() -> list[Row]:
    """All rows."""
    dynamodb, in_memory, raw = (_of(path) for path in (DYNAMODB, IN_MEMORY, RAW))
    code, tests = (
        [_of(path) for folder in folders for path in _modules(folder) if is_of_aggregate(path) and not is_own(path)]
        for folders in (LAYERS, ("tests",))
    )
    whole = _sum([*code, *map(_naming, WIRING)])
    without = Count(whole.lines - dynamodb.lines, whole.imports - dynamodb.imports)
    return [
        Row("storage in DynamoDB", dynamodb, raw),
        Row("storage in DynamoDB and in memory", _sum([dynamodb, in_memory]), None),
        Row("the whole aggregate", whole, _sum([without, raw])),
        Row("its tests", _sum(tests), _sum(tests)),
    ]


def page() -> str:
    """The rows as a table in Markdown."""
    rows = (f"| {row.what} | {row.kernel} | {row.boto3 or '–'} |" for row in table())
    return "\n".join(["| what | with the kernel | on boto3 alone |", "|---|---|---|", *rows])


def _is_bare_string(node: ast.stmt) -> bool:
    """Whether `node` is a docstring, or a string in the place of one, below an attribute."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _lines(node: ast.stmt) -> range:
    return range(node.lineno, (node.end_lineno or node.lineno) + 1)


def _of(path: str) -> Count:
    return count((ROOT / path).read_text(encoding="utf-8"))


def _naming(path: str) -> Count:
    """The lines of a wiring file in which the aggregate is named."""
    named = [line for line in (ROOT / path).read_text(encoding="utf-8").splitlines() if WORD in line.lower()]
    return Count(len(named), sum(line.startswith(("from ", "import ")) for line in named))


def _sum(counts: Iterable[Count]) -> Count:
    lines, imports = zip(*counts, strict=True)
    return Count(sum(lines), sum(imports))


def _modules(folder: str) -> Iterator[str]:
    return (path.relative_to(ROOT).as_posix() for path in sorted((ROOT / folder).rglob("*.py")))


if __name__ == "__main__":
    sys.stdout.write(f"{page()}\n")
