"""The service, wired."""

import os
from datetime import UTC
from datetime import datetime

from dependency_injector.containers import DeclarativeContainer
from dependency_injector.providers import Callable as Call
from dependency_injector.providers import Factory
from dependency_injector.providers import Provider
from dependency_injector.providers import Selector
from dependency_injector.providers import ThreadSafeSingleton

from benchmarks.service import usecases
from benchmarks.service.domain import BasketRepository
from domain.kernel.events import EventBus
from domain.kernel.unit_of_work import UnitOfWork
from infrastructure.kernel import settings as kernel
from infrastructure.kernel.events.dead_letters import DeadLetters
from infrastructure.kernel.events.relay import Relay
from infrastructure.kernel.persistence import Persistence
from infrastructure.kernel.wiring import create_dead_letters
from infrastructure.kernel.wiring import create_event_bus
from infrastructure.kernel.wiring import lazily


class Settings(kernel.Settings):
    """The settings of the service."""

    service = "basket-service"


class Container(DeclarativeContainer):
    """The one place where everything is wired."""

    settings: Provider[Settings] = ThreadSafeSingleton(Settings.from_environment, os.environ)
    now: Provider[datetime] = Call(datetime.now, UTC)
    event_bus: Provider[EventBus] = ThreadSafeSingleton(create_event_bus, settings)
    dead_letters: Provider[DeadLetters] = ThreadSafeSingleton(create_dead_letters, settings)
    relay: Provider[Relay] = ThreadSafeSingleton(Relay, event_bus, dead_letters)
    persistence: Provider[Persistence] = Selector(
        settings.provided.persistence,
        memory=ThreadSafeSingleton(lazily("benchmarks.service.memory:InMemoryPersistence"), relay),
        dynamodb=ThreadSafeSingleton(lazily("benchmarks.service.dynamodb:DynamoDBPersistence"), settings, now.provider),
    )
    unit_of_work: Provider[UnitOfWork] = persistence.provided.unit_of_work.call()
    baskets: Provider[BasketRepository] = persistence.provided.baskets
    get_basket = Factory(usecases.GetBasket, baskets)
