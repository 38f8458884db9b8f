"""What can be done with notices and invitations."""

from collections.abc import Callable
from datetime import datetime
from datetime import timedelta

from domain.kernel.errors import NotFound
from domain.kernel.events import EventFactory
from domain.kernel.repository import Page
from domain.kernel.text import Name
from domain.kernel.value import Value
from tests.docs.recipes.club.domain.notices import Invitation
from tests.docs.recipes.club.domain.notices import InvitationRepository
from tests.docs.recipes.club.domain.notices import Notice
from tests.docs.recipes.club.domain.notices import NoticeRepository
from usecases.kernel.changes import Changed
from usecases.kernel.changes import ChangeOne
from usecases.kernel.requests import ChangeRequest
from usecases.kernel.requests import GetRequest
from usecases.kernel.requests import ListRequest

TWO_WEEKS = timedelta(days=14)


class PostNoticeRequest(Value):
    """What a new notice says."""

    text: Name


class PostNotice:
    """Puts a notice on the board."""

    def __init__(self, notices: NoticeRepository, new_id: Callable[[], str], now: Callable[[], datetime]) -> None:
        self._notices = notices
        self._new_id = new_id
        self._now = now

    def execute(self, request: PostNoticeRequest) -> Notice:
        now = self._now()
        return self._notices.add(Notice(id=self._new_id(), text=request.text, created_at=now, updated_at=now))


class RewordNoticeRequest(ChangeRequest):
    """Which notice to reword, and how."""

    text: Name


class RewordNotice(ChangeOne[Notice, RewordNoticeRequest]):
    """Gives a notice another text."""

    def __init__(self, notices: NoticeRepository, events: EventFactory, now: Callable[[], datetime]) -> None:
        super().__init__(notices, events)
        self._now = now

    def change(self, notice: Notice, request: RewordNoticeRequest) -> Changed[Notice]:
        return Changed(notice.reword(request.text, self._now()))


class InviteRequest(Value):
    """Who is invited."""

    name: Name


class Invite:
    """Invites somebody, for two weeks."""

    def __init__(
        self, invitations: InvitationRepository, new_id: Callable[[], str], now: Callable[[], datetime]
    ) -> None:
        self._invitations = invitations
        self._new_id = new_id
        self._now = now

    def execute(self, request: InviteRequest) -> Invitation:
        until = self._now() + TWO_WEEKS
        return self._invitations.add(Invitation(id=self._new_id(), name=request.name, expires_at=until))


class GetInvitation:
    """The invitation of that id, while it is open."""

    def __init__(self, invitations: InvitationRepository, now: Callable[[], datetime]) -> None:
        self._invitations = invitations
        self._now = now

    def execute(self, request: GetRequest) -> Invitation:
        invitation = self._invitations.get(request.id)
        if not invitation.is_open(self._now()):
            raise NotFound("Invitation", request.id)
        return invitation


class ListInvitations:
    """The open invitations by name, a page at a time."""

    def __init__(self, invitations: InvitationRepository, now: Callable[[], datetime]) -> None:
        self._invitations = invitations
        self._now = now

    def execute(self, request: ListRequest) -> Page[Invitation]:
        page = self._invitations.page(request.query, limit=request.limit, cursor=request.cursor)
        now = self._now()
        return Page(tuple(each for each in page.items if each.is_open(now)), page.next_cursor)


class ExtendInvitation(ChangeOne[Invitation, ChangeRequest]):
    """Gives an open invitation two more weeks from now."""

    def __init__(self, invitations: InvitationRepository, events: EventFactory, now: Callable[[], datetime]) -> None:
        super().__init__(invitations, events)
        self._now = now

    def change(self, invitation: Invitation, request: ChangeRequest) -> Changed[Invitation]:
        now = self._now()
        if not invitation.is_open(now):
            raise NotFound("Invitation", invitation.id)
        return Changed(invitation.evolve(expires_at=now + TWO_WEEKS))
