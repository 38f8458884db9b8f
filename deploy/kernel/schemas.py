"""What a change of a JSON Schema breaks, for those who send such values or receive them."""

import json
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from typing import cast

Json = Mapping[str, Any]
Change = tuple[str, str]
"""The path of a field, empty for the whole value, and what has become of it."""

ANNOTATIONS = {
    *("$comment", "$defs", "$id", "$schema", "default", "deprecated", "description", "discriminator", "example"),
    *("examples", "readOnly", "title", "writeOnly"),
}
"""What says nothing about which values are valid."""
KINDS = ("format", "contentEncoding", "contentMediaType")
"""What a text is, beside its type."""
RULES = ("multipleOf", "pattern", "uniqueItems")
"""What can be compared for equality only: no one can say in general which of two patterns takes more."""
ENDS = {"maximum": "exclusiveMaximum", "minimum": "exclusiveMinimum"}
SIZES = ("maxItems", "maxLength", "maxProperties", "minItems", "minLength", "minProperties")
SHAPES = (
    *("$ref", "additionalProperties", "anyOf", "const", "enum", "items", "oneOf", "prefixItems", "properties"),
    *("required", "type"),
)
COMPARED = {*ANNOTATIONS, *KINDS, *RULES, *ENDS, *ENDS.values(), *SIZES, *SHAPES}
TYPES: Mapping[type, str] = {
    bool: "boolean",
    int: "integer",
    float: "number",
    str: "string",
    type(None): "null",
    dict: "object",
    list: "array",
}


@dataclass(frozen=True)
class Comparison:
    """Compares the schemas of two documents, into which their references lead.

    If the service takes the values, a change may allow more of them, and never fewer. If the service gives them, a change
    may leave kinds of values out, and add none. Receivers have to ignore fields that they do not know. They must not
    rely on a limit of length or size, or on a pattern. If the service `ignores_unknown` fields, a change may remove some.
    """

    old_document: Json
    new_document: Json
    takes: bool
    ignores_unknown: bool = False

    def breaks(self, old: Json, new: Json, path: str = "", within: frozenset[str] = frozenset()) -> Iterator[Change]:
        """The changes that break somebody."""
        reached = json.dumps([old, new], sort_keys=True)
        if "$ref" in reached:
            if reached in within:
                return
            within |= {reached}
        olds = alternatives(old, self.old_document)
        news = alternatives(new, self.new_document)
        if len(olds) == len(news) == 1:
            yield from self._breaks_of_one(olds[0], news[0], path, within)
            return
        for one in olds if self.takes else news:
            pairs = [(one, other) for other in news] if self.takes else [(other, one) for other in olds]
            alike = [pair for pair in pairs if name(pair[0]) == name(pair[1])]
            fits = any(not list(self._breaks_of_one(*pair, path, within)) for pair in pairs)
            if len(alike) == 1 and ("properties" in one or not fits):
                yield from self._breaks_of_one(*alike[0], path, within)
            elif not fits:
                yield path, f"{name(one)} is {'no longer accepted' if self.takes else 'possible now'}"

    def _breaks_of_one(self, old: Json, new: Json, path: str, within: frozenset[str]) -> Iterator[Change]:
        inner, outer = (old, new) if self.takes else (new, old)
        if not includes(types(outer), types(inner)):
            yield path, f"type is {named(types(new))}, was {named(types(old))}"
            return
        yield from self._values(inner, outer, path)
        rules = (*KINDS, *RULES) if self.takes else KINDS
        for rule in rules:
            if outer.get(rule) not in (None, False, inner.get(rule)):
                yield path, changed(rule, old, new)
        if self.takes:
            for limit in narrowed(old, new):
                yield path, changed(limit, old, new)
        for keyword in sorted({*old, *new} - COMPARED):
            if old.get(keyword) != new.get(keyword) and not keyword.startswith("x-"):
                yield path, f"{changed(keyword, old, new)}, which cannot be judged here"
        yield from self._fields(old, new, path, within)
        yield from self._others(old.get("additionalProperties"), new.get("additionalProperties"), path, within)
        yield from self._places(old, new, path, within)

    def _values(self, inner: Json, outer: Json, path: str) -> Iterator[Change]:
        before, after = values(inner), values(outer)
        if after is None:
            return
        if before is None:
            yield path, f"{'only' if self.takes else 'no longer only'} {', '.join(sorted(after))}"
        for value in sorted((before or set()) - after):
            yield path, f"{value} is {'no longer accepted' if self.takes else 'possible now'}"

    def _fields(self, old: Json, new: Json, path: str, within: frozenset[str]) -> Iterator[Change]:
        before, after = old.get("properties", {}), new.get("properties", {})
        for field in before:
            if field not in after and not self.ignores_unknown:
                yield below(path, field), "was removed"
            elif field in after:
                yield from self.breaks(before[field], after[field], below(path, field), within)
        was, is_now = set(old.get("required", ())), set(new.get("required", ()))
        for field in sorted(is_now - was if self.takes else was - is_now):
            if field in after or self.takes:
                yield below(path, field), f"is {'required' if self.takes else 'optional'} now"

    def _others(self, old: Any, new: Any, path: str, within: frozenset[str]) -> Iterator[Change]:
        """The fields that have no name in the schema; if it is silent about them, any may be there."""
        old, new = (True if other in (None, {}) else other for other in (old, new))
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            yield from self.breaks(old, new, below(path, "*"), within)
        elif isinstance(old, Mapping) and new is not False and not self.takes:
            yield path, "other fields may have any value now"
        elif new is not True and old is not False and self.takes:
            yield path, f"other fields are {'restricted' if new else 'no longer accepted'}"

    def _places(self, old: Json, new: Json, path: str, within: frozenset[str]) -> Iterator[Change]:
        if "items" in old or "items" in new:
            yield from self.breaks(old.get("items", {}), new.get("items", {}), f"{path}[]", within)
        before, after = old.get("prefixItems", []), new.get("prefixItems", [])
        if len(before) != len(after):
            yield path, f"has {len(after)} places, had {len(before)}"
            return
        for number, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from self.breaks(one, other, f"{path}[{number}]", within)


def alternatives(schema: Json, document: Json) -> list[Json]:
    """The schemas of which a value fits one, with references followed."""
    own = {keyword: value for keyword, value in schema.items() if keyword not in ("$ref", "anyOf", "oneOf")}
    if "$ref" in schema:
        return [
            {**each, **without_annotations(own)} for each in alternatives(found(schema["$ref"], document), document)
        ]
    several = schema.get("anyOf", schema.get("oneOf"))
    if several is None:
        return [own]
    return [{**each, **without_annotations(own)} for one in several for each in alternatives(one, document)]


def found(reference: str, document: Json) -> Json:
    """Where a reference into its own document leads."""
    place: Any = document
    for step in reference.removeprefix("#/").split("/"):
        place = place[step.replace("~1", "/").replace("~0", "~")]
    return cast("Json", place)


def without_annotations(schema: Json) -> Json:
    """`schema` without what describes it."""
    return {keyword: value for keyword, value in schema.items() if keyword not in ANNOTATIONS}


def values(schema: Json) -> set[str] | None:
    """The values that it allows, as JSON; None if they are not listed."""
    listed = [schema["const"]] if "const" in schema else schema.get("enum")
    return None if listed is None else {json.dumps(value, sort_keys=True) for value in listed}


def types(schema: Json) -> set[str] | None:
    """The types that it allows; None if any."""
    if "type" in schema:
        return {schema["type"]} if isinstance(schema["type"], str) else {*schema["type"]}
    listed = [schema["const"]] if "const" in schema else schema.get("enum")
    return None if listed is None else {TYPES[type(value)] for value in listed}


def includes(outer: set[str] | None, inner: set[str] | None) -> bool:
    """Whether every value of the one is of a type of the other."""
    if outer is None or inner is None:
        return outer is None
    return inner <= (outer | {"integer"} if "number" in outer else outer)


def named(types: set[str] | None) -> str:
    """Types as a message says them."""
    return "any" if types is None else " or ".join(sorted(types))


def name(schema: Json) -> str:
    """What an alternative is called: an object by its title, all else by its type."""
    kind = named(types(schema))
    return str(schema.get("title", kind)) if kind in ("object", "any") else kind


def narrowed(old: Json, new: Json) -> Iterator[str]:
    """The limits of `new` that `old` does not have, or has further out."""
    for limit, exclusive in ENDS.items():
        before, after = end(old, limit, exclusive), end(new, limit, exclusive)
        if after is not None and (before is None or after > before):
            yield limit if limit in new else exclusive
    for size in SIZES:
        sign, no_limit = (-1, None) if size.startswith("max") else (1, 0)
        before, after = old.get(size, no_limit), new.get(size, no_limit)
        if after is not None and (before is None or sign * after > sign * before):
            yield size


def end(schema: Json, limit: str, exclusive: str) -> tuple[float, bool] | None:
    """Where the numbers that it allows end: the greater, the fewer of them there are."""
    sign = -1 if limit == "maximum" else 1
    ends = [(sign * schema[key], key == exclusive) for key in (limit, exclusive) if key in schema]
    return max(ends, default=None)


def below(path: str, field: str) -> str:
    """The path of a field."""
    return f"{path}.{field}" if path else field


def changed(keyword: str, old: Json, new: Json) -> str:
    """A keyword that has changed, as a message says it."""
    return f"{keyword} is {json.dumps(new.get(keyword))}, was {json.dumps(old.get(keyword))}"
