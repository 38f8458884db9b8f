"""The DynamoDB adapter, without the repositories of a service."""

import threading
from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
from copy import copy
from datetime import datetime
from importlib import import_module
from typing import TYPE_CHECKING
from typing import Any

from domain.kernel.entity import Entity
from domain.kernel.errors import Misconfigured
from domain.kernel.events import HandledEvent
from infrastructure.kernel.dynamodb.administration import create
from infrastructure.kernel.dynamodb.administration import delete
from infrastructure.kernel.dynamodb.administration import describe
from infrastructure.kernel.dynamodb.administration import require_shape
from infrastructure.kernel.dynamodb.schema import Index
from infrastructure.kernel.dynamodb.store import DynamoDBStore
from infrastructure.kernel.dynamodb.table import Table
from infrastructure.kernel.dynamodb.transport import create_transport
from infrastructure.kernel.events.relay import Relay
from infrastructure.kernel.listing_shards import shards_of
from infrastructure.kernel.persistence import Persistence
from infrastructure.kernel.persistence import Resharded
from infrastructure.kernel.settings import Settings
from infrastructure.kernel.store import Segment
from infrastructure.kernel.tables import tables_by_kind

if TYPE_CHECKING:
    from infrastructure.kernel.segments import Step


class DynamoDBPersistence(Persistence):
    """Everything in one table, but for aggregates whose tables are set. A subclass adds a repository per aggregate.

    It may add indexes for queries of its own, too. These are in the one table.
    """

    store: DynamoDBStore
    own_indexes: Sequence[Index] = ()

    def __init__(self, settings: Settings, now: Callable[[], datetime]) -> None:
        self.table = Table(
            create_transport(settings),
            settings.dynamodb_table,
            attempts=settings.dynamodb_attempts,
            threads=settings.dynamodb_batch_threads,
        )
        self._own = tables_by_kind(settings.dynamodb_tables, settings.dynamodb_table)
        own = {name: _beside(self.table, name) for name in dict.fromkeys(self._own.values())}
        self.tables = (self.table, *own.values())
        self.store = DynamoDBStore(
            self.table,
            shards=shards_of(settings.dynamodb_listing_shards),
            now=now,
            own={kind: own[name] for kind, name in self._own.items()},
        )
        self.store.register(HandledEvent, "_HANDLED", listed=False)
        self._settings = settings
        self._now = now

    @property
    def indexes(self) -> Sequence[Index]:
        """Those that the table needs."""
        return self.indexes_of(self.table)

    def indexes_of(self, table: Table) -> Sequence[Index]:
        """Those that one of the tables needs."""
        return (*self.store.indexes_of(table), *(self.own_indexes if table is self.table else ()))

    def open(self) -> None:
        """As in the port.

        Raises:
            Misconfigured: an aggregate has a table of its own, and there is no such aggregate.
        """
        self._require_known_kinds()
        if self._settings.dynamodb_create_table:
            for name in self.table_names:
                self.create_table(name)

    def check(self) -> None:
        for table in self.tables:
            require_shape(table, self.indexes_of(table))

    def close(self) -> None:
        self.table.close()

    @property
    def place(self) -> str:
        where = self._settings.dynamodb_endpoint or self._settings.aws_region or "the default region"
        own = ", ".join(f"{kind} in {name}" for kind, name in sorted(self._own.items()))
        return f"table {self.table.name}{f' ({own})' if own else ''} in {where}"

    def limit(self, per_second: float, stop: threading.Event) -> None:
        limiter = import_module("infrastructure.kernel.dynamodb.limiter")  # only commands of operators limit anything
        report = limiter.Limiter(per_second, stop.wait).report
        for table in self.tables:
            table.report = report

    def records(self, kinds: Sequence[type[Entity]] | None = None) -> int:
        """DynamoDB counts again about every six hours; it counts tombstones and other items, too."""
        return sum(map(_records_in, self.tables if kinds is None else self.store.mappers_in(kinds)))

    def reshard(self, segment: Segment, after: str | None, stop: threading.Event) -> Resharded | None:
        if len(shards_of(self._settings.dynamodb_listing_shards)) == 1:
            raise Misconfigured(
                f"{self._settings.variable('dynamodb_listing_shards')} is {self._settings.dynamodb_listing_shards}: "
                "resharding needs two numbers, such as 1,4; set what the processes of the service have"
            )
        resharding = import_module("infrastructure.kernel.dynamodb.resharding")  # only commands of operators scan
        resharded: Resharded | None = resharding.reshard(self.store.mappers_in(), segment, after, stop, main=self.table)
        return resharded

    def carry(self, relay: Relay, stop: threading.Event) -> None:
        # Imported here, for on Lambda the stream comes by itself.
        pollers = import_module("infrastructure.kernel.dynamodb.streams.pollers")
        pollers.run(pollers.create_pollers(self._settings, self.store, self.tables, relay, self._now), stop)

    @property
    def table_names(self) -> Sequence[str]:
        self._require_known_kinds()
        return [table.name for table in self.tables]

    def create_table(self, name: str) -> Sequence[str]:
        table = self._table(name)
        return create(table, self.indexes_of(table))

    def describe_table(self, name: str) -> Mapping[str, Any]:
        return describe(self._table(name))

    def delete_table(self, name: str) -> None:
        delete(self._table(name))

    def copying(self) -> "tuple[Step, int]":
        self._require_known_kinds()
        if not self.store.apart:
            variable = self._settings.variable("dynamodb_tables")
            raise Misconfigured(f"{variable}: must name the aggregates that have a table of their own by now")
        copying = import_module("infrastructure.kernel.dynamodb.copying")  # only commands of operators copy
        step: Step = copying.copying(self.table, self.store.apart)
        return step, _records_in(self.table)

    def _table(self, name: str) -> Table:
        return next(table for table in self.tables if table.name == name)

    def _require_known_kinds(self) -> None:
        """Not when this is made, for only then the repositories are."""
        known = {kind.__name__ for kind in self.store.kinds - {HandledEvent}}
        if unknown := sorted(self._own.keys() - known):
            variable = self._settings.variable("dynamodb_tables")
            raise Misconfigured(
                f"{variable}: there is no aggregate {unknown[0]}; there are {', '.join(sorted(known)) or 'none'}"
            )


def _records_in(table: Table) -> int:
    return int(describe(table)["ItemCount"])


def _beside(main: Table, name: str) -> Table:
    """Another table, with the transport, threads and budget of `main`. A transaction of that may be about both."""
    table = copy(main)
    table.name = table.names = name
    main.names += f" or {name}"
    return table
