"""Your own adapters, as the tests see them."""

from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from domain.kernel.events import Event
from infrastructure.kernel.events.memory import InMemoryEventBus
from infrastructure.kernel.settings import Settings
from tests.kernel.adapters import Adapter
from tests.kernel.adapters import C
from tests.kernel.adapters import Wired


class SQLiteAdapter(Adapter):
    """A file of its own for each test."""

    name = "sqlite"
    persistence = "sqlite"

    @contextmanager
    def container(self, make: Callable[[], C], settings: type[Settings]) -> Iterator[C]:
        with TemporaryDirectory() as folder:
            given = {"persistence": "sqlite", "sqlite_file": str(Path(folder, "test.sqlite")), "event_bus": "memory"}
            container = make()
            container.settings.override(settings.model_validate(given))
            container.persistence().open()
            yield container
            container.persistence().close()

    def published(self, container: Wired) -> list[Event]:
        bus = container.event_bus()
        assert isinstance(bus, InMemoryEventBus)
        return bus.published
