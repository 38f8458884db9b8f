"""The DynamoDB adapter, without the repositories of a service."""

import threading
from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
from datetime import datetime
from importlib import import_module
from typing import Any

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


class DynamoDBPersistence(Persistence):
    """Everything in one table. A subclass adds a repository per aggregate, and indexes for queries of its own."""

    store: DynamoDBStore
    own_indexes: Sequence[Index] = ()

    def __init__(self, settings: Settings, now: Callable[[], datetime]) -> None:
        self.table = Table(
            create_transport(settings),
            settings.dynamodb_table,
            attempts=settings.dynamodb_attempts,
            threads=settings.dynamodb_batch_threads,
        )
        self.store = DynamoDBStore(self.table, shards=shards_of(settings.dynamodb_listing_shards), now=now)
        self.store.register(HandledEvent, "_HANDLED", listed=False)
        self._settings = settings
        self._now = now

    @property
    def indexes(self) -> Sequence[Index]:
        """Those that the table needs."""
        return (*self.store.indexes, *self.own_indexes)

    def open(self) -> None:
        if self._settings.dynamodb_create_table:
            self.create_table()

    def check(self) -> None:
        require_shape(self.table, self.indexes)

    def close(self) -> None:
        self.table.close()

    @property
    def place(self) -> str:
        where = self._settings.dynamodb_endpoint or self._settings.aws_region or "the default region"
        return f"table {self.table_name} in {where}"

    def limit(self, per_second: float, stop: threading.Event) -> None:
        limiter = import_module("infrastructure.kernel.dynamodb.limiter")  # only commands of operators limit anything
        self.table.report = limiter.Limiter(per_second, stop.wait).report

    def records(self) -> int:
        """DynamoDB counts again about every six hours; it counts tombstones and other items, too."""
        return int(describe(self.table)["ItemCount"])

    def reshard(self, segment: Segment, after: str | None, stop: threading.Event) -> Resharded | None:
        resharding = import_module("infrastructure.kernel.dynamodb.resharding")  # only commands of operators scan
        resharded: Resharded | None = resharding.reshard(self.table, self.store.mappers, segment, after, stop)
        return resharded

    def carry(self, relay: Relay, stop: threading.Event) -> None:
        # Imported here, for on Lambda the stream comes by itself.
        poller = import_module("infrastructure.kernel.dynamodb.streams.poller")
        poller.create_poller(self._settings, self.store, relay, self._now).run(stop)

    @property
    def table_name(self) -> str:
        return self.table.name

    def create_table(self) -> Sequence[str]:
        return create(self.table, self.indexes)

    def describe_table(self) -> Mapping[str, Any]:
        return describe(self.table)

    def delete_table(self) -> None:
        delete(self.table)
