"""Run only if asked for: these tests take minutes."""

import os
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest

from infrastructure.dynamodb.administration import create
from infrastructure.dynamodb.client import create_client
from infrastructure.dynamodb.table import Table
from infrastructure.settings import Settings
from tests.asked_for import ignored
from tests.ministack import ENVIRONMENT
from tests.ministack import ministack


def pytest_ignore_collect(config: pytest.Config) -> bool | None:
    return ignored(Path(__file__).parent, config)


@pytest.fixture(scope="module")
def settings() -> Iterator[Settings]:
    """Those of a service whose table is in a ministack of its own."""
    with patch.dict(os.environ, ENVIRONMENT), ministack() as address:
        settings = Settings(persistence="dynamodb", dynamodb_region="eu-west-1", dynamodb_endpoint=address)
        create(Table(create_client(settings), settings.dynamodb_table))
        yield settings
