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


@pytest.fixture
def divided(container, raw):
    """A container with two tables, both of which are not there yet."""
    divided, name = Container(), f"test-{ULID()}"
    tables = {"dynamodb_table": name, "dynamodb_tables": f"Specimen={name}-s"}
    divided.settings.override(Settings.model_validate({**container.settings().model_dump(), **tables}))
    yield divided
    for left in {name, f"{name}-s"} & set(raw.list_tables()["TableNames"]):
        raw.delete_table(TableName=left)


def test_each_table_is_named_as_it_is_created_described_and_deleted(run, divided, raw):
    names = divided.persistence().table_names

    created = run(divided, "table", "create")
    described = run(divided, "table", "describe")
    asked = run(divided, "table", "delete", input="n\n")
    deleted = run(divided, "table", "delete", input="y\n")

    assert [line.split()[:4] for line in created.stderr.splitlines()] == [
        ["table", name, "is", "ready;"] for name in names
    ]
    assert [json.loads(told)["TableName"] for told in described.stdout.replace("\n}\n{", "\n}\0{").split("\0")] == names
    assert f"Delete tables {names[0]}, {names[1]} with all data?" in asked.stderr
    assert [f"table {name} is gone" in deleted.stderr for name in names] == [True, True]
    assert not set(names) & set(raw.list_tables()["TableNames"])


def test_the_rest_is_deleted_if_a_delete_was_cut_short(run, divided, raw):
    run(divided, "table", "create")
    main, own = divided.persistence().table_names
    raw.delete_table(TableName=main)

    deleted = run(divided, "table", "delete", "--yes")

    assert f"table {own} is gone" in deleted.stderr
    assert isinstance(deleted.exception, Misconfigured)
    assert f"there is no table {main}" in str(deleted.exception)
    assert own not in raw.list_tables()["TableNames"]


def test_a_table_of_no_aggregate_is_refused_by_every_command(run, container):
    wrong = Container()
    wrong.settings.override(container.settings().model_copy(update={"dynamodb_tables": "Box=boxes"}))

    for arguments in (["create"], ["describe"], ["delete", "--yes"]):
        refused = run(wrong, "table", *arguments)
        assert "TINY_SERVICE_DYNAMODB_TABLES: there is no aggregate Box" in str(refused.exception)


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
