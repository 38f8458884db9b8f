"""The composition root: everyone gets what their constructor asks for, and nobody pays for what is not chosen."""

import inspect
import subprocess
import sys
from collections.abc import Callable
from typing import Any
from typing import get_args
from typing import get_origin
from typing import get_type_hints

import pytest

from domain.errors import Misconfigured
from infrastructure.api.routes import ROUTES
from infrastructure.container import Container
from infrastructure.container import use_cases
from infrastructure.events.dead_letters import InMemoryDeadLetters
from infrastructure.events.dead_letters import LogDeadLetters
from infrastructure.events.eventbridge import EventBridgeEventBus
from infrastructure.events.log import LogEventBus
from infrastructure.events.memory import InMemoryEventBus
from infrastructure.settings import PREFIX
from infrastructure.settings import Settings
from tests.builders.containers import an_in_memory_container
from tests.builders.sponsors import a_sponsor
from tests.moto import moto
from usecases.requests import GetRequest
from usecases.sponsors import CreateSponsorRequest

# dependency-injector itself imports FastAPI where that is installed.
NOT_CHOSEN = ("boto3", "botocore", "uvicorn", "typer", "rich", "infrastructure.dynamodb", "infrastructure.http")


@pytest.mark.parametrize("case", use_cases(Container()), ids=lambda case: case.__name__)
def test_a_use_case_is_given_exactly_the_ports_that_its_constructor_asks_for(container, case):
    asked = {name: hint for name, hint in get_type_hints(case.__init__).items() if name != "return"}
    asked = {} if case.__init__ is object.__init__ else asked

    built = use_cases(container)[case]()

    assert type(built) is case
    assert list(asked) == [name for name in inspect.signature(case).parameters if name in asked]
    assert vars(built).keys() == {f"_{name}" for name in asked}
    for name, port in asked.items():
        assert provides(vars(built)[f"_{name}"], port), name


def provides(given: Any, port: Any) -> bool:
    """Whether `given` is a `port`; of a callable, whether what it returns is."""
    if get_origin(port) is Callable:
        return callable(given) and isinstance(given(), get_args(port)[1])
    return isinstance(given, port)


def test_every_endpoint_has_its_use_case_in_the_container(container):
    assert {endpoint.use_case for endpoint in ROUTES} <= set(use_cases(container))


def test_every_use_case_is_built_anew_and_the_repositories_are_not(container):
    assert container.get_sponsor() is not container.get_sponsor()
    assert container.sponsors() is container.sponsors()
    assert container.unit_of_work() is not container.unit_of_work()


def test_two_containers_share_nothing():
    first, second = an_in_memory_container(), an_in_memory_container()

    first.sponsors().add(a_sponsor())

    assert second.persistence() is not first.persistence()
    assert second.event_bus() is not first.event_bus()


def test_ids_are_new_every_time_and_sort_by_creation():
    ids = [an_in_memory_container().new_id() for _ in range(3)]

    assert len(set(ids)) == 3
    assert [id[:8] for id in ids] == sorted(id[:8] for id in ids)


def test_the_time_has_a_zone():
    assert an_in_memory_container().now().utcoffset() is not None


@pytest.mark.parametrize("name", sorted(Container.providers))
def test_any_provider_is_overridden_in_one_line(name):
    container, instead = an_in_memory_container(), object()

    getattr(container, name).override(instead)

    assert getattr(container, name)() is instead


def test_what_is_overridden_is_what_the_use_cases_are_given():
    container, others = an_in_memory_container(), an_in_memory_container()

    container.sponsors.override(others.sponsors)
    container.new_id.override("fixed")
    created = container.create_sponsor().execute(CreateSponsorRequest(name="Northern Rail"))

    assert created.id == "fixed"
    assert others.get_sponsor().execute(GetRequest(id="fixed")) == created


@pytest.mark.parametrize(
    ("setting", "bus"),
    [("log", LogEventBus), ("memory", InMemoryEventBus), ("eventbridge:default", EventBridgeEventBus)],
)
def test_a_setting_chooses_the_bus(monkeypatch, setting, bus):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    container = Container()
    container.settings.override(Settings(persistence="memory", event_bus=setting))

    with moto():
        assert type(container.event_bus()) is bus
    assert container.event_bus() is container.event_bus()


@pytest.mark.parametrize(("setting", "dead_letters"), [("log", LogDeadLetters), ("memory", InMemoryDeadLetters)])
def test_a_setting_chooses_the_dead_letters(setting, dead_letters):
    container = Container()
    container.settings.override(Settings(persistence="memory", dead_letters=setting))

    assert type(container.dead_letters()) is dead_letters
    assert container.dead_letters() is container.dead_letters()


def test_a_wrong_setting_is_refused_when_the_settings_are_first_asked_for(monkeypatch):
    monkeypatch.setenv(f"{PREFIX}PORT", "x")

    with pytest.raises(Misconfigured, match=f"{PREFIX}PORT"):
        Container().persistence()


def test_importing_the_container_imports_no_server_and_nothing_of_aws():
    script = "import sys, infrastructure.container; print(*sys.modules)"

    imported = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True).stdout.split()

    assert "infrastructure.container" in imported
    assert [name for name in imported if f"{name}.".startswith(tuple(f"{package}." for package in NOT_CHOSEN))] == []
