"""The commands that make, describe and delete the table."""

import json
import logging
from datetime import datetime
from typing import Any

import pytest
from typer.testing import CliRunner
from typer.testing import Result
from ulid import ULID

from domain.kernel.errors import Misconfigured
from infrastructure.kernel.cli import Service
from infrastructure.kernel.commands import app
from infrastructure.kernel.dynamodb.schema import description
from tests.kernel.service.container import Container
from tests.kernel.service.endpoints import ENDPOINTS
from tests.kernel.service.settings import Settings


@pytest.fixture
def run(monkeypatch):
    """Runs a command in this process."""
    monkeypatch.setattr(logging, "basicConfig", lambda **_: None)  # it would take pytest's handlers away

    def run(container: Container, *arguments: str, **options: Any) -> Result:
        return CliRunner().invoke(app, arguments, obj=Service(container, ENDPOINTS), **options)

    return run


@pytest.fixture
def fresh(container, raw):
    """A container whose table is not there yet, and will not be when the test is over."""
    fresh = Container()
    name = f"test-{ULID()}"
    fresh.settings.override(Settings.model_validate({**container.settings().model_dump(), "dynamodb_table": name}))
    yield fresh
    if name in raw.list_tables()["TableNames"]:
        raw.delete_table(TableName=name)


def test_a_table_is_created_once(run, fresh, raw):
    first, second = run(fresh, "table", "create"), run(fresh, "table", "create")

    assert (first.exit_code, second.exit_code) == (0, 0)
    assert "is ready" in first.stderr
    assert "was there already" in second.stderr
    assert fresh.settings().dynamodb_table in raw.list_tables()["TableNames"]


def test_a_table_is_described_as_json(run, fresh):
    run(fresh, "table", "create")

    described = run(fresh, "table", "describe")

    assert described.exit_code == 0
    told = json.loads(described.stdout)
    assert told["TableName"] == fresh.settings().dynamodb_table
    assert datetime.fromisoformat(told["CreationDateTime"]).tzinfo is not None


def test_a_table_of_another_shape_is_described_all_the_same(run, fresh, raw):
    described = description(fresh.persistence().indexes)
    shape = {name: value for name, value in described.items() if name != "StreamSpecification"}
    raw.create_table(TableName=fresh.settings().dynamodb_table, **shape)

    described, created = run(fresh, "table", "describe"), run(fresh, "table", "create")

    assert json.loads(described.stdout)["TableStatus"] == "ACTIVE"
    assert isinstance(described.exception, Misconfigured)
    assert isinstance(created.exception, Misconfigured)


@pytest.mark.parametrize(("arguments", "answer"), [(["--yes"], None), ([], "y\n")], ids=["unasked", "asked"])
def test_a_table_is_deleted(run, fresh, raw, arguments, answer):
    run(fresh, "table", "create")

    deleted = run(fresh, "table", "delete", *arguments, input=answer)

    assert deleted.exit_code == 0
    assert "is gone" in deleted.stderr
    assert fresh.settings().dynamodb_table not in raw.list_tables()["TableNames"]


def test_a_table_is_kept_unless_somebody_means_it(run, fresh, raw):
    run(fresh, "table", "create")

    refused = run(fresh, "table", "delete", input="n\n")

    assert refused.exit_code == 1
    assert fresh.settings().dynamodb_table in raw.list_tables()["TableNames"]


@pytest.mark.parametrize("arguments", [["describe"], ["delete", "--yes"]], ids=lambda given: given[0])
def test_a_missing_table_is_a_wrong_setup(run, fresh, arguments):
    assert isinstance(run(fresh, "table", *arguments).exception, Misconfigured)


@pytest.mark.parametrize("arguments", [["create"], ["describe"], ["delete", "--yes"]], ids=lambda given: given[0])
def test_memory_has_no_table(run, arguments):
    container = Container()
    container.settings.override(Settings(persistence="memory"))

    refused = run(container, "table", *arguments)

    assert isinstance(refused.exception, Misconfigured)
    assert refused.exit_code == 1
