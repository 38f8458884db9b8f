"""Takes the worked example, teams with players and their transfers, out of the reference."""

import re
from collections.abc import Callable
from itertools import groupby
from pathlib import PurePosixPath

_WORDS = "teams?|players?|transfers?|football"
_MENTION = re.compile(
    rf"(?<![A-Za-z])(?:{_WORDS})(?![a-z]|-encoding)"
    rf"|(?:{_WORDS.title()})(?![a-z]|-Encoding)"
    rf"|(?<![A-Za-z])(?:{_WORDS.upper()})(?![A-Za-z])"
)
_BLOCK_BEGINS = re.compile(r"(?:[-*]|\d+\.) |\||#|```")
_HEADING = re.compile(r"(#+) ")


def mentions_example(text: str) -> bool:
    """Whether it is about the example."""
    return _MENTION.search(text) is not None


def is_of_example(path: str) -> bool:
    """Whether a file is named after the example."""
    return mentions_example(PurePosixPath(path).stem)


def without_example(text: str, path: str, blank: Callable[[str], str]) -> str:
    """The file at `path` without the example: without the lines that mention it, or, in Markdown, without the blocks.

    `blank` takes out of a text what does not count as a mention.
    """

    def mentions(part: str) -> bool:
        return mentions_example(blank(part))

    if path.endswith(".md"):
        return _markdown_without(text, mentions)
    lines = text.splitlines(keepends=True)
    kept = [line for line in lines if not mentions(line)]
    return text if kept == lines else re.sub(r"\n\n\n\n+", "\n\n\n", "".join(kept))


def _markdown_without(text: str, mentions: Callable[[str], bool]) -> str:
    kept: list[str] = []
    dropped_level: int | None = None
    for block in _blocks(text):
        heading = _HEADING.match(block)
        if heading and dropped_level is not None and len(heading[1]) <= dropped_level:
            dropped_level = None
        if dropped_level is not None:
            continue
        if heading and mentions(block):
            dropped_level = len(heading[1])
        elif block.startswith("```text\n"):
            kept += [line for line in block.splitlines(keepends=True) if not mentions(line)]
        elif not mentions(block) and (block.strip() or (kept and kept[-1].strip())):
            kept.append(block)
    return "".join(kept).rstrip("\n") + "\n"


def _blocks(text: str) -> list[str]:
    """Headings, paragraphs, list items, rows of tables, fenced blocks, and what is blank between them."""
    blocks: list[str] = []
    fenced = False
    for is_blank, lines in groupby(text.splitlines(keepends=True), key=lambda line: not line.strip()):
        for position, line in enumerate(lines):
            if fenced or not (position == 0 or is_blank or _BLOCK_BEGINS.match(line)):
                blocks[-1] += line
            else:
                blocks.append(line)
            if line.startswith("```"):
                fenced = not fenced
    return blocks
