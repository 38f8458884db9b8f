"""What the service needs of an adapter besides its repositories."""

import threading
from abc import ABC
from abc import abstractmethod
from collections.abc import Mapping
from collections.abc import Sequence
from typing import TYPE_CHECKING
from typing import Any
from typing import NamedTuple

from domain.kernel.entity import Entity
from domain.kernel.errors import Misconfigured
from domain.kernel.errors import TooLarge
from domain.kernel.repository import Repository
from domain.kernel.unit_of_work import UnitOfWork
from infrastructure.kernel.events.relay import Relay
from infrastructure.kernel.store import Segment
from infrastructure.kernel.store import Store
from infrastructure.kernel.unit_of_work import StoredUnitOfWork

if TYPE_CHECKING:
    from infrastructure.kernel.segments import Step


class Resharded(NamedTuple):
    """What became of a stretch of entities: how many have got the shards that they lacked, and why others have not.

    `after` and `seen` are as in `Stretch`.
    """

    given: int
    failed: Sequence[TooLarge]
    after: str | None
    seen: int


class Persistence(ABC):
    """One adapter: a store, and a repository per aggregate, as its attributes. Constructing one opens and sends nothing."""

    store: Store

    def unit_of_work(self) -> UnitOfWork:
        """A new, empty unit of work."""
        return StoredUnitOfWork(self.store)

    def open(self) -> None:  # noqa: B027  # most adapters have nothing to open
        """Opens the store, and makes what the settings ask for. Called once, before all but the methods of the table."""

    @abstractmethod
    def check(self) -> None:
        """Passes if the adapter can serve requests now.

        Raises:
            Unavailable: the store does not answer.
            Misconfigured: it answers, but is not set up as this service needs it.
        """

    @abstractmethod
    def close(self) -> None:
        """Finishes what is under way. The adapter is not used again. Lambda handlers never call it."""

    @property
    def place(self) -> str:
        """Where everything is kept, in words that tell two such places apart, if there can be two."""
        return self.store.name

    def limit(self, per_second: float, stop: threading.Event) -> None:
        """From now on, has reads and writes of items consume at most so many units of capacity per second, on average.

        Nothing waits any more once `stop` is set.

        Raises:
            Misconfigured: this store counts no units.
        """
        raise Misconfigured(f"{self.store.name} counts no units of capacity")

    def records(self, kinds: Sequence[type[Entity]] | None = None) -> int | None:
        """About how many records `Store.stretch` will see of these kinds, or of all, in all segments together.

        None if nobody knows.
        """
        return None

    def reshard(self, segment: Segment, after: str | None, stop: threading.Event) -> Resharded | None:
        """Puts the next entities of a segment, beyond `after`, into the shards of their listings that the settings name.

        It changes no entity, no version, and publishes nothing. It never brings back what is removed meanwhile. It can be
        repeated: what has its shards already is left alone. None if `stop` was set before the stretch was done.

        Raises:
            Misconfigured: this store has no shards, or the settings name one number only.
            InvalidArgument: no stretch has returned that `after`.
            Unavailable: there is no answer.
        """
        raise Misconfigured(f"{self.store.name} has no shards")

    def carry(self, relay: Relay, stop: threading.Event) -> None:
        """Hands committed events to the relay, as they come, until `stop` is set. The command `relay` calls it.

        Raises:
            Misconfigured: the store needs no relay, because it publishes inside each write.
        """
        raise Misconfigured(f"{self.store.name} needs no relay: it publishes the events of each write itself")

    @property
    def table_names(self) -> Sequence[str]:
        """The names of the tables that the next three methods are about.

        Raises:
            Misconfigured: this store has no table, or the settings name an aggregate that there is not.
        """
        raise self._no_table

    def create_table(self, name: str) -> Sequence[str]:
        """Makes that table, or what it lacks, and waits until it is ready; returns what was made.

        Raises:
            Misconfigured: there is a table of another shape.
            Unavailable: there is no answer, or it takes too long.
        """
        raise self._no_table

    def describe_table(self, name: str) -> Mapping[str, Any]:
        """The table as the store tells of it.

        Raises:
            Misconfigured: there is no table.
            Unavailable: there is no answer.
        """
        raise self._no_table

    def delete_table(self, name: str) -> None:
        """Deletes the table and all that is in it, and waits until it is gone.

        Raises:
            Misconfigured: there is no table.
            Unavailable: there is no answer, or it takes too long.
        """
        raise self._no_table

    def copying(self) -> "tuple[Step, int]":
        """Copies what is stored of aggregates that have a table of their own by now into that. Nobody may write meanwhile.

        With it comes about how many records it will see in all segments together. It counts the records that were `copied`, and those that were `existing`, which it does not overwrite.

        Raises:
            Misconfigured: no aggregate has a table of its own, or this store has none.
        """
        raise self._no_table

    @property
    def _no_table(self) -> Misconfigured:
        return Misconfigured(f"{self.store.name} has no table")

    def repositories(self) -> list[Repository[Any]]:
        """All its repositories, in the order of their attributes."""
        return [value for value in vars(self).values() if isinstance(value, Repository)]
