"""What the owner of an aggregate says for its contract, and what the tests of the contract share."""

from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from typing import Generic
from typing import TypeVar

import pytest

from domain.kernel.entity import E
from domain.kernel.entity import Entity
from domain.kernel.errors import InvalidArgument
from domain.kernel.listing import Query
from domain.kernel.repository import Repository
from tests.kernel.contracts.variety import a_value
from usecases.kernel.generics import arguments_of

X = TypeVar("X", bound=Exception)


def walk(
    repository: Repository[E], query: Query, *, limit: int, between: Callable[[], Any] = lambda: None
) -> Iterator[E]:
    """Every entity of a listing, page by page; `between` runs after each page but the last."""
    page = repository.page(query, limit=limit)
    for _ in range(1000):
        assert len(page.items) <= limit
        yield from page.items
        if not page.has_more:
            return
        between()
        page = repository.page(query, limit=limit, cursor=page.next_cursor)
    pytest.fail("the walk does not end")


class Refused(Generic[X]):
    """The error that came, once the block of `refusal` is over."""

    value: X


@contextmanager
def refusal(error: type[X], *, of: object) -> Iterator[Refused[X]]:
    """As `pytest.raises`. A failure names `of`: which of several inputs or calls was tried."""
    refused = Refused[X]()
    try:
        yield refused
    except error as exc:
        refused.value = exc
    except Exception as exc:
        exc.add_note(f"{of!r} was tried; expected {error.__name__}")
        raise
    else:
        pytest.fail(f"{of!r} was taken; expected {error.__name__}")


class Contract(Generic[E]):
    """Entities of one kind, and the repository under test.

    Attributes:
        provider: the name of the repository in the container, unless the `repository` fixture is overridden.
        make: makes a valid entity that was never stored, with another id each time.
        changed: makes another valid state of an entity.
        named: makes one that is listed as the given text. It is used only if the aggregate overrides `listed_as`.
    """

    kind: type[E]
    provider: str
    make: Callable[[], E]
    changed: Callable[[E], E]
    named: Callable[[str], E]

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        [kind] = arguments_of(Contract, cls)
        if not isinstance(kind, TypeVar):
            cls.kind = kind

    @classmethod
    def has_text(cls) -> bool:
        """Whether the aggregate is listed by a text, and not by its id."""
        return cls.kind.listed_as is not Entity.listed_as

    def varied(self, entity: E, field: str, number: int | None) -> E:
        """`entity` with the value of that number in `field`, another for each; with none, if `number` is None.

        Override it where a rule of the aggregate refuses the values that are tried here.
        """
        value = None if number is None else a_value(self.kind, field, number)
        try:
            return entity.evolve(**{field: value})
        except InvalidArgument as exc:
            pytest.fail(
                f"{self.kind.__name__} refuses {value!r} as {field} ({exc}). Override"
                f" {type(self).__name__}.varied(self, entity, field, number): let it return the entity with a {field} of"
                f" its own for each number{', and with None for None' if number is None else ''}."
            )

    @pytest.fixture
    def repository(self, container: Any) -> Repository[E]:
        return getattr(container, self.provider)()

    @pytest.fixture
    def stored(self, repository: Repository[E]) -> E:
        return repository.add(self.make())
