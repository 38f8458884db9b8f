"""Every way of keeping entities, as the tests see it."""

import json
import os
from abc import ABC
from abc import abstractmethod
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from contextlib import AbstractContextManager
from contextlib import ExitStack
from contextlib import contextmanager
from contextlib import nullcontext
from functools import partial
from typing import Any
from typing import Protocol
from typing import TypeVar
from unittest.mock import patch

from dependency_injector.providers import Provider
from ulid import ULID

from domain.kernel.events import Event
from domain.kernel.events import EventBus
from infrastructure.kernel.dynamodb.administration import create
from infrastructure.kernel.dynamodb.administration import delete
from infrastructure.kernel.dynamodb.botocore.client import create_client
from infrastructure.kernel.dynamodb.botocore.client import create_streams_client
from infrastructure.kernel.dynamodb.persistence import DynamoDBPersistence
from infrastructure.kernel.dynamodb.schema import PK
from infrastructure.kernel.dynamodb.schema import SK
from infrastructure.kernel.dynamodb.schema import Index
from infrastructure.kernel.dynamodb.schema import description
from infrastructure.kernel.dynamodb.schema import listing_index
from infrastructure.kernel.dynamodb.store import MAX_BATCH_WRITE
from infrastructure.kernel.dynamodb.store import in_groups
from infrastructure.kernel.dynamodb.streams.checkpoints import Checkpoint
from infrastructure.kernel.dynamodb.streams.poller import StreamPoller
from infrastructure.kernel.dynamodb.streams.stream import Stream
from infrastructure.kernel.dynamodb.table import Table
from infrastructure.kernel.dynamodb.transport import create_transport
from infrastructure.kernel.events.memory import InMemoryEventBus
from infrastructure.kernel.events.relay import Relay
from infrastructure.kernel.memory.outbox import Outbox
from infrastructure.kernel.memory.repository import InMemoryRepository
from infrastructure.kernel.memory.store import InMemoryStore
from infrastructure.kernel.settings import Settings
from infrastructure.kernel.wiring import Container
from tests.kernel.ministack import ENVIRONMENT
from tests.kernel.ministack import ministack
from tests.kernel.moto import moto


class Wired(Container, Protocol):
    """A container of any service, as the tests need it."""

    @property
    def settings(self) -> Provider[Any]: ...

    @property
    def event_bus(self) -> Callable[[], EventBus]: ...


C = TypeVar("C", bound=Wired)
TIMELESS = 10
"""How many bytes of an id do not tell the time, the last ones."""
PATIENCE = 30
"""Seconds that a client waits for an answer, even of a machine that pauses."""


class Adapter(ABC):
    """How to get a container on an adapter, and what the container does not tell.

    Attributes:
        name: what it is called in TEST_ADAPTERS and in the ids of tests.
        persistence: the value of the setting `persistence` that chooses it.
    """

    name: str
    persistence: str

    def running(self) -> AbstractContextManager[None]:
        """What has to run meanwhile."""
        return nullcontext()

    @abstractmethod
    def container(self, make: Callable[[], C], settings: type[Settings]) -> AbstractContextManager[C]:
        """A container of a service, whose store is empty."""

    @abstractmethod
    def published(self, container: Wired) -> list[Event]:
        """What has reached the bus, once everything committed has been carried out."""


class InMemoryAdapter(Adapter):
    name = "memory"
    persistence = "memory"

    def container(self, make: Callable[[], C], settings: type[Settings]) -> AbstractContextManager[C]:
        container = make()
        container.settings.override(settings(event_bus="memory"))
        return nullcontext(container)

    def published(self, container: Wired) -> list[Event]:
        bus = container.event_bus()
        assert isinstance(bus, InMemoryEventBus)
        return bus.published


class DynamoDBAdapter(Adapter):
    """The same tables for all containers, emptied after each, on a server that a subclass provides.

    Attributes:
        raw: boto3's client: the table as any other program sees it.
        is_divided: whether all aggregates of a service but the first are in a second table.
    """

    persistence = "dynamodb"
    transport = "botocore"
    raw: Any
    shards = "1"
    is_divided = False
    _given: Mapping[str, Any]
    _began: str
    _indexes: dict[str, Sequence[Index]]
    """Those that each table has by now."""

    @abstractmethod
    def server(self) -> AbstractContextManager[str | None]:
        """The endpoint of a server that runs meanwhile; None for the one botocore finds by itself."""

    @contextmanager
    def running(self) -> Iterator[None]:
        """As in the base. Two fixtures may ask for it at once: each folder of tests with a conftest has its own."""
        _STAGE.enter(self)
        try:
            yield
        finally:
            _STAGE.leave(self)

    @contextmanager
    def serving(self) -> Iterator[None]:
        """A server with a table, and this process as its client."""
        with self.server() as endpoint:
            self._given = {
                "persistence": self.persistence,
                "event_bus": "memory",
                "dynamodb_table": f"test-{ULID()}",
                "aws_region": "eu-west-1",
                "dynamodb_endpoint": endpoint,
                "dynamodb_listing_shards": self.shards,
                "dynamodb_transport": self.transport,
                "dynamodb_connect_seconds": PATIENCE,
                "dynamodb_read_seconds": PATIENCE,
            }
            settings = AnySettings.model_validate(self._given)
            self.raw = create_client(settings)
            transport = create_transport(settings)
            table = Table(transport, settings.dynamodb_table)
            self._indexes = {table.name: (listing_index(0),)}
            create(table, self._indexes[table.name])
            # One transport for all containers: it may take longer to make than most tests to run.
            with patch("infrastructure.kernel.dynamodb.persistence.create_transport", return_value=transport):
                yield
            for name in self._indexes:
                delete(Table(transport, name))

    @contextmanager
    def container(
        self, make: Callable[[], C], settings: type[Settings], *, apart: Iterable[str] | None = None
    ) -> Iterator[C]:
        """As in the base. `apart` are the aggregates in the second table, if not those that `is_divided` means."""
        _STAGE.enter(self)
        self._began = _first_id_of_now()
        if apart is None:
            apart = self._others(make, settings) if self.is_divided else ()
        tables = ",".join(f"{kind}={self._given['dynamodb_table']}-apart" for kind in apart)
        container = make()
        container.settings.override(settings.model_validate({**self._given, "dynamodb_tables": tables}))
        persistence = _dynamodb(container)
        # Each table has the indexes of all aggregates: a test may register further ones.
        needed = sorted({index for table in persistence.tables for index in persistence.indexes_of(table)})
        for table in persistence.tables:
            if not set(needed) <= set(self._indexes.get(table.name, ())):
                self._indexes[table.name] = needed
                create(table, needed)
        with ExitStack() as afterwards:
            afterwards.callback(persistence.close)
            for table in persistence.tables:
                afterwards.callback(self.clear, table)
            yield container

    def _others(self, make: Callable[[], C], settings: type[Settings]) -> list[str]:
        """All aggregates of a service but the first."""
        container = make()
        container.settings.override(settings.model_validate(self._given))
        return [repository.kind.__name__ for repository in container.persistence().repositories()[1:]]

    def clear(self, table: Table) -> None:
        """Removes every item."""
        scanned = self.raw.get_paginator("scan").paginate(TableName=table.name, ProjectionExpression=f"{PK}, {SK}")
        deletes = {str(key): json.dumps({"DeleteRequest": {"Key": key}}) for page in scanned for key in page["Items"]}

        def take(answer: bytes) -> list[str]:
            left = json.loads(answer)["UnprocessedItems"].get(table.name, ())
            return [str(request["DeleteRequest"]["Key"]) for request in left]

        def ask(batch: Mapping[str, str]) -> str:
            return f"[{','.join(batch.values())}]"

        table.in_batches("BatchWriteItem", in_groups(deletes, MAX_BATCH_WRITE), ask=ask, take=take)

    def published(self, container: Wired) -> list[Event]:
        """What a relay carries to the bus, from the begin of the stream; of this container, for the table is shared."""
        bus = container.event_bus()
        assert isinstance(bus, InMemoryEventBus)
        bus.published.clear()
        for poller in self.pollers(container, container.relay()):
            while poller.poll():
                pass
        return [event for event in bus.published if event.event_id > self._began]

    def pollers(self, container: Wired, relay: Relay) -> list[StreamPoller]:
        """A poller of the stream of each table, from its begin, that keeps its checkpoint elsewhere."""
        tables, client = _dynamodb(container).tables, create_streams_client(container.settings())
        checkpoints = InMemoryCheckpointRepository(InMemoryStore(Outbox(relay)))
        return [
            StreamPoller(partial(Stream, client, table), checkpoints, relay, container.now, table.name)
            for table in tables
        ]


def _first_id_of_now() -> str:
    """Below all ids of this millisecond, those of the tests and those of the service, which has a generator of its own."""
    return str(ULID.from_bytes(ULID().bytes[:-TIMELESS] + bytes(TIMELESS)))


class _Stage:
    """Has one adapter served at a time: each changes what the whole process sees, its environment and its client."""

    def __init__(self) -> None:
        self._adapter: DynamoDBAdapter | None = None
        self._served = ExitStack()

    def enter(self, adapter: DynamoDBAdapter) -> None:
        """Serves that adapter, in place of the one before it."""
        if self._adapter is not adapter:
            self._end()
            self._served.enter_context(adapter.serving())
            self._adapter = adapter

    def leave(self, adapter: DynamoDBAdapter) -> None:
        """Serves that adapter no longer."""
        if self._adapter is adapter:
            self._end()

    def _end(self) -> None:
        self._adapter = None
        self._served.close()


_STAGE = _Stage()


class AnySettings(Settings):
    """Those of no service."""

    service = "any-service"


class InMemoryCheckpointRepository(InMemoryRepository[Checkpoint]):
    kind = Checkpoint


def _dynamodb(container: Wired) -> DynamoDBPersistence:
    persistence = container.persistence()
    assert isinstance(persistence, DynamoDBPersistence)
    return persistence


class MotoAdapter(DynamoDBAdapter):
    name = "moto"

    @contextmanager
    def server(self) -> Iterator[str | None]:
        with moto():
            yield None

    def clear(self, table: Table) -> None:
        """Makes the table anew: moto copies it at every transaction, together with all that its stream ever told."""
        self.raw.delete_table(TableName=table.name)
        self.raw.create_table(TableName=table.name, **description(self._indexes[table.name]))


class MinistackAdapter(DynamoDBAdapter):
    name = "ministack"

    @contextmanager
    def server(self) -> Iterator[str | None]:
        with patch.dict(os.environ, ENVIRONMENT), ministack() as address:
            yield address


class CurlAdapter(MinistackAdapter):
    """The other transport, listings of several shards, and several tables."""

    name = "ministack-curl"
    transport = "curl"
    shards = "3"
    is_divided = True


class EndpointAdapter(DynamoDBAdapter):
    """Any other server, with the credentials of the environment; DynamoDB itself, if the endpoint is `aws`."""

    def __init__(self, endpoint: str) -> None:
        self.name = endpoint

    @contextmanager
    def server(self) -> Iterator[str | None]:
        yield None if self.name == "aws" else self.name
