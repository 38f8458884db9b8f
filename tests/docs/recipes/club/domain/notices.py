"""A notice on the board of the club, and an invitation, which ends by itself."""

from datetime import datetime
from typing import Self

from domain.kernel.entity import Entity
from domain.kernel.repository import Repository
from domain.kernel.text import Name


class Notice(Entity):
    """Something that all members should know."""

    text: Name
    created_at: datetime
    updated_at: datetime

    def reword(self, text: str, at: datetime) -> Self:
        """The notice with another text, updated at that time."""
        return self.evolve(text=text, updated_at=at)


class NoticeRepository(Repository[Notice]):
    """Stores notices."""

    kind = Notice


class Invitation(Entity):
    """An invitation to join the club. It ends by itself."""

    name: Name
    expires_at: datetime

    @property
    def listed_as(self) -> str:
        return self.name

    def is_open(self, at: datetime) -> bool:
        """Whether it counts at that time."""
        return at < self.expires_at


class InvitationRepository(Repository[Invitation]):
    """Stores invitations."""

    kind = Invitation
