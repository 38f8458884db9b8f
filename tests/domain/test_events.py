"""Events: what every one of them says, and how they are made."""

from datetime import UTC
from datetime import datetime
from typing import Literal

import pytest

from domain.errors import InvalidArgument
from domain.events import Event
from domain.events import EventFactory
from tests.builders.specimens import a_specimen

NOW = datetime(2026, 1, 31, 12, 30, tzinfo=UTC)


class Polished(Event):
    type: Literal["Polished"] = "Polished"
    shine: int


def test_an_event_is_about_the_next_write_of_its_aggregate_and_has_its_id_and_time_from_the_factory():
    events = EventFactory(lambda: "e1", lambda: NOW)
    specimen = a_specimen().at_version(4)

    event = events(Polished, specimen, shine=7)

    assert event == Polished(event_id="e1", occurred_at=NOW, aggregate_id=specimen.id, version=5, shine=7)


def test_an_event_is_about_a_write():
    with pytest.raises(InvalidArgument, match="version"):
        Event(event_id="e1", occurred_at=NOW, type="Polished", aggregate_id="s1", version=0)


def test_an_event_happened_in_a_time_zone():
    with pytest.raises(InvalidArgument, match="occurred_at"):
        EventFactory(lambda: "e1", lambda: NOW.replace(tzinfo=None))(Event, a_specimen(), type="Polished")


def test_an_event_says_nothing_that_it_does_not_know():
    with pytest.raises(InvalidArgument, match="colour"):
        EventFactory(lambda: "e1", lambda: NOW)(Event, a_specimen(), type="Polished", colour="red")
