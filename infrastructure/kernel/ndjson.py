"""Entities as lines of JSON: each an object with the entity's fields and its `type`."""

from codecs import BOM_UTF8
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from typing import BinaryIO

from pydantic_core import to_json

from domain.kernel.entity import Entity
from domain.kernel.errors import AlreadyExists
from domain.kernel.errors import InvalidArgument
from domain.kernel.errors import TooLarge
from domain.kernel.exact_json import read_json
from domain.kernel.repository import MAX_PAGE
from domain.kernel.repository import Everything
from domain.kernel.repository import Page
from domain.kernel.repository import Repository
from domain.kernel.upcasting import schema_version
from domain.kernel.upcasting import upcast
from usecases.kernel.imports import Import
from usecases.kernel.observability import perform

MAX_LINE = 1024 * 1024
SCHEMA = "_schema"
"""In which schema version a line is, if that is not 0. No field is called so."""


@dataclass(frozen=True)
class Imported:
    """What became of one line."""

    line: int
    problem: str | None = None
    exists: bool = False

    @property
    def outcome(self) -> str:
        """The same in one word: `added`, `existing` or `refused`."""
        return "existing" if self.exists else "refused" if self.problem else "added"


def export_lines(repositories: Iterable[Repository[Any]], unreadable: Callable[[str, str], None]) -> Iterator[bytes]:
    """Every entity of every repository as a line, in the order of their listings.

    `unreadable` is told the kind and the id of each that cannot be read, and so has no line.
    """
    for repository in repositories:
        kind = repository.kind.__name__
        for page in _pages(repository):
            for entity in page.items:
                yield line_of(entity)
            for id in page.unreadable:
                unreadable(kind, id)


def line_of(entity: Entity) -> bytes:
    """The line of one entity."""
    version = schema_version(type(entity))
    told = {"type": type(entity).__name__, **({SCHEMA: version} if version else {})}
    return to_json({**told, **entity.model_dump(mode="json", round_trip=True)}) + b"\n"


def _pages(repository: Repository[Any]) -> Iterator[Page[Any]]:
    page = repository.page(Everything(), limit=MAX_PAGE)
    yield page
    while page.has_more:
        page = repository.page(Everything(), limit=MAX_PAGE, cursor=page.next_cursor)
        yield page


def import_lines(
    file: BinaryIO, imports: Mapping[str, Callable[[], Import[Any]]], *, first: int = 1
) -> Iterator[Imported]:
    """Adds the entity of every line and yields what became of it; empty lines are passed over.

    The next line of `file` has the number `first`; nothing is read beyond the line that is yielded. The `version` that
    an export writes is ignored. A line of an older export is read by the upcasters of its kind. An error that is not of
    the line is raised: run the import again, and the lines before are reported as existing.
    """
    kinds = {name: use_case() for name, use_case in imports.items()}
    for number, line in _lines(file, first):
        try:
            use_case, entity = _entity(line, kinds)
            perform(use_case, entity)
        except AlreadyExists as exc:
            yield Imported(number, str(exc), exists=True)
        except (InvalidArgument, TooLarge) as exc:
            yield Imported(number, str(exc))
        else:
            yield Imported(number)


def _lines(file: BinaryIO, first: int) -> Iterator[tuple[int, bytes]]:
    number = first
    while line := file.readline(MAX_LINE + 1):
        is_whole = len(line) <= MAX_LINE
        content = line.removeprefix(BOM_UTF8) if number == 1 and is_whole else line
        if content.strip() or not is_whole:
            yield number, content
        while not line.endswith(b"\n") and len(line) > MAX_LINE:
            line = file.readline(MAX_LINE + 1)
        number += 1


def _entity(line: bytes, kinds: Mapping[str, Import[Any]]) -> tuple[Import[Any], Entity]:
    if len(line) > MAX_LINE:
        raise InvalidArgument("line", f"must have at most {MAX_LINE} bytes")
    try:
        fields = read_json(line)
    except ValueError as exc:
        raise InvalidArgument("line", f"is not JSON: {exc}") from exc
    if not isinstance(fields, dict):
        raise InvalidArgument("line", "must be an object")
    type = fields.pop("type", None)
    if not isinstance(type, str) or type not in kinds:
        raise InvalidArgument("type", f"must be one of {', '.join(kinds)}")
    kind = kinds[type].kind
    written_in = fields.pop(SCHEMA, 0)
    if not isinstance(written_in, int):
        raise InvalidArgument(SCHEMA, "must be a whole number")
    is_older = written_in < schema_version(kind)
    given = to_json({**upcast(kind, fields, written_in), "version": 0})
    return kinds[type], kind.model_validate_json(given, extra="ignore" if is_older else None)
