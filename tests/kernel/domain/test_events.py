"""Events: what every one of them says, and how they are made."""

from datetime import UTC
from datetime import datetime
from typing import Literal

import pytest

from domain.kernel.errors import InvalidArgument
from domain.kernel.events import Event
from domain.kernel.events import EventFactory
from domain.kernel.events import HandledEvent
from domain.kernel.events import event_types
from tests.kernel.builders.specimens import a_specimen

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


@pytest.mark.parametrize(
    "type_of_it", [str, Literal["Polished"], Literal["Dulled", "Polished"], Literal["dulled"]], ids=str
)
def test_an_event_whose_type_is_not_its_own_name_cannot_be_made(type_of_it):
    with pytest.raises(TypeError, match=r"Dulled\.type: must be Literal\['Dulled'\]"):
        type("Dulled", (Event,), {"__annotations__": {"type": type_of_it}})

    assert "Dulled" not in event_types()


def test_an_event_that_does_not_narrow_its_type_cannot_be_made():
    with pytest.raises(TypeError, match=r"Dulled\.type"):
        type("Dulled", (Event,), {})
    with pytest.raises(TypeError, match=r"Dulled\.type"):
        type("Dulled", (Polished,), {})


def test_an_event_whose_type_has_to_be_given_cannot_be_made():
    with pytest.raises(TypeError, match="Waxed"):
        type("Waxed", (Event,), {"__annotations__": {"type": Literal["Waxed"]}})


def test_two_events_of_one_name_cannot_be_made():
    with pytest.raises(TypeError, match=f"Polished: {__name__} has an event of that name already"):
        type("Polished", (Event,), {"__annotations__": {"type": Literal["Polished"]}, "type": "Polished"})

    assert event_types()["Polished"] is Polished


def test_every_event_is_known_by_its_name():
    known = event_types()

    assert known["Polished"] is Polished
    assert {name: kind.__name__ for name, kind in known.items()} == {name: name for name in known}


def test_what_events_are_known_cannot_be_changed_from_outside():
    with pytest.raises(TypeError):
        event_types()["Dulled"] = Polished  # type: ignore[index]  # the point of it

    assert "Dulled" not in event_types()


def test_that_an_event_was_handled_may_be_forgotten_when_its_time_is_up():
    handled = HandledEvent(id="polish-e1", until=NOW)

    assert handled.expires_at == NOW
