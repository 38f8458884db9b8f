"""What is killed: a server of the API, and a relay whose bus fails at random. Each is run in a process of its own."""

import logging
import os
import threading
from collections.abc import Iterator
from collections.abc import Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import TypeVar
from unittest.mock import patch

import uvicorn

from domain.kernel.events import Event
from domain.kernel.events import EventBus
from infrastructure.kernel import settings as kernel
from infrastructure.kernel.dynamodb.administration import create
from infrastructure.kernel.dynamodb.schema import listing_index
from infrastructure.kernel.dynamodb.streams.poller import StreamPoller
from infrastructure.kernel.dynamodb.streams.pollers import create_pollers
from infrastructure.kernel.dynamodb.streams.pollers import run
from infrastructure.kernel.dynamodb.table import Table
from infrastructure.kernel.dynamodb.transport import create_transport
from infrastructure.kernel.events.cloud_events import cloud_event_json
from infrastructure.kernel.events.dead_letters import LogDeadLetters
from infrastructure.kernel.events.relay import Relay
from infrastructure.kernel.http.app import create_app
from infrastructure.kernel.tables import tables_by_kind
from tests.kernel.ministack import ENVIRONMENT
from tests.kernel.ministack import ministack
from tests.kernel.service.container import Container
from tests.kernel.service.endpoints import ENDPOINTS
from tests.kernel.service.repositories import DynamoDBPersistence
from tests.kernel.service.settings import SOURCE
from tests.kernel.service.settings import Settings

S = TypeVar("S", bound=kernel.Settings)

FAULTS = ("before", "amid", "after")
FAULTY = 0.3
"""How often a call of the bus fails."""
PATIENCE = 30
"""Seconds that a client waits for a machine that pauses."""
INDEXES = [listing_index(number) for number in range(10)]
"""Enough for any service under test; more than it needs does no harm."""


class FileBus(EventBus):
    """Appends the envelope of each event to a file, as a line that is there whole or not at all."""

    def __init__(self, file: Path) -> None:
        self._file = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def publish(self, *events: Event) -> None:
        for event in events:
            os.write(self._file, f"{cloud_event_json(event, SOURCE)}\n".encode())


class FaultyBus(FileBus):
    """Fails at random: before it takes anything, after it has taken some, or when it has taken all."""

    def __init__(self, file: Path, chance: Random) -> None:
        super().__init__(file)
        self._chance = chance

    def publish(self, *events: Event) -> None:
        fault = self._chance.choice(FAULTS) if self._chance.random() < FAULTY else None
        super().publish(*self._taken(events, fault))
        if fault is not None:
            raise ConnectionError(fault)

    def _taken(self, events: Sequence[Event], fault: str | None) -> Sequence[Event]:
        match fault:
            case "before":
                return ()
            case "amid":
                return events[: self._chance.randrange(len(events))]
        return events


def serve(settings: Settings, port: int) -> None:
    """Serves the API until it is killed."""
    uvicorn.run(create_app(a_container(settings), ENDPOINTS, host="127.0.0.1"), port=port, log_config=None)


def carry(settings: Settings, file: Path, seed: int) -> None:
    """Relays, with a faulty bus, until it is killed."""
    logging.disable()  # of faults that are meant
    with patch("infrastructure.kernel.dynamodb.streams.pollers.WAIT_SECONDS", 0.01):
        run(pollers(settings, FaultyBus(file, Random(seed))), threading.Event())


def pollers(settings: Settings, bus: EventBus) -> list[StreamPoller]:
    """What the command `relay` runs, with another bus."""
    container = a_container(settings)
    persistence = container.persistence()
    assert isinstance(persistence, DynamoDBPersistence)
    return create_pollers(settings, persistence.store, persistence.tables, Relay(bus, LogDeadLetters()), container.now)


@contextmanager
def a_table(kind: type[S], dynamodb_tables: str = "") -> Iterator[S]:
    """Settings of this kind for a service whose tables are in a ministack of its own."""
    with patch.dict(os.environ, ENVIRONMENT), ministack() as address:
        settings = kind(
            persistence="dynamodb",
            aws_region="eu-west-1",
            dynamodb_endpoint=address,
            dynamodb_tables=dynamodb_tables,
            dynamodb_connect_seconds=PATIENCE,
            dynamodb_read_seconds=PATIENCE,
        )
        transport = create_transport(settings)
        for name in {settings.dynamodb_table, *tables_by_kind(dynamodb_tables, settings.dynamodb_table).values()}:
            create(Table(transport, name), INDEXES)
        yield settings


def a_container(settings: Settings) -> Container:
    """The container with those settings."""
    container = Container()
    container.settings.override(settings)
    return container
