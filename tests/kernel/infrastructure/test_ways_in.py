"""Every way into a service opens its store before it uses it, once; only what needs no store leaves it closed."""

import pytest
from dependency_injector.providers import Object
from typer.testing import CliRunner

from infrastructure.kernel.aws_lambda.api import create_api_handler
from infrastructure.kernel.aws_lambda.consumers import create_consumers_handler
from infrastructure.kernel.cli import Service
from infrastructure.kernel.commands import app
from infrastructure.kernel.events.relay import Relay
from infrastructure.kernel.http.app import create_app
from tests.kernel.builders.containers import an_in_memory_container
from tests.kernel.service.container import Container
from tests.kernel.service.endpoints import ENDPOINTS
from tests.kernel.service.repositories import InMemoryPersistence

pytestmark = pytest.mark.usefixtures("process_as_it_was")


class Watched(InMemoryPersistence):
    """Counts how often it is opened."""

    def __init__(self, relay: Relay) -> None:
        super().__init__(relay)
        self.opened = 0

    def open(self) -> None:
        self.opened += 1


def command(*arguments: str):
    return lambda container: CliRunner().invoke(app, arguments, obj=Service(container, ENDPOINTS))


WAYS = {
    "the server": lambda container: create_app(container, ENDPOINTS, host="127.0.0.1"),
    "the API on Lambda": lambda container: create_api_handler(container, ENDPOINTS),
    "consumers on Lambda": create_consumers_handler,
    "import": command("import", "/dev/null"),
    "export": command("export", "-"),
    "relay": command("relay"),
}


@pytest.fixture
def container() -> Container:
    container = an_in_memory_container()
    container.persistence.override(Object(Watched(container.relay())))
    return container


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_a_way_in_opens_the_store_once(container, way):
    way(container)

    assert container.persistence().opened == 1


@pytest.mark.parametrize("arguments", [("openapi",), ("events", "schema", "schemas")], ids=lambda given: given[0])
def test_a_command_that_needs_no_store_opens_none(container, arguments, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    ended = command(*arguments)(container)

    assert (ended.exit_code, container.persistence().opened) == (0, 0)
