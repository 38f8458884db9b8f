"""Notices know when they were changed; invitations end at their time, whenever the store removes them."""

from datetime import UTC
from datetime import datetime
from datetime import timedelta

import pytest
from dependency_injector.providers import Object

from domain.kernel.errors import NotFound
from tests.docs.recipes.club.usecases.notices import InviteRequest
from tests.docs.recipes.club.usecases.notices import PostNoticeRequest
from tests.docs.recipes.club.usecases.notices import RewordNoticeRequest
from usecases.kernel.requests import ChangeRequest
from usecases.kernel.requests import GetRequest
from usecases.kernel.requests import ListRequest

NOON = datetime(2126, 1, 31, 12, tzinfo=UTC)
"""In no test's past: an invitation that is over, a server may delete between two lines of a test."""
TWO_WEEKS = timedelta(days=14)
A_MOMENT = timedelta(microseconds=1)


def test_a_notice_knows_when_it_was_created_and_updated(club):
    with club.now.override(Object(NOON)):
        posted = club.post_notice().execute(PostNoticeRequest(text="Annual meeting on Friday"))
    with club.now.override(Object(NOON + timedelta(hours=1))):
        reworded = club.reword_notice().execute(RewordNoticeRequest(id=posted.id, text="Annual meeting on Monday"))

    assert (posted.created_at, posted.updated_at) == (NOON, NOON)
    assert (reworded.created_at, reworded.updated_at) == (NOON, NOON + timedelta(hours=1))
    assert club.notices().get(posted.id) == reworded


@pytest.fixture
def invitation(club):
    with club.now.override(Object(NOON)):
        return club.invite().execute(InviteRequest(name="Ann Lee"))


def test_an_invitation_is_open_until_its_time(club, invitation):
    with club.now.override(Object(NOON + TWO_WEEKS - A_MOMENT)):
        assert club.get_invitation().execute(GetRequest(id=invitation.id)) == invitation
        assert club.list_invitations().execute(ListRequest()).items == (invitation,)


def test_an_expired_invitation_is_not_found_though_it_is_still_stored(club, invitation):
    assert club.invitations().get(invitation.id) == invitation

    with club.now.override(Object(NOON + TWO_WEEKS)):
        with pytest.raises(NotFound):
            club.get_invitation().execute(GetRequest(id=invitation.id))
        with pytest.raises(NotFound):
            club.extend_invitation().execute(ChangeRequest(id=invitation.id))
        assert club.list_invitations().execute(ListRequest()).items == ()


def test_a_page_without_the_expired_leads_on_to_the_next(club, invitation):
    with club.now.override(Object(NOON + TWO_WEEKS)):
        zoe = club.invite().execute(InviteRequest(name="Zoe"))
        first = club.list_invitations().execute(ListRequest(limit=1))
        second = club.list_invitations().execute(ListRequest(limit=1, cursor=first.next_cursor))

    assert (first.items, second.items) == ((), (zoe,))


def test_an_invitation_that_is_extended_expires_later(club, invitation):
    with club.now.override(Object(NOON + timedelta(days=1))):
        extended = club.extend_invitation().execute(ChangeRequest(id=invitation.id))

    assert extended.expires_at == NOON + timedelta(days=15)
