"""Listings of aggregates: how they are declared, where an entity stands in them, and the queries that read them."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter
from typing import TYPE_CHECKING
from typing import Any
from typing import NamedTuple
from urllib.parse import quote

from pydantic import create_model

from domain.kernel.errors import InvalidArgument
from domain.kernel.ordering import exact
from domain.kernel.ordering import ordered
from domain.kernel.value import Value

if TYPE_CHECKING:
    from domain.kernel.entity import Entity


class Place(NamedTuple):
    """Where an entity stands: among those of the same `partition`, in the order of `position`."""

    partition: str
    position: str


def id_at(position: str) -> str:
    """The id of the entity that stands at `position`."""
    return position.rpartition("\0")[2]


@dataclass(frozen=True)
class Query:
    """Which entities to list: those of a partition whose position begins with `prefix` and whose text contains `part`.

    The text is what a position has before its first NUL. A query without `part` means every entity that it reads.
    """

    listing: "Listing"
    partition: str = ""
    prefix: str = ""
    part: str = ""

    def matches(self, position: str) -> bool:
        """Whether the entity at `position`, which begins with `prefix`, is meant."""
        return self.part in position.partition("\0")[0]


class Listing:
    """The entities of one kind in an order, declared beside their fields. Call it for the query that reads it.

        class Order(Entity):
            customer_id: Id
            placed_at: datetime | None = None

            of_customer: ClassVar[Listing] = Listing(by="customer_id", order="placed_at", descending=True)

        orders.page(Order.of_customer("c1"), limit=50)  # the orders of a customer, newest first

    An entity is not listed while one of these fields is None. Fields may hold `str`, `int`, `bool`, `Decimal`, `date`,
    `datetime`, `UUID` or an `Enum` of texts or numbers. Declare a new listing below those that are there: a store may
    know each by its number.

    Args:
        by: the fields whose values a query gives; without any, it lists all entities.
        order: the fields to sort by, texts ignoring case and accents. The id comes last, whatever they are.
        descending: turns the whole order round.
    """

    def __init__(
        self, *, by: str | tuple[str, ...] = (), order: str | tuple[str, ...] = (), descending: bool = False
    ) -> None:
        self.by = (by,) if isinstance(by, str) else tuple(by)
        self.order = (order,) if isinstance(order, str) else tuple(order)
        self.descending = descending
        self.name = ""
        self._values = attrgetter("id", *self.by, *self.order)

    def __set_name__(self, kind: type["Entity"], name: str) -> None:
        self._kind = kind
        self.name = name

    @classmethod
    def __get_pydantic_core_schema__(cls, *_: Any) -> Any:
        raise TypeError("a Listing is no field: annotate it as ClassVar[Listing]")

    def __repr__(self) -> str:
        return f"{self.name}: Listing(by={self.by}, order={self.order}, descending={self.descending})"

    def __call__(self, *values: Any, **named: Any) -> Query:
        """The query of the entities that have these values: of the fields of `by`, in their order or by their names.

        Raises:
            InvalidArgument: one is missing, not asked for, or none that the field can have.
        """
        if len(values) > len(self.by):
            raise InvalidArgument(self.name, f"takes {len(self.by)} values, not {len(values)}")
        given = dict(zip(self.by, values, strict=False))
        if twice := given.keys() & named.keys():
            raise InvalidArgument(min(twice), "must be given once")
        arguments = dict(self._arguments(**given, **named))
        for name, value in arguments.items():
            if value is None:
                raise InvalidArgument(name, "must not be None, which is not listed")
        return Query(self, self.partition(arguments.values()))

    @cached_property
    def _arguments(self) -> type[Value]:
        """What a query is given: each value under the rules of its field."""
        fields: dict[str, Any] = {name: (self._kind.model_fields[name].rebuild_annotation(), ...) for name in self.by}
        return create_model(f"{self._kind.__name__}.{self.name}", __base__=Value, **fields)

    def place(self, entity: "Entity") -> Place | None:
        """Where `entity` stands; None if it is not listed."""
        values = self._values(entity)
        if None in values:
            return None
        by, order = values[1 : len(self.by) + 1], values[len(self.by) + 1 :]
        return Place(self.partition(by), "\0".join((*map(ordered, order), values[0])))

    def moves(self, old: "Entity", new: "Entity") -> bool:
        """Whether the place of `new`, which is `old` after a change, may be another one."""
        return bool(self._values(old) != self._values(new))

    def partition(self, by: Iterable[Any] = ()) -> str:
        """The partition of what has these values, and of no other listing. That of the listing by text has no name."""
        if self is BY_TEXT:
            return ""
        return "#".join(("", self.name, *(quote(exact(value), safe="") for value in by)))


BY_TEXT = Listing(order="listed_as")
"""The listing that every kind has: by the text that an entity is listed as, and by id."""
