"""Run only if asked for: the zip is made, and processes are started."""

from pathlib import Path

import pytest

from domain.sponsor import Sponsor
from domain.sponsor import SponsorRepository
from infrastructure.container import Container
from infrastructure.settings import Settings
from tests.builders.sponsors import a_sponsor
from tests.kernel.on_request import ignored
from tests.lambda_zip.fixtures import api
from tests.lambda_zip.fixtures import environment
from tests.lambda_zip.fixtures import package
from tests.lambda_zip.fixtures import package_with_curl
from tests.lambda_zip.fixtures import proxy
from tests.lambda_zip.fixtures import settings

__all__ = ["api", "environment", "package", "package_with_curl", "proxy", "settings"]


def pytest_ignore_collect(config: pytest.Config) -> bool | None:
    return ignored(Path(__file__).parent, config)


@pytest.fixture
def sponsors(settings: Settings) -> SponsorRepository:
    """What is stored, as another process sees it."""
    container = Container()
    container.settings.override(settings)
    return container.sponsors()


@pytest.fixture
def stored(sponsors: SponsorRepository) -> Sponsor:
    return sponsors.add(a_sponsor(name="Southern Rail"))
