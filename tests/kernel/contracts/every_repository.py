"""Whether every repository of a container is under the contract."""

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

from infrastructure.kernel.wiring import Container
from tests.kernel.contracts.repository import RepositoryContract


def without_contract(container: Container, tests: ModuleType) -> list[str]:
    """The classes of the container's repositories that no contract in the test modules of the package `tests` covers."""
    providers = {name: provider for name, provider in container.providers.items() if name in set(_covered(tests))}
    covered = [provider() for provider in providers.values()]
    repositories = container.persistence().repositories()
    return [type(each).__name__ for each in repositories if not any(each is other for other in covered)]


def _covered(tests: ModuleType) -> Iterator[str]:
    """The providers that the contracts of a package name."""
    for found in iter_modules(tests.__path__):
        if found.name.startswith("test_"):
            for value in vars(import_module(f"{tests.__name__}.{found.name}")).values():
                if isinstance(value, type) and issubclass(value, RepositoryContract) and hasattr(value, "provider"):
                    yield value.provider
