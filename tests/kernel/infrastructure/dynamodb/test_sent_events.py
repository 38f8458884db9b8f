"""Which events of dead letters were sent, remembered in the table."""

from datetime import UTC
from datetime import datetime
from datetime import timedelta

import pytest

from infrastructure.kernel.dynamodb.streams.sent import REMEMBERED
from infrastructure.kernel.dynamodb.streams.sent import SentEvents
from tests.kernel.builders.events import an_event
from tests.kernel.builders.specimens import a_specimen

T0 = datetime(2126, 1, 31, 12, 30, tzinfo=UTC)
"""In no test's past: what is over, a server may delete between two lines of a test."""


@pytest.fixture
def events():
    """More than one request stores, or reads."""
    return [an_event(a_specimen()) for _ in range(120)]


def test_what_was_sent_is_known_to_whoever_uses_the_same_table(connect, events):
    here, there = (SentEvents(connect().store, lambda: T0) for _ in range(2))

    here.remember(events[:-1])

    assert there.known(events) == {event.event_id for event in events[:-1]}
    assert there.known([]) == set()


def test_what_was_sent_is_forgotten_when_it_is_a_year_old(persistence, raw, events):
    SentEvents(persistence.store, lambda: T0).remember(events[:1])

    [item] = raw.scan(TableName=persistence.table.name)["Items"]
    assert item["pk"]["S"].startswith("_HANDLED#_replayed-")
    assert int(item["_ttl"]["N"]) == int((T0 + REMEMBERED).timestamp())
    assert timedelta(days=90) < REMEMBERED


def test_what_was_sent_a_moment_ago_is_known(remote, network, events):
    sent = SentEvents(remote.store, lambda: T0)

    sent.known(events)

    [table] = {name: None for request in network.sent for name in request.parameters["RequestItems"]}
    assert [request.parameters["RequestItems"][table]["ConsistentRead"] for request in network.sent] == [True, True]
