"""The composition root: everyone gets what their constructor asks for, and nobody pays for what is not chosen."""

import subprocess
import sys
from collections.abc import Callable
from typing import Any
from typing import Literal

import pytest
from dependency_injector.providers import Factory

from domain.kernel.errors import Misconfigured
from infrastructure.kernel.api.endpoint import Endpoint
from infrastructure.kernel.events.dead_letters import InMemoryDeadLetters
from infrastructure.kernel.events.dead_letters import LogDeadLetters
from infrastructure.kernel.events.eventbridge import EventBridgeEventBus
from infrastructure.kernel.events.log import LogEventBus
from infrastructure.kernel.events.memory import InMemoryEventBus
from tests.kernel.builders.containers import an_in_memory_container
from tests.kernel.builders.crates import a_crate
from tests.kernel.contracts.wiring import WiringContract
from tests.kernel.contracts.wiring import misfits
from tests.kernel.contracts.wiring import without_use_case
from tests.kernel.moto import moto
from tests.kernel.service.container import Container
from tests.kernel.service.domain import CrateRepository
from tests.kernel.service.endpoints import ENDPOINTS
from tests.kernel.service.settings import PREFIX
from tests.kernel.service.settings import Settings
from tests.kernel.service.usecases import CreateCrateRequest
from tests.kernel.service.usecases import RenameCrate
from usecases.kernel.requests import GetRequest

# dependency-injector itself imports FastAPI where that is installed.
NOT_CHOSEN = (
    "boto3",
    "botocore",
    "uvicorn",
    "httptools",
    "typer",
    "rich",
    "infrastructure.kernel.dynamodb",
    "infrastructure.kernel.http",
)

CRATES = an_in_memory_container().crates()


class TestWiring(WiringContract):
    endpoints = ENDPOINTS


class SettingsWithPapyrus(Settings):
    persistence: Literal["memory", "papyrus", "dynamodb"] = "memory"  # type: ignore[assignment]  # the kernel knows two


def test_an_adapter_that_no_test_runs_on_is_found_out():
    container = an_in_memory_container()
    container.settings.override(SettingsWithPapyrus())

    with pytest.raises(AssertionError, match=r"allows papyrus, on which no test runs\. Write a subclass of"):
        WiringContract().test_every_adapter_that_the_settings_can_choose_is_known_to_the_tests(container)


class Sorting:
    """Asks for what a container may get wrong."""

    def __init__(self, crates: CrateRepository, new_id: Callable[[], str], limit: int | None = None) -> None: ...

    def execute(self, request: GetRequest) -> None: ...


def a_container_with(*arguments: Any) -> Container:
    """The tiny service with that use case, given those arguments."""
    container = an_in_memory_container()
    container.set_provider("sorting", Factory(Sorting, *arguments))
    return container


def test_a_use_case_that_is_given_what_it_asks_for_is_no_misfit():
    new_id = Container.new_id.provider

    assert list(misfits(a_container_with(CRATES, new_id))) == []
    assert list(misfits(a_container_with(CRATES, new_id, 5))) == []


@pytest.mark.parametrize(
    ("arguments", "wrong"),
    [
        ((), "Sorting: missing a required argument: 'crates'"),
        ((None, lambda: "an id"), "Sorting: crates is None, not"),
        ((CRATES, "an id"), "Sorting: new_id is 'an id', not"),
        ((CRATES, lambda: 7), "Sorting: new_id is <function"),
        ((CRATES, lambda: "an id", "5"), "Sorting: limit is '5', not int | None"),
        ((CRATES, lambda: "an id", 5, 6), "Sorting: too many positional arguments"),
    ],
)
def test_a_use_case_that_is_given_anything_else_is_named_with_the_argument(arguments, wrong):
    [misfit] = misfits(a_container_with(*arguments))

    assert misfit.startswith(wrong)


def test_a_use_case_that_changes_one_kind_and_is_given_the_repository_of_another_is_named():
    container = an_in_memory_container()
    container.set_provider("rename_crate", Factory(RenameCrate, container.specimens(), container.events()))

    [misfit] = misfits(container)

    assert misfit.startswith("RenameCrate: repository is")


def test_a_use_case_without_a_constructor_is_given_nothing():
    class Resting:
        def execute(self, request: GetRequest) -> None: ...

    container = an_in_memory_container()
    container.set_provider("resting", Factory(Resting, CRATES))

    assert list(misfits(container)) == ["Resting: too many positional arguments"]


def test_an_endpoint_whose_use_case_the_container_does_not_have_is_named(container):
    sorting = Endpoint("GET", "/crates/{id}/order", GetRequest, Sorting, scope=None)

    assert list(without_use_case(container, [*ENDPOINTS, sorting])) == ["GET /crates/{id}/order: Sorting"]


def test_every_use_case_is_built_anew_and_the_repositories_are_not(container):
    assert container.get_crate() is not container.get_crate()
    assert container.crates() is container.crates()
    assert container.unit_of_work() is not container.unit_of_work()


def test_two_containers_share_nothing():
    first, second = an_in_memory_container(), an_in_memory_container()

    first.crates().add(a_crate())

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

    container.crates.override(others.crates)
    container.new_id.override("fixed")
    created = container.create_crate().execute(CreateCrateRequest(name="Northern Rail"))

    assert created.id == "fixed"
    assert others.get_crate().execute(GetRequest(id="fixed")) == created


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
    monkeypatch.setenv(f"{PREFIX}HTTP_PORT", "x")

    with pytest.raises(Misconfigured, match=f"{PREFIX}HTTP_PORT"):
        Container().persistence()


def test_importing_the_container_imports_no_server_and_nothing_of_aws():
    script = "import sys, tests.kernel.service.container; print(*sys.modules)"

    imported = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True).stdout.split()

    assert "tests.kernel.service.container" in imported
    assert [name for name in imported if f"{name}.".startswith(tuple(f"{package}." for package in NOT_CHOSEN))] == []
