"""One item that cannot be read harms no other: the rest is served, and the damage is told."""

import json
import logging
from decimal import Decimal

import httpx
import pytest
from pydantic import field_validator
from typer.testing import CliRunner

from domain.kernel.entity import Entity
from domain.kernel.errors import Unreadable
from domain.kernel.repository import Everything
from infrastructure.kernel.cli import Service
from infrastructure.kernel.commands import app
from infrastructure.kernel.dynamodb.repository import DynamoDBRepository
from infrastructure.kernel.ndjson import export_lines
from tests.kernel.builders.crates import a_crate
from tests.kernel.infrastructure.http.clients import WAYS
from tests.kernel.infrastructure.http.clients import portal
from tests.kernel.service.endpoints import ENDPOINTS

__all__ = ["portal"]

SECRET = "Jane\0Doe"


@pytest.fixture
def damaged(crates, raw, table):
    """Five crates by name, of which those at 1 and 3 cannot be read."""
    stored = [crates.add(a_crate(f"Crate {number}")) for number in range(5)]
    for crate in (stored[1], stored[3]):
        raw.update_item(
            TableName=table.name,
            Key={"pk": {"S": f"CRATE#{crate.id}"}, "sk": {"S": "#"}},
            UpdateExpression="SET #name = :name",
            ExpressionAttributeNames={"#name": "name"},
            ExpressionAttributeValues={":name": {"S": SECRET}},
        )
    return stored


def test_a_page_holds_what_can_be_read_and_names_what_cannot(crates, damaged):
    page = crates.page(Everything(), limit=10)

    assert page.items == (damaged[0], damaged[2], damaged[4])
    assert page.unreadable == (damaged[1].id, damaged[3].id)
    assert not page.has_more


def test_a_validator_that_raises_anything_makes_its_own_item_unreadable_and_no_other(persistence, raw, table):
    class Touchy(Entity):
        text: str

        @field_validator("text")
        @classmethod
        def _is_a_number(cls, text: str) -> str:
            return str(Decimal(text))

    repository = type("Touchies", (DynamoDBRepository,), {"kind": Touchy, "type_name": "TOUCHY"})(persistence.store)
    repository.put_many(Touchy(id=id, text="1") for id in ("a", "b", "c"))
    raw.update_item(
        TableName=table.name,
        Key={"pk": {"S": "TOUCHY#b"}, "sk": {"S": "#"}},
        UpdateExpression="SET #text = :text",
        ExpressionAttributeNames={"#text": "text"},
        ExpressionAttributeValues={":text": {"S": SECRET}},
    )

    page = repository.page(Everything(), limit=10)

    assert [entity.id for entity in page.items] == ["a", "c"]
    assert page.unreadable == ("b",)
    with pytest.raises(Unreadable, match="b cannot be read: a validator, by InvalidOperation") as told:
        repository.get("b")
    assert SECRET not in str(told.value)


def test_a_walk_passes_what_cannot_be_read_and_names_it_once(crates, damaged):
    page = crates.page(Everything(), limit=1)
    pages = [page]
    while page.has_more:
        page = crates.page(Everything(), limit=1, cursor=page.next_cursor)
        pages.append(page)

    assert [crate for page in pages for crate in page.items] == [damaged[0], damaged[2], damaged[4]]
    assert [id for page in pages for id in page.unreadable] == [damaged[1].id, damaged[3].id]


def test_a_look_up_says_of_all_that_they_cannot_be_read_and_not_that_they_are_missing(crates, damaged):
    with pytest.raises(Unreadable) as unreadable:
        crates.get_many([crate.id for crate in damaged])

    assert unreadable.value.kind == "Crate"
    assert sorted(unreadable.value.id.split(", ")) == sorted([damaged[1].id, damaged[3].id])
    assert not unreadable.value.retryable
    assert crates.get_many([damaged[index].id for index in (0, 2, 4)]) == [damaged[0], damaged[2], damaged[4]]


def test_the_log_names_each_item_and_the_field_and_quotes_nothing_but_for_debugging(crates, damaged, caplog):
    with caplog.at_level(logging.DEBUG, logger="infrastructure"):
        crates.page(Everything(), limit=10)

    errors = [record.getMessage() for record in caplog.records if record.levelno >= logging.INFO]
    rules = [record.getMessage() for record in caplog.records if record.levelno == logging.DEBUG]
    for crate in (damaged[1], damaged[3]):
        assert f"Crate {crate.id} cannot be read: name breaks a rule of this release" in errors
        assert f"Crate {crate.id}: name: must not have control characters" in rules
    assert not any("Jane" in error for error in errors)


@pytest.fixture(params=WAYS)
def api(request, container, portal) -> httpx.Client:
    return WAYS[request.param](container, ENDPOINTS, portal)


def test_the_api_serves_the_rest_and_names_what_cannot_be_read(api, damaged):
    listed = api.get("/crates").json()

    assert [crate["id"] for crate in listed["items"]] == [damaged[index].id for index in (0, 2, 4)]
    assert listed["unreadable"] == [damaged[1].id, damaged[3].id]


def test_the_api_says_nothing_of_it_where_all_can_be_read(api, crates):
    crates.add(a_crate())

    assert api.get("/crates").json().keys() == {"items", "next_cursor"}


def test_no_answer_quotes_what_is_stored(api, damaged):
    answers = (api.get(f"/crates/{damaged[1].id}"), api.post("/crates/lookup", json={"ids": [damaged[1].id]}))

    for answer in answers:
        assert answer.status_code == 500
        assert answer.json()["type"] == "urn:problem-type:unreadable"
        assert answer.json()["detail"] == f"Crate {damaged[1].id} cannot be read: name breaks a rule of this release"


def test_an_export_writes_the_rest_and_tells_of_each_that_is_left_out(crates, damaged):
    told = []

    lines = list(export_lines([crates], lambda *unreadable: told.append(unreadable)))

    assert [json.loads(line)["id"] for line in lines] == [damaged[index].id for index in (0, 2, 4)]
    assert told == [("Crate", damaged[1].id), ("Crate", damaged[3].id)]


def test_the_command_writes_the_rest_names_what_is_left_out_and_fails(container, damaged, tmp_path, monkeypatch):
    monkeypatch.setattr(logging, "basicConfig", lambda **_: None)  # it would take pytest's handlers away
    monkeypatch.setenv("COLUMNS", "300")
    file = tmp_path / "crates.ndjson"

    result = CliRunner().invoke(app, ["export", str(file)], obj=Service(container, ENDPOINTS))

    assert result.exit_code == 1
    assert len(file.read_text().splitlines()) == 3
    for crate in (damaged[1], damaged[3]):
        assert f"Crate {crate.id} cannot be read, and was left out" in result.stderr


def test_an_export_in_segments_does_so_too(container, damaged, tmp_path, monkeypatch):
    monkeypatch.setattr(logging, "basicConfig", lambda **_: None)
    monkeypatch.setenv("COLUMNS", "300")

    results = [
        CliRunner().invoke(app, ["export", str(tmp_path), "--segments", "2"], obj=Service(container, ENDPOINTS))
        for _ in range(2)
    ]

    assert [result.exit_code for result in results] == [1, 1]
    assert f"3 lines are in {tmp_path}, 2 entities are not" in results[1].stderr
    for crate in (damaged[1], damaged[3]):
        assert f"Crate {crate.id} cannot be read, and was left out" in results[0].stderr
