"""What can be done with sponsors, on every adapter."""

import pytest
from ulid import ULID

from domain.kernel.errors import AlreadyExists
from domain.kernel.errors import Conflict
from domain.kernel.errors import NotFound
from domain.sponsor import Sponsor
from domain.sponsor import SponsorCreated
from domain.sponsor import SponsorRemoved
from domain.sponsor import SponsorRenamed
from tests.builders.sponsors import a_sponsor
from tests.kernel.usecases.races import interfere
from usecases.kernel.requests import ChangeRequest
from usecases.kernel.requests import GetRequest
from usecases.kernel.requests import ListRequest
from usecases.sponsors import CreateSponsorRequest
from usecases.sponsors import RenameSponsorRequest


@pytest.fixture
def sponsor(container) -> Sponsor:
    return container.sponsors().add(a_sponsor("Northern Rail"))


def rename_to(name, id, version=None):
    return RenameSponsorRequest(id=id, name=name, expected_version=version)


def test_a_sponsor_is_created_under_a_new_id_with_its_event(container, published):
    first = container.create_sponsor().execute(CreateSponsorRequest(name=" Northern Rail "))
    second = container.create_sponsor().execute(CreateSponsorRequest(name="Northern Rail"))

    assert (first.name, first.version) == ("Northern Rail", 1)
    assert first.id != second.id
    assert container.sponsors().get(first.id) == first
    assert [(type(event), event.aggregate_id, event.version, event.name) for event in published()] == [
        (SponsorCreated, first.id, 1, "Northern Rail"),
        (SponsorCreated, second.id, 1, "Northern Rail"),
    ]


def test_an_imported_sponsor_keeps_its_id_and_a_taken_one_is_left_alone(container, published):
    elsewhere = a_sponsor("Northern Rail")

    imported = container.import_sponsor().execute(elsewhere)
    with pytest.raises(AlreadyExists):
        container.import_sponsor().execute(elsewhere.rename("Southern Rail"))

    assert imported == elsewhere.at_version(1)
    assert container.sponsors().get(elsewhere.id) == imported
    assert [(type(event), event.aggregate_id, event.version) for event in published()] == [
        (SponsorCreated, elsewhere.id, 1)
    ]


def test_a_sponsor_is_got_by_its_id(container, sponsor):
    assert container.get_sponsor().execute(GetRequest(id=sponsor.id)) == sponsor


def test_a_sponsor_that_does_not_exist_is_not_found(container, published):
    id = str(ULID())

    for call in (
        lambda: container.get_sponsor().execute(GetRequest(id=id)),
        lambda: container.rename_sponsor().execute(rename_to("Rail", id)),
        lambda: container.rename_sponsor().execute(rename_to("Rail", id, version=1)),
        lambda: container.remove_sponsor().execute(ChangeRequest(id=id)),
    ):
        with pytest.raises(NotFound):
            call()

    assert published() == []


def test_sponsors_are_listed_by_name_a_page_at_a_time(container):
    for name in ("Beta", "alpha", "Gamma"):
        container.create_sponsor().execute(CreateSponsorRequest(name=name))

    first = container.list_sponsors().execute(ListRequest(limit=2))
    second = container.list_sponsors().execute(ListRequest(limit=2, cursor=first.next_cursor))

    assert [sponsor.name for sponsor in (*first.items, *second.items)] == ["alpha", "Beta", "Gamma"]
    assert (first.has_more, second.has_more) == (True, False)
    found = container.list_sponsors().execute(ListRequest(contains="MM"))
    assert [sponsor.name for sponsor in found.items] == ["Gamma"]


def test_a_renamed_sponsor_is_stored_one_version_up_with_its_event(container, sponsor, published):
    renamed = container.rename_sponsor().execute(rename_to("Southern Rail", sponsor.id))

    assert renamed == sponsor.rename("Southern Rail").at_version(2)
    assert container.sponsors().get(sponsor.id) == renamed
    [event] = published()
    assert (type(event), event.aggregate_id, event.version) == (SponsorRenamed, sponsor.id, 2)
    assert event.name == "Southern Rail"


def test_a_removed_sponsor_is_gone_and_its_event_tells(container, sponsor, published):
    container.remove_sponsor().execute(ChangeRequest(id=sponsor.id))

    with pytest.raises(NotFound):
        container.sponsors().get(sponsor.id)
    [event] = published()
    assert (type(event), event.aggregate_id, event.version) == (SponsorRemoved, sponsor.id, 2)


def test_a_change_of_the_expected_version_is_made(container, sponsor):
    container.rename_sponsor().execute(rename_to("Southern Rail", sponsor.id, version=1))
    container.remove_sponsor().execute(ChangeRequest(id=sponsor.id, expected_version=2))

    assert container.sponsors().get_many([sponsor.id]) == []


def test_a_change_of_another_version_than_expected_is_refused_and_changes_nothing(container, sponsor, published):
    for call in (
        lambda: container.rename_sponsor().execute(rename_to("Rail", sponsor.id, version=2)),
        lambda: container.remove_sponsor().execute(ChangeRequest(id=sponsor.id, expected_version=2)),
    ):
        with pytest.raises(Conflict) as refused:
            call()

        assert (refused.value.expected, refused.value.found) == (2, 1)
    assert container.sponsors().get(sponsor.id) == sponsor
    assert published() == []


def test_a_rename_that_races_with_another_change_is_made_on_top_of_it(container, sponsor):
    sponsors = container.sponsors()
    interfere(container, lambda: sponsors.save(sponsors.get(sponsor.id).rename("In between")))

    renamed = container.rename_sponsor().execute(rename_to("Southern Rail", sponsor.id))

    assert renamed == sponsor.rename("Southern Rail").at_version(3)
    assert sponsors.get(sponsor.id) == renamed
