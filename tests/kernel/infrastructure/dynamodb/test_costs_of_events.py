"""What it costs that events are published: nothing. The usual way, an outbox in the same transaction, is beside it."""

from collections.abc import Callable
from collections.abc import Iterator
from typing import Any
from typing import NamedTuple

import pytest

from infrastructure.kernel.dynamodb.table import Table
from tests.kernel.adapters import MotoAdapter
from tests.kernel.builders.crates import a_crate
from tests.kernel.builders.events import an_event
from tests.kernel.service.domain import Crate


class Cost(NamedTuple):
    """Of one write: the requests, the items that there are more afterwards, and the write units."""

    requests: int
    items: int
    write_units: float


COSTS = {
    "a save without an event": Cost(requests=1, items=0, write_units=1),
    "a save with an event": Cost(requests=1, items=0, write_units=1),
    "a save with an event in an outbox": Cost(requests=1, items=1, write_units=4),
}


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


def save_with_an_outbox(table: Table, crate: Crate) -> None:
    """A change, and its event as an item of its own, as services store them that have no stream to carry it out."""
    update = {
        "TableName": table.name,
        "Key": {"pk": {"S": f"CRATE#{crate.id}"}, "sk": {"S": "#"}},
        "UpdateExpression": "SET version = :version",
        "ExpressionAttributeValues": {":version": {"N": str(crate.version + 1)}},
    }
    event = an_event(crate)
    key = {"pk": {"S": f"OUTBOX#{event.event_id}"}, "sk": {"S": "#"}}
    put = {"TableName": table.name, "Item": {**key, "event": {"S": event.model_dump_json()}}}
    table.call("TransactWriteItems", TransactItems=[{"Update": update}, {"Put": put}])


def test_an_event_costs_nothing_beside_the_write_it_tells_of(adapter, cost, crates, table):
    stored = crates.add(a_crate())

    measured = {
        "a save without an event": cost(lambda: crates.save(stored)),
        "a save with an event": cost(lambda: crates.save(stored.at_version(2), an_event(stored.at_version(2)))),
        "a save with an event in an outbox": cost(lambda: save_with_an_outbox(table, stored.at_version(3))),
    }

    if isinstance(adapter, MotoAdapter):  # which counts units wrongly
        measured = {what: found._replace(write_units=COSTS[what].write_units) for what, found in measured.items()}
    assert measured == COSTS
