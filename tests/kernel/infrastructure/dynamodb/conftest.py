"""The DynamoDB adapters, and ways to look and to act behind their back."""

from collections.abc import Callable
from collections.abc import Iterator
from contextlib import ExitStack
from contextvars import ContextVar
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ulid import ULID

from domain.kernel.repository import Repository
from infrastructure.kernel.dynamodb.schema import Index
from infrastructure.kernel.dynamodb.schema import listing_index
from infrastructure.kernel.dynamodb.table import Table
from infrastructure.kernel.dynamodb.transport import create_transport
from infrastructure.kernel.listing_shards import shards_of
from tests.kernel.adapters import Adapter
from tests.kernel.adapters import DynamoDBAdapter
from tests.kernel.adapters import MinistackAdapter
from tests.kernel.fixtures import ADAPTERS
from tests.kernel.infrastructure.dynamodb.network import Network
from tests.kernel.ministack import ENVIRONMENT
from tests.kernel.service.container import Container
from tests.kernel.service.domain import CrateRepository
from tests.kernel.service.domain import Specimen
from tests.kernel.service.repositories import DynamoDBPersistence
from tests.kernel.service.settings import Settings

HERE = Path(__file__).parent
WIRED = {adapter.transport: adapter for adapter in reversed(ADAPTERS) if isinstance(adapter, MinistackAdapter)}
"""The adapters for what needs a wire: one for each transport, for shards make no difference to that."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves out what is not about the adapter: other adapters have no table, and one in this process has no wire."""
    left_out = [item for item in items if HERE in item.path.parents and not _is_meant(item)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


def _is_meant(item: pytest.Item) -> bool:
    callspec = getattr(item, "callspec", None)
    adapter = callspec.params.get("adapter") if callspec is not None else None
    needed = set(getattr(item, "fixturenames", ()))
    if "wired" in needed:
        return adapter in list(WIRED.values())[-1:]
    if "proxy" in needed:
        return adapter in WIRED.values()
    is_by_botocore = isinstance(adapter, DynamoDBAdapter) and adapter.transport == "botocore"
    return adapter is None or is_by_botocore or ("line" not in needed and isinstance(adapter, DynamoDBAdapter))


@pytest.fixture
def wired(adapter: Adapter) -> Adapter:
    """An adapter that can read a stream on from any record, which moto cannot."""
    return adapter


@pytest.fixture
def container(adapter: DynamoDBAdapter) -> Iterator[Container]:
    """The container of the tiny service, with everything in one table, for most tests look into that."""
    with adapter.container(Container, Settings, apart=()) as container:
        yield container


@pytest.fixture
def persistence(container: Container) -> DynamoDBPersistence:
    """The adapter under test."""
    persistence = container.persistence()
    assert isinstance(persistence, DynamoDBPersistence)
    return persistence


@pytest.fixture
def table(persistence: DynamoDBPersistence) -> Table:
    return persistence.table


@pytest.fixture
def raw(adapter: Adapter, container: Container) -> Any:
    """boto3's client: the table as any other program sees it."""
    assert isinstance(adapter, DynamoDBAdapter)
    return adapter.raw


@pytest.fixture
def fresh(table: Table, raw: Any) -> Iterator[Table]:
    """A table that is not there yet, and will not be when the test is over."""
    table = Table(table.transport, f"test-{ULID()}")
    yield table
    if table.name in raw.list_tables()["TableNames"]:
        raw.delete_table(TableName=table.name)


@pytest.fixture
def crates(container: Container) -> CrateRepository:
    return container.crates()


@pytest.fixture
def specimens(container: Container) -> Repository[Specimen]:
    return container.specimens()


@pytest.fixture
def index(container: Container) -> Index:
    """The index that listings by text are read from."""
    return listing_index(0, shards_of(container.settings().dynamodb_listing_shards)[0])


_waits: ContextVar[list[float]] = ContextVar("waits")


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long botocore and tenacity would have waited between attempts; they do not.

    A thread that another test left behind is not counted: it runs in another context.
    """
    waits: list[float] = []
    _waits.set(waits)
    for module in ("botocore.endpoint", "botocore.waiter", "tenacity.nap"):
        monkeypatch.setattr(f"{module}.time", SimpleNamespace(sleep=lambda seconds: _waits.get([]).append(seconds)))
    return waits


@pytest.fixture
def connect(container: Container, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., DynamoDBPersistence]]:
    """Makes adapters on the same table, each with a transport of its own and other settings, if there are any."""
    monkeypatch.setattr("infrastructure.kernel.dynamodb.persistence.create_transport", create_transport)
    with ExitStack() as stack:

        def connect(**changes: Any) -> DynamoDBPersistence:
            settings = Settings.model_validate({**container.settings().model_dump(), **changes})
            persistence = DynamoDBPersistence(settings, container.now)
            persistence.open()
            if "dynamodb_listing_shards" in changes:
                for name in persistence.table_names:
                    persistence.create_table(name)  # which has other indexes so far
            stack.callback(persistence.close)
            return persistence

        yield connect


@pytest.fixture
def remote(connect: Callable[..., DynamoDBPersistence], waits: list[float]) -> DynamoDBPersistence:
    """An adapter on the same table, whose network can be made to fail."""
    return connect()


@pytest.fixture
def network(remote: DynamoDBPersistence) -> Network:
    """What lies between `remote` and the server."""
    return Network(*remote.tables)


@pytest.fixture
def lonely_table(monkeypatch: pytest.MonkeyPatch, waits: list[float]) -> Iterator[Table]:
    """A table that is nowhere: for answers that no server gives when it is wanted to."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    table = Table(create_transport(Settings(aws_region="eu-west-1")), "tiny-service", attempts=4)
    yield table
    table.close()


@pytest.fixture
def network_of_nobody(lonely_table: Table) -> Network:
    """The network of `lonely_table`, to which nothing arrives: every request has to meet a fault."""
    return Network(lonely_table)
