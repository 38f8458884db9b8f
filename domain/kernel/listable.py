"""Which listings an aggregate can declare."""

from collections.abc import Iterator
from types import NoneType
from types import UnionType
from typing import TYPE_CHECKING
from typing import Annotated
from typing import Any
from typing import Literal
from typing import Union
from typing import get_args
from typing import get_origin

from domain.kernel.listing import Listing
from domain.kernel.ordering import longest
from domain.kernel.text import MAX_ID

if TYPE_CHECKING:
    from domain.kernel.entity import Entity

MAX_POSITION = 1024
"""How many bytes a position may have: room for one text and three other values."""


def declared_by(kind: type["Entity"]) -> tuple[Listing, ...]:
    """The listings that `kind` and its bases declare, in the order of declaration.

    Raises:
        TypeError: entities of `kind` cannot be listed so; names the listing and the rule that it breaks.
    """
    declared = (name for base in reversed(kind.__mro__) for name in vars(base) if isinstance(vars(base)[name], Listing))
    listings = {name: listing for name in declared if isinstance(listing := getattr(kind, name), Listing)}
    alike: dict[tuple[Any, ...], str] = {}
    for name, listing in listings.items():
        _require_listable(kind, f"{kind.__name__}.{name}", listing)
        other = alike.setdefault((listing.by, listing.order, listing.descending), name)
        if other != name:
            raise TypeError(f"{kind.__name__}.{name}: is the same listing as {other}")
    return tuple(listings.values())


def _require_listable(kind: type["Entity"], title: str, listing: Listing) -> None:
    fields = (*listing.by, *listing.order)
    for name in fields:
        if name not in kind.model_fields:
            raise TypeError(f"{title}: {kind.__name__} has no field {name!r}")
        if fields.count(name) > 1:
            raise TypeError(f"{title}: {name!r} is named twice")
        if _longest(kind, name) is None:
            raise TypeError(f"{title}: {name!r} holds {kind.model_fields[name].annotation}, which cannot be listed by")
    position = sum((_longest(kind, name) or 0) + 1 for name in listing.order) + MAX_ID
    if position > MAX_POSITION:
        raise TypeError(
            f"{title}: `order` must be shorter, with at most one text: {position} bytes, not {MAX_POSITION}"
        )


def _longest(kind: type["Entity"], name: str) -> int | None:
    """How many bytes `ordered` takes at most for a value of the field; None if it takes no such value."""
    types = set(_types(kind.model_fields[name].annotation)) - {NoneType}
    return longest(*types) if len(types) == 1 else None


def _types(annotation: Any) -> Iterator[Any]:
    """The types that a field of that annotation holds, None's among them."""
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _types(get_args(annotation)[0])
    elif origin in (Union, UnionType):
        for member in get_args(annotation):
            yield from _types(member)
    elif origin is Literal:
        yield from map(type, get_args(annotation))
    else:
        yield annotation
