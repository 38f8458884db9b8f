"""A unique attribute: no two members have the same nickname."""

from collections.abc import Callable
from hashlib import sha256
from typing import Self

from domain.kernel.entity import Entity
from domain.kernel.errors import AlreadyExists
from domain.kernel.errors import NotFound
from domain.kernel.errors import TransactionFailed
from domain.kernel.repository import Repository
from domain.kernel.text import Id
from domain.kernel.text import Name
from domain.kernel.text import fold
from domain.kernel.unit_of_work import UnitOfWork
from infrastructure.kernel.dynamodb.repository import DynamoDBRepository
from infrastructure.kernel.memory.repository import InMemoryRepository
from tests.docs.recipes.members import Member
from usecases.kernel.changes import Changed
from usecases.kernel.changes import ChangeTogether
from usecases.kernel.changes import Removed
from usecases.kernel.changes import RemoveTogether
from usecases.kernel.requests import ChangeRequest


class Nickname(Entity):
    """Marks a nickname as taken. Its id is made from the nickname, so there is at most one."""

    member_id: Id

    @classmethod
    def of(cls, member: Member) -> Self:
        """The marker for the nickname of `member`."""
        digest = sha256(fold(member.nickname).encode()).hexdigest()  # 64 characters, as many as an id may have
        return cls(id=digest, member_id=member.id)


class NicknameRepository(Repository[Nickname]):
    """Stores nicknames."""

    kind = Nickname


class InMemoryNicknameRepository(InMemoryRepository[Nickname], NicknameRepository):
    """Stores nicknames in memory."""


class DynamoDBNicknameRepository(DynamoDBRepository[Nickname], NicknameRepository):
    """Stores nicknames in DynamoDB."""

    type_name = "NICKNAME"


def commit(work: UnitOfWork, nickname: str) -> None:
    """Commits. If it fails, raises the error of the member or of the nickname, instead of TransactionFailed."""
    try:
        work.commit()
    except TransactionFailed as exc:
        errors = {failure.kind: failure.error for failure in exc.failures}
        if "Member" in errors:  # if the member failed, the marker failed because of it
            raise errors["Member"] from exc
        if isinstance(errors["Nickname"], AlreadyExists):
            raise AlreadyExists("Nickname", nickname) from exc
        raise


def require_free(work: UnitOfWork, marker: Nickname, nickname: str) -> None:
    """Raises AlreadyExists with the nickname, if it is taken now. The commit checks it once more."""
    try:
        work.of(Nickname).get(marker.id)
    except NotFound:
        return
    raise AlreadyExists("Nickname", nickname)


class Join:
    """Adds a member, under a nickname that nobody has."""

    def __init__(self, unit_of_work: Callable[[], UnitOfWork]) -> None:
        self._unit_of_work = unit_of_work

    def execute(self, request: Member) -> Member:
        with self._unit_of_work() as work:
            joined = work.of(Member).add(request)
            work.of(Nickname).add(Nickname.of(request))
            commit(work, request.nickname)
        return joined


class ChangeNicknameRequest(ChangeRequest):
    """Which member to call what."""

    nickname: Name


class ChangeNickname(ChangeTogether[Member, ChangeNicknameRequest]):
    """Gives a member a nickname that nobody else has. The old one is free from then on."""

    def change(self, member: Member, request: ChangeNicknameRequest, work: UnitOfWork) -> Changed[Member]:
        renamed = member.evolve(nickname=request.nickname)
        old, new = Nickname.of(member), Nickname.of(renamed)
        if old.id != new.id:
            require_free(work, new, request.nickname)
            work.of(Nickname).remove(work.of(Nickname).get(old.id))
            work.of(Nickname).add(new)
        return Changed(renamed)


class Leave(RemoveTogether[Member, ChangeRequest]):
    """Removes a member. The nickname is free from then on."""

    def remove(self, member: Member, request: ChangeRequest, work: UnitOfWork) -> Removed:
        work.of(Nickname).remove(work.of(Nickname).get(Nickname.of(member).id))
        return Removed()
