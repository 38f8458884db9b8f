"""The tiny service, wired."""

import os
from datetime import UTC
from datetime import datetime

from dependency_injector.containers import DeclarativeContainer
from dependency_injector.providers import Callable as Call
from dependency_injector.providers import Factory
from dependency_injector.providers import Provider
from dependency_injector.providers import Selector
from dependency_injector.providers import ThreadSafeSingleton

from domain.kernel.events import EventBus
from domain.kernel.events import EventFactory
from domain.kernel.unit_of_work import UnitOfWork
from infrastructure.kernel.events.dead_letters import DeadLetters
from infrastructure.kernel.events.relay import Relay
from infrastructure.kernel.persistence import Persistence
from infrastructure.kernel.wiring import create_dead_letters
from infrastructure.kernel.wiring import create_event_bus
from infrastructure.kernel.wiring import lazily
from infrastructure.kernel.wiring import new_id
from tests.kernel.service import usecases
from tests.kernel.service.domain import CrateRepository
from tests.kernel.service.domain import SpecimenRepository
from tests.kernel.service.settings import Settings

_REPOSITORIES = "tests.kernel.service.repositories"


class Container(DeclarativeContainer):
    settings: Provider[Settings] = ThreadSafeSingleton(Settings.from_environment, os.environ)

    new_id: Provider[str] = Call(new_id)
    now: Provider[datetime] = Call(datetime.now, UTC)
    events: Provider[EventFactory] = Factory(EventFactory, new_id.provider, now.provider)
    event_bus: Provider[EventBus] = ThreadSafeSingleton(create_event_bus, settings)
    dead_letters: Provider[DeadLetters] = ThreadSafeSingleton(create_dead_letters, settings)
    relay: Provider[Relay] = ThreadSafeSingleton(Relay, event_bus, dead_letters)

    persistence: Provider[Persistence] = Selector(
        settings.provided.persistence,
        memory=ThreadSafeSingleton(lazily(f"{_REPOSITORIES}:InMemoryPersistence"), relay),
        dynamodb=ThreadSafeSingleton(lazily(f"{_REPOSITORIES}:DynamoDBPersistence"), settings, now.provider),
    )
    unit_of_work: Provider[UnitOfWork] = persistence.provided.unit_of_work.call()
    crates: Provider[CrateRepository] = persistence.provided.crates
    specimens: Provider[SpecimenRepository] = persistence.provided.specimens

    create_crate = Factory(usecases.CreateCrate, crates, events, new_id.provider)
    import_crate = Factory(usecases.ImportCrate, crates, events)
    get_crate = Factory(usecases.GetCrate, crates)
    look_up_crates = Factory(usecases.LookUpCrates, crates)
    list_crates = Factory(usecases.ListCrates, crates)
    rename_crate = Factory(usecases.RenameCrate, crates, events)
    remove_crate = Factory(usecases.RemoveCrate, crates, events)
    stamp_crate = Factory(usecases.StampCrate, crates, events)
    label_crate = Factory(usecases.LabelCrate, crates, events)
    list_specimens_of_crate = Factory(usecases.ListSpecimensOfCrate, specimens)
    pack_specimen = Factory(usecases.PackSpecimen, unit_of_work.provider, events, new_id.provider)
