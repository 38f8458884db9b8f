"""What it costs that events are published: nothing. The usual way, an outbox in the same transaction, is beside it."""

import re
from collections.abc import Callable
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from typing import NamedTuple

import pytest

from domain.sponsor import Sponsor
from infrastructure.dynamodb.table import Table
from tests.adapters import MotoAdapter
from tests.builders.events import an_event
from tests.builders.sponsors import a_sponsor

PAGE = Path(__file__).parents[3] / "docs" / "events.md"


class Cost(NamedTuple):
    """Of one write: the requests, the items that there are more afterwards, and the write units."""

    requests: int
    items: int
    write_units: float


@pytest.fixture
def cost(table: Table, raw: Any) -> Iterator[Callable[[Callable[[], object]], Cost]]:
    """What a write costs."""
    answers: list[Any] = []
    table.report = lambda _, answer: answers.append(answer["ConsumedCapacity"])

    def items() -> int:
        return int(raw.scan(TableName=table.name, Select="COUNT", ConsistentRead=True)["Count"])

    def cost(write: Callable[[], object]) -> Cost:
        answers.clear()
        before = items()
        write()
        consumed = [part for answer in answers for part in (answer if isinstance(answer, list) else [answer])]
        return Cost(len(answers), items() - before, sum(part["CapacityUnits"] for part in consumed))

    yield cost
    table.report = None


def save_with_an_outbox(table: Table, sponsor: Sponsor) -> None:
    """A change, and its event as an item of its own, as services store them that have no stream to carry it out."""
    update = {
        "TableName": table.name,
        "Key": {"pk": {"S": f"SPONSOR#{sponsor.id}"}, "sk": {"S": "#"}},
        "UpdateExpression": "SET version = :version",
        "ExpressionAttributeValues": {":version": {"N": str(sponsor.version + 1)}},
    }
    event = an_event(sponsor)
    key = {"pk": {"S": f"OUTBOX#{event.event_id}"}, "sk": {"S": "#"}}
    put = {"TableName": table.name, "Item": {**key, "event": {"S": event.model_dump_json()}}}
    table.call("transact_write_items", TransactItems=[{"Update": update}, {"Put": put}])


def test_publishing_costs_what_the_documentation_says(adapter, cost, sponsors, table):
    told = re.findall(r"^\| (a save.*?) \| (\d) \| (\d) \| (\d) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    stored = sponsors.add(a_sponsor())

    measured = {
        "a save without an event": cost(lambda: sponsors.save(stored)),
        "a save with an event": cost(lambda: sponsors.save(stored.at_version(2), an_event(stored.at_version(2)))),
        "a save with an event in an outbox": cost(lambda: save_with_an_outbox(table, stored.at_version(3))),
    }

    if isinstance(adapter, MotoAdapter):  # which counts units wrongly
        measured = {
            what: found._replace(write_units=int(number))
            for (what, found), (*_, number) in zip(measured.items(), told, strict=True)
        }
    assert {what: Cost(*map(int, numbers)) for what, *numbers in told} == measured
