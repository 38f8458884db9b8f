"""Units of work and events keep their contracts, and no repository goes without one."""

from importlib import import_module
from pathlib import Path

from infrastructure.container import Container
from tests.contracts.events import EventsContract
from tests.contracts.repository import RepositoryContract
from tests.contracts.unit_of_work import UnitOfWorkContract


class TestUnitOfWork(UnitOfWorkContract):
    pass


class TestEvents(EventsContract):
    pass


def test_every_repository_of_the_container_is_under_the_contract(container: Container):
    for module in Path(__file__).parent.glob("test_*.py"):
        import_module(f"{__package__}.{module.stem}")
    under_contract = {
        getattr(contract, "provider", None)
        for contract in RepositoryContract.__subclasses__()
        if contract.__module__.startswith(f"{__package__}.test_")
    }

    repositories = {
        name
        for name in container.providers
        if any(getattr(container, name)() is repository for repository in container.persistence().repositories())
    }

    assert repositories
    assert len(repositories) == len(container.persistence().repositories())
    assert repositories <= under_contract
