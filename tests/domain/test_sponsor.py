"""Sponsors and their rules."""

import pytest

from domain.errors import InvalidArgument
from domain.sponsor import Sponsor
from domain.sponsor import SponsorCreated
from domain.sponsor import SponsorRemoved
from domain.sponsor import SponsorRenamed
from tests.builders.events import events
from tests.builders.sponsors import a_sponsor


def test_a_sponsor_has_a_name_by_which_it_is_listed():
    sponsor = Sponsor(id="s1", name="  Northern Rail ")

    assert (sponsor.name, sponsor.version) == ("Northern Rail", 0)
    assert sponsor.sort_key == "northern rail\0s1"


def test_a_renamed_sponsor_is_the_same_under_another_name():
    stored = a_sponsor("Northern Rail").at_version(3)

    renamed = stored.rename(" Southern Rail")

    assert renamed == Sponsor(id=stored.id, name="Southern Rail", version=3)
    assert stored.name == "Northern Rail"


@pytest.mark.parametrize("name", ["", " ", "x" * 101, "a\0b", "\ud800"], ids=ascii)
def test_a_sponsor_cannot_be_called_what_is_no_name(name):
    with pytest.raises(InvalidArgument, match="name"):
        a_sponsor(name)
    with pytest.raises(InvalidArgument, match="name"):
        a_sponsor().rename(name)


def test_the_events_of_a_sponsor_are_called_what_they_are():
    sponsor = a_sponsor().at_version(1)

    happened = [
        events(SponsorCreated, sponsor, name="Rail"),
        events(SponsorRenamed, sponsor, name="Rail"),
        events(SponsorRemoved, sponsor),
    ]

    assert [event.type for event in happened] == [type(event).__name__ for event in happened]
    assert {(event.aggregate_id, event.version) for event in happened} == {(sponsor.id, 2)}
