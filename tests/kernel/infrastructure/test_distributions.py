"""Two services in one environment: the code of one is gone, so that neither starts."""

from collections.abc import Iterator
from functools import partial
from importlib import metadata
from pathlib import Path

import pytest

from domain.kernel.errors import Misconfigured
from infrastructure.kernel import distributions
from infrastructure.kernel.cli import run
from infrastructure.kernel.http.app import create_app
from tests.kernel.builders.containers import an_in_memory_container
from tests.kernel.service.endpoints import ENDPOINTS


class Installed:
    """A folder of installed distributions."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def add(self, name: str, *files: str, commands: str = "") -> None:
        folder = self._folder / f"{name.replace('-', '_')}-1.0.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        (folder / "RECORD").write_text("".join(f"{file},,\n" for file in files))
        if commands:
            (folder / "entry_points.txt").write_text(f"[console_scripts]\n{commands}\n")


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Installed]:
    """Nothing but what is added."""
    monkeypatch.setattr(distributions, "distributions", partial(metadata.distributions, path=[str(tmp_path)]))
    distributions._services.cache_clear()
    yield Installed(tmp_path)
    distributions._services.cache_clear()


def test_two_services_in_one_environment_are_refused_by_name(installed):
    installed.add("rail-service", "domain/__init__.py", "infrastructure/__init__.py")
    installed.add("order-service", "domain/__init__.py", "infrastructure/__init__.py")

    with pytest.raises(Misconfigured, match="order-service and rail-service are installed in one environment"):
        create_app(an_in_memory_container(), ENDPOINTS, host="127.0.0.1")


def test_the_command_line_tells_it_in_one_line(installed):
    installed.add("rail-service", "infrastructure/__init__.py")
    installed.add("order-service", "infrastructure/__init__.py")

    with pytest.raises(SystemExit, match=r"^Misconfigured: order-service and rail-service are installed"):
        run(an_in_memory_container(), ENDPOINTS)


def test_services_that_are_installed_as_editable_are_known_by_their_commands(installed):
    installed.add("rail-service", "_rail_service.pth", commands="rail-service = infrastructure.cli:main")
    installed.add("order-service", "_order_service.pth", commands="order-service = infrastructure.cli:main")

    with pytest.raises(Misconfigured, match="order-service and rail-service"):
        distributions.require_only_service()


def test_a_service_among_other_distributions_starts(installed):
    installed.add("rail-service", "infrastructure/__init__.py", commands="rail-service = infrastructure.cli:main")
    installed.add(
        "other", "other/infrastructure/__init__.py", "infrastructure_tools.py", commands="o = other.infrastructure:main"
    )

    distributions.require_only_service()


def test_a_service_that_is_not_installed_starts(installed):
    distributions.require_only_service()
