"""An adapter on SQLite keeps every promise of the ports, with the contracts unchanged."""

import sqlite3
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import AbstractContextManager
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from dependency_injector.providers import Object
from hypothesis import HealthCheck
from hypothesis import given
from hypothesis import settings

from domain.kernel.errors import Unavailable
from domain.kernel.errors import Unreadable
from domain.kernel.events import Event
from infrastructure.kernel.events.memory import InMemoryEventBus
from infrastructure.kernel.repository import StoredRepository
from tests.docs.recipes.club.infrastructure.sqlite import adapter as sqlite
from tests.docs.recipes.club.infrastructure.sqlite import store
from tests.docs.recipes.club.infrastructure.sqlite.store import SQLiteStore
from tests.kernel.builders.crates import a_crate
from tests.kernel.builders.crates import renamed
from tests.kernel.builders.events import an_event
from tests.kernel.builders.specimens import a_specimen
from tests.kernel.builders.specimens import renamed as renamed_specimen
from tests.kernel.contracts.events import EventsContract
from tests.kernel.contracts.failures import FailuresContract
from tests.kernel.contracts.quantities import QuantitiesContract
from tests.kernel.contracts.repository import RepositoryContract
from tests.kernel.contracts.test_specimens import specimens
from tests.kernel.contracts.unit_of_work import UnitOfWorkContract
from tests.kernel.contracts.values import ValuesContract
from tests.kernel.service.container import Container
from tests.kernel.service.domain import Crate
from tests.kernel.service.domain import CrateRepository
from tests.kernel.service.domain import Specimen
from tests.kernel.service.domain import SpecimenRepository
from tests.kernel.service.settings import Settings
from usecases.kernel.deadline import within

LONG, SHORT = 1000, 0.05
"""Seconds that no test takes; seconds that a test may wait."""


class SQLiteCrateRepository(StoredRepository[Crate, SQLiteStore], CrateRepository):
    """Stores crates in SQLite."""


class SQLiteSpecimenRepository(StoredRepository[Specimen, SQLiteStore], SpecimenRepository):
    """Stores specimens in SQLite."""


class SQLitePersistence(sqlite.SQLitePersistence):
    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.crates = SQLiteCrateRepository(self.store)
        self.specimens = SQLiteSpecimenRepository(self.store)


@pytest.fixture
def file(tmp_path: Path) -> str:
    return str(tmp_path / "entities.sqlite")


@pytest.fixture
def begin(file: str) -> Iterator[Callable[[], Container]]:
    """Begins another process, as far as the file can tell."""
    begun = []

    def begin() -> Container:
        container = Container()
        container.settings.override(Settings(event_bus="memory"))
        container.persistence.override(Object(SQLitePersistence(file, container.relay())))
        container.persistence().open()
        begun.append(container)
        return container

    yield begin
    for container in begun:
        container.persistence().close()


@pytest.fixture
def container(begin: Callable[[], Container]) -> Container:
    return begin()


@pytest.fixture
def published(container: Container) -> Callable[[], list[Event]]:
    return lambda: told(container)


def told(container: Container) -> list[Event]:
    bus = container.event_bus()
    assert isinstance(bus, InMemoryEventBus)
    return bus.published


class TestCrates(RepositoryContract[Crate]):
    provider, make, changed, named = "crates", staticmethod(a_crate), staticmethod(renamed), staticmethod(a_crate)


class TestSpecimens(RepositoryContract[Specimen]):
    provider, make, changed = "specimens", staticmethod(a_specimen), staticmethod(renamed_specimen)
    named = staticmethod(a_specimen)


class TestUnitOfWork(UnitOfWorkContract):
    pass


class TestEvents(EventsContract):
    pass


class TestQuantities(QuantitiesContract):
    pass


class TestValues(ValuesContract):
    pass


class FailingConnection:
    """A connection on which some statements `fail`, before they are carried out or after."""

    def __init__(self, connection: sqlite3.Connection, fail: str, *, after: bool) -> None:
        self._connection = connection
        self._fail = fail
        self._after = after

    def execute(self, sql: str, *args: Any) -> Any:
        fails = sql.startswith(self._fail)
        if self._after or not fails:
            cursor = self._connection.execute(sql, *args)
        if fails:
            raise sqlite3.OperationalError("disk I/O error")
        return cursor

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


def store_of(process: Container) -> SQLiteStore:
    persistence = process.persistence()
    assert isinstance(persistence, SQLitePersistence)
    return persistence.store


@contextmanager
def failing(process: Container, statements: str, *, after: bool = False) -> Iterator[None]:
    """Statements that begin so fail, before they are carried out or after."""
    store: Any = store_of(process)
    connection = store.connection
    store.connection = FailingConnection(connection, statements, after=after)
    yield
    store.connection = connection


class TestFailures(FailuresContract):
    @pytest.fixture
    def begin(self, begin: Callable[[], Container]) -> Callable[[], Container]:  # the one of this module
        return begin

    @pytest.fixture
    def carry(self) -> Callable[[Container], None]:
        return lambda process: store_of(process).carry()

    @pytest.fixture
    def held(self, process: Container) -> Callable[[], AbstractContextManager[bool]]:
        @contextmanager
        def held() -> Iterator[bool]:
            with store_of(process).turn():
                yield False  # no write begins before it is its turn

        return held

    @pytest.fixture
    def losing_the_answer(self, process: Container) -> Callable[[], AbstractContextManager[None]]:
        return lambda: failing(process, "COMMIT", after=True)

    @pytest.fixture
    def losing_the_request(self, process: Container) -> Callable[[], AbstractContextManager[None]]:
        return lambda: failing(process, "COMMIT")

    @pytest.fixture
    def gone(self, process: Container) -> Callable[[], AbstractContextManager[None]]:
        return lambda: failing(process, "")


@given(specimen=specimens)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=12)
def test_every_value_is_read_back_as_it_was_stored(container, specimen):
    stored = container.specimens().add(specimen)

    assert container.specimens().get(specimen.id).model_dump_json() == stored.model_dump_json()


def test_what_this_release_cannot_read_is_named(container):
    crate = container.crates().add(a_crate())
    container.persistence().store.connection.execute("UPDATE entities SET data = '{}'")

    with pytest.raises(Unreadable, match=crate.id):
        container.crates().get(crate.id)


# The deadline


@pytest.fixture
def standing(monkeypatch):
    """The clock stands still, so that a machine that pauses cannot make it too late to begin."""
    monkeypatch.setattr("usecases.kernel.deadline.monotonic", lambda: 0.0)


@pytest.mark.usefixtures("standing")
def test_another_process_is_waited_for_no_longer_than_the_deadline(container, begin):
    other = begin()

    with (
        container.persistence().store.transaction(),
        within(SHORT, buffer=SHORT / 2),
        pytest.raises(Unavailable, match="locked") as refused,
    ):
        other.crates().add(a_crate())

    assert not refused.value.maybe_applied


# After a commit


def test_a_file_that_fails_after_the_commit_fails_no_write(container, published, monkeypatch, caplog):
    def fail() -> None:
        raise Unavailable("SQLite failed: disk I/O error")

    crate = a_crate()
    with monkeypatch.context() as patched:
        patched.setattr(container.persistence().store, "_waiting", fail)
        stored = container.crates().add(crate, an_event(crate))

    assert container.crates().get(crate.id) == stored
    assert "events wait in the outbox" in caplog.text


def test_events_that_nobody_can_read_are_dead_letters(container, monkeypatch):
    crate = a_crate()
    with monkeypatch.context() as patched:
        patched.setattr(container.persistence().store, "carry", lambda: None)
        container.crates().add(crate, an_event(crate))
    container.persistence().store.connection.execute("""UPDATE outbox SET events = '[{"type": "Unknown"}]'""")

    container.crates().add(a_crate())

    assert container.persistence().store.connection.execute("SELECT count(*) FROM outbox").fetchone() == (0,)


# The page


def test_the_page_shows_the_whole_adapter():
    page = (Path(__file__).parents[3] / "docs" / "adapter.md").read_text(encoding="utf-8")

    for name in ("values", "store", "adapter"):
        module = Path(store.__file__).with_name(f"{name}.py").read_text(encoding="utf-8")
        assert module.replace("tests.docs.recipes.club.", "") in page


def test_the_adapter_has_less_than_300_lines_besides_imports():
    modules = (Path(store.__file__).with_name(f"{name}.py") for name in ("values", "store", "adapter"))
    lines = (line for module in modules for line in module.read_text(encoding="utf-8").splitlines())

    assert sum(1 for line in lines if line.strip() and not line.startswith(("import ", "from "))) < 300
