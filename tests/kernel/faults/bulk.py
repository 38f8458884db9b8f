"""Commands that go through everything, each run in a process of its own to be killed, and writers beside them."""

import sys
from collections import Counter
from dataclasses import dataclass
from dataclasses import field
from decimal import Decimal
from random import Random
from threading import Event
from typing import Any
from unittest.mock import patch

from dependency_injector.providers import Object

from domain.kernel.errors import Conflict
from infrastructure.kernel.cli import Service
from infrastructure.kernel.commands import app
from infrastructure.kernel.dynamodb.repository import DynamoDBRepository
from tests.kernel.faults.processes import a_container
from tests.kernel.service.endpoints import ENDPOINTS
from tests.kernel.service.parcels import Parcel
from tests.kernel.service.parcels import Parcel2
from tests.kernel.service.repositories import DynamoDBPersistence
from tests.kernel.service.settings import Settings

STEP = 5
"""How many items or lines one step takes: few, so that there are many moments to be killed at."""


class DynamoDBParcelRepository(DynamoDBRepository[Parcel]):
    kind = Parcel
    type_name = "PARCEL"


class OlderParcelRepository(DynamoDBRepository[Parcel2]):
    """Of the release before."""

    kind = Parcel2
    type_name = "PARCEL"


class PersistenceWithParcels(DynamoDBPersistence):
    def __init__(self, settings: Settings, now: Any) -> None:
        super().__init__(settings, now)
        self.parcels = DynamoDBParcelRepository(self.store)


def a_persistence(settings: Settings) -> DynamoDBPersistence:
    """An adapter whose only parcels are those of whoever asks."""
    return DynamoDBPersistence(settings, a_container(settings).now)


def command(settings: Settings, *arguments: str) -> None:
    """Runs a command of the tiny service, which has parcels, too; ends with its exit code, if nobody kills it."""
    container = a_container(settings)
    container.persistence.override(Object(PersistenceWithParcels(settings, container.now)))
    with (
        patch("infrastructure.kernel.dynamodb.scanning.MAX_SCANNED", STEP),
        patch("infrastructure.kernel.dynamodb.copying.MAX_COPIED", STEP),
        patch("infrastructure.kernel.ndjson_files.LINES", STEP),
        patch.object(sys, "argv", ["tiny-service", *arguments]),
    ):
        app(obj=Service(container, ENDPOINTS))


@dataclass
class Writer:
    """Adds a cent to a parcel at random, again and again, and counts what was acknowledged."""

    parcels: DynamoDBRepository[Any]
    chance: Random
    added: Counter[str] = field(default_factory=Counter)

    def write(self, ids: list[str], stop: Event) -> None:
        while not stop.is_set():
            id = self.chance.choice(ids)
            parcel = self.parcels.get(id, consistent=True)
            try:
                self.parcels.save(_dearer(parcel))
            except Conflict:
                continue
            self.added[id] += 1


def _dearer(parcel: Any) -> Any:
    if isinstance(parcel, Parcel):
        return parcel.evolve(price=parcel.price + Decimal("0.01"))
    return parcel.evolve(cents=parcel.cents + 1)
