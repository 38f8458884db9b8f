"""What the contract under failure needs of the adapter on a server, sound or with one broken part."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from dependency_injector.providers import Factory
from dependency_injector.providers import Object

from infrastructure.kernel.unit_of_work import StoredUnitOfWork
from tests.kernel.contracts.broken.remote import Client
from tests.kernel.contracts.broken.remote import RemotePersistence
from tests.kernel.contracts.broken.remote import Server
from tests.kernel.contracts.broken.remote import lose_the_answer
from tests.kernel.contracts.broken.remote import lose_the_request
from tests.kernel.contracts.broken.remote import refuse
from tests.kernel.service.container import Container
from tests.kernel.service.settings import Settings


class OnAServer:
    """The fixtures. `part` is a class that is used in place of the sound one that it inherits from."""

    part: type[Any] = object

    def sound_or_broken(self, sound: type[Any]) -> Any:
        return self.part if issubclass(self.part, sound) else sound

    @pytest.fixture
    def server(self) -> Server:
        server: Server = self.sound_or_broken(Server)()
        return server

    @pytest.fixture
    def begin(self, server: Server) -> Callable[[], Container]:
        def begin() -> Container:
            container = Container()
            container.settings.override(Settings(event_bus="memory"))
            client = self.sound_or_broken(Client)(server, container.relay())
            container.persistence.override(Object(self.sound_or_broken(RemotePersistence)(client)))
            container.unit_of_work.override(Factory(self.sound_or_broken(StoredUnitOfWork), client))
            return container

        return begin

    @pytest.fixture
    def container(self, begin: Callable[[], Container]) -> Container:
        return begin()

    @pytest.fixture
    def client(self, container: Container) -> Client:
        persistence = container.persistence()
        assert isinstance(persistence, RemotePersistence)
        return persistence.store

    @pytest.fixture
    def carry(self) -> Callable[[Container], None]:
        def carry(process: Container) -> None:
            persistence = process.persistence()
            assert isinstance(persistence, RemotePersistence)
            persistence.store.carry()

        return carry

    @pytest.fixture
    def held(self, client: Client) -> Any:
        return client.held

    @pytest.fixture
    def losing_the_answer(self, client: Client) -> Any:
        return partial(client.meeting, lose_the_answer)

    @pytest.fixture
    def losing_the_request(self, client: Client) -> Any:
        return partial(client.meeting, lose_the_request)

    @pytest.fixture
    def gone(self, client: Client) -> Any:
        return partial(client.meeting, refuse)
