"""The generated blocks of a file: the lines between `# generated: NAME` and `# end`. The other lines are the owner's.

A name may have more words, as in `# generated: table Invoice Receipt`.
"""

import json
import re
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from typing import NamedTuple

from domain.kernel.errors import Misconfigured

Blocks = Mapping[str, Sequence[str]]
"""The lines of each block, not indented, by its name."""

_BEGIN = re.compile(r"( *)# generated: ([a-z]+(?: \w+)*)")
_END = re.compile(r" *# end")
_MARKER = re.compile(r"\s*#\s*(generated\b|end\s*$)", re.IGNORECASE)


class Part(NamedTuple):
    """Some lines in a row: those of a block with both its markers, or those between two blocks, which have no name."""

    name: str
    indent: str
    text: str


def blocks_in(text: str, path: str) -> dict[str, list[str]]:
    """The lines of the blocks in `text`, the content of the file `path`.

    Raises:
        Misconfigured: a marker is broken.
    """
    named = (part for part in _parts(text, path) if part.name)
    return {part.name: [line.removeprefix(part.indent) for line in part.text.splitlines()[1:-1]] for part in named}


def in_step(text: str, blocks: Blocks, path: str) -> str:
    """`text`, the content of the file `path`, with `blocks` in the place of its own.

    Raises:
        Misconfigured: a marker is broken, or a block is missing, unknown, or there twice.
    """
    return "".join(_rendered(part, blocks) for part in _checked(text, blocks, path))


def out_of_step(text: str, blocks: Blocks, path: str) -> list[str]:
    """The names of the blocks in `text`, the content of the file `path`, that are not as `blocks` has them.

    Raises:
        Misconfigured: as `in_step`.
    """
    return [part.name for part in _checked(text, blocks, path) if part.text != _rendered(part, blocks)]


def route_lines(routes: Iterable[tuple[str, str, str | None]]) -> list[str]:
    """A line per route: method, path, and the scope that it requires; None makes it public.

    Of routes that take the same requests, only the first gets a line: it is the one that is served.

    Raises:
        Misconfigured: two other routes would get the same logical id.
    """
    named: dict[str, tuple[str, str]] = {}
    lines = []
    for method, path, scope in routes:
        id, shape = logical_id(method, path), (method, re.sub(r"{\w+}", "{}", path))
        if id in named and named[id] != shape:
            raise Misconfigured(
                f"{method} {path} and {' '.join(named[id])} would both have the logical id {id}: change one of the paths"
            )
        if shape not in named.values():
            lines.append(f"{id}: {{Type: AWS::ApiGatewayV2::Route, Properties: {{{_route(method, path, scope)}}}}}")
        named[id] = shape
    return lines


def logical_id(method: str, path: str) -> str:
    """The logical id of a route: of its method and path alone, because a route with another id is another route.

    CloudFormation makes the new route before it deletes the old one, and API Gateway has no two of the same path.
    """
    words = re.findall(r"[A-Za-z0-9]+", path.replace("{", "/by/"))
    return "".join(word[:1].upper() + word[1:] for word in ("route", method.lower(), *words))


def event_lines(sources: Iterable[str], types: Sequence[str]) -> list[str]:
    """The state and the pattern of the rule that invokes consumers; without `types` there are none, and it is disabled."""
    return [
        f"State: {'ENABLED' if types else 'DISABLED'}",
        "EventPattern:",
        f"  source: {json.dumps([*sources])}",
        *(["  detail-type:"] if types else []),
        *(f"    - {json.dumps(type)}" for type in types),
    ]


def _route(method: str, path: str, scope: str | None) -> str:
    target = f'ApiId: !Ref Api, RouteKey: "{method} {path}", Target: !Sub "integrations/${{Integration}}"'
    if scope is None:
        return f"{target}, AuthorizationType: NONE"
    authorization = f"AuthorizerId: !Ref Authorizer, AuthorizationScopes: [{json.dumps(scope)}]"
    return f"{target}, AuthorizationType: JWT, {authorization}"


def _rendered(part: Part, blocks: Blocks) -> str:
    if not part.name:
        return part.text
    lines = (f"# generated: {part.name}", *blocks[part.name], "# end")
    return "".join(f"{part.indent}{line}\n" for line in lines)


def _checked(text: str, blocks: Blocks, path: str) -> list[Part]:
    parts = [*_parts(text, path)]
    names = [part.name for part in parts if part.name]
    for name in names:
        if name not in blocks:
            raise Misconfigured(f"{path}: the block {name} is unknown; there are {', '.join(blocks)}")
        if names.count(name) > 1:
            raise Misconfigured(f"{path}: the block {name} is there twice")
    for name in blocks:
        if name not in names:
            raise Misconfigured(f"{path}: the block {name} is missing: add the lines '# generated: {name}' and '# end'")
    return parts


def _parts(text: str, path: str) -> Iterator[Part]:
    name, indent, lines = "", "", list[str]()
    for number, line in enumerate(text.splitlines(keepends=True), start=1):
        begin, end = _BEGIN.fullmatch(line.rstrip("\n")), _END.fullmatch(line.rstrip("\n"))
        if _MARKER.match(line) and not (begin or end):
            raise Misconfigured(
                f"{path}, line {number}: a marker is '# generated: NAME' or '# end', not {line.strip()!r}"
            )
        if begin:
            if name:
                raise Misconfigured(f"{path}, line {number}: the block {name} has no '# end' before this line")
            yield Part("", "", "".join(lines))
            indent, name = begin.groups()
            lines = []
        lines.append(line)
        if end:
            if not name:
                raise Misconfigured(f"{path}, line {number}: this '# end' has no '# generated: NAME' before it")
            yield Part(name, indent, "".join(lines))
            name, lines = "", []
    if name:
        raise Misconfigured(f"{path}: the block {name} has no '# end'")
    yield Part("", "", "".join(lines))
