"""What can be done with sponsors, on every adapter."""

import pytest

from domain.kernel.errors import AlreadyExists
from domain.kernel.errors import NotFound
from domain.sponsor import Sponsor
from domain.sponsor import SponsorCreated
from domain.sponsor import SponsorRemoved
from domain.sponsor import SponsorRenamed
from tests.builders.sponsors import CREATION
from tests.builders.sponsors import a_sponsor
from tests.builders.sponsors import changed
from usecases.kernel.requests import ChangeRequest
from usecases.kernel.requests import GetRequest
from usecases.kernel.requests import ListRequest
from usecases.sponsors import CreateSponsorRequest
from usecases.sponsors import RenameSponsorRequest


@pytest.fixture
def sponsor(container) -> Sponsor:
    """A stored sponsor."""
    return container.sponsors().add(a_sponsor())


def test_a_sponsor_is_created_with_its_event(container, published):
    created = container.create_sponsor().execute(CreateSponsorRequest.model_validate(CREATION))

    assert created == a_sponsor(id=created.id, version=1)
    assert container.sponsors().get(created.id) == created
    [event] = published()
    assert (type(event), event.aggregate_id, event.version) == (SponsorCreated, created.id, 1)


def test_an_imported_sponsor_keeps_its_id_and_a_stored_one_is_left_alone(container, published):
    elsewhere = a_sponsor()

    imported = container.import_sponsor().execute(elsewhere)
    with pytest.raises(AlreadyExists):
        container.import_sponsor().execute(changed(elsewhere))

    assert container.sponsors().get(elsewhere.id) == imported == elsewhere.at_version(1)
    [event] = published()
    assert (type(event), event.aggregate_id, event.version) == (SponsorCreated, elsewhere.id, 1)


def test_a_sponsor_is_got_by_its_id(container, sponsor):
    assert container.get_sponsor().execute(GetRequest(id=sponsor.id)) == sponsor


def test_sponsors_are_listed_a_page_at_a_time(container):
    stored = [container.sponsors().add(a_sponsor()) for _ in range(3)]

    first = container.list_sponsors().execute(ListRequest(limit=2))
    second = container.list_sponsors().execute(ListRequest(limit=2, cursor=first.next_cursor))

    assert sorted(sponsor.id for sponsor in (*first.items, *second.items)) == sorted(sponsor.id for sponsor in stored)
    assert (first.has_more, second.has_more) == (True, False)


def test_a_renamed_sponsor_is_stored_one_version_up_with_its_event(container, sponsor, published):
    renamed = container.rename_sponsor().execute(RenameSponsorRequest(id=sponsor.id, name="Southern Rail"))

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
