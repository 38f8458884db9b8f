"""What the ways in need of a service's container, and how a container chooses adapters by the settings."""

from collections.abc import Callable
from collections.abc import Mapping
from datetime import datetime
from importlib import import_module
from typing import Any
from typing import Protocol

from dependency_injector.providers import Factory
from dependency_injector.providers import Provider

from domain.kernel.events import EventBus
from infrastructure.kernel.events.dead_letters import DeadLetters
from infrastructure.kernel.events.dead_letters import InMemoryDeadLetters
from infrastructure.kernel.events.dead_letters import LogDeadLetters
from infrastructure.kernel.events.log import LogEventBus
from infrastructure.kernel.events.memory import InMemoryEventBus
from infrastructure.kernel.events.relay import Relay
from infrastructure.kernel.ids import Ids
from infrastructure.kernel.persistence import Persistence
from infrastructure.kernel.settings import Settings

_ids = Ids()

UseCases = Mapping[type[Any], Callable[[], Any]]
"""How each use case is made, by its class."""


class Container(Protocol):
    """The container of a service, as far as the kernel knows it."""

    @property
    def providers(self) -> Mapping[str, Provider[Any]]: ...

    @property
    def settings(self) -> Callable[[], Settings]: ...

    @property
    def now(self) -> Callable[[], datetime]: ...

    @property
    def event_bus(self) -> Callable[[], EventBus]: ...

    @property
    def relay(self) -> Callable[[], Relay]: ...

    @property
    def persistence(self) -> Callable[[], Persistence]: ...


def use_cases(container: Container) -> UseCases:
    """Every use case of the container: its factories of what has an `execute`."""
    factories = (provider for provider in container.providers.values() if isinstance(provider, Factory))
    return {factory.cls: factory for factory in factories if hasattr(factory.cls, "execute")}


def lazily(path: str) -> Callable[..., Any]:
    """The `module:name` of `path`, imported when it is first called, so that nobody pays for an adapter not chosen."""

    def build(*args: Any, **kwargs: Any) -> Any:
        module, _, name = path.partition(":")
        return getattr(import_module(module), name)(*args, **kwargs)

    return build


def new_id() -> str:
    """A new id, a ULID, which sorts by the time it was made, and after every one that this process made before."""
    return _ids.new()


def renew_ids() -> None:
    """Has the ids that a copy of this process makes differ from those of this process and of other copies."""
    _ids.renew()


def create_event_bus(settings: Settings) -> EventBus:
    """The bus that the settings choose.

    Raises:
        Misconfigured: it is not there, or cannot be called.
    """
    match settings.event_bus_kind:
        case "eventbridge":
            bus: EventBus = lazily("infrastructure.kernel.events.eventbridge:create_eventbridge_bus")(settings)
            return bus
        case "memory":
            return InMemoryEventBus()
    return LogEventBus(settings.service)


def create_dead_letters(settings: Settings) -> DeadLetters:
    """The dead-letter queue that the settings choose.

    Raises:
        Misconfigured: it is not there, or cannot be called.
    """
    match settings.dead_letters_kind:
        case "s3":
            bucket: DeadLetters = lazily("infrastructure.kernel.events.s3:create_s3_dead_letters")(settings)
            return bucket
        case "memory":
            return InMemoryDeadLetters()
    return LogDeadLetters()
