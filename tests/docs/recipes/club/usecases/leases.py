"""What can be done with leases, and something that only the holder of one may do."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from datetime import timedelta

from pydantic import Field

from domain.kernel.entity import MAX_VERSION
from domain.kernel.errors import AlreadyExists
from domain.kernel.errors import InvalidArgument
from domain.kernel.events import EventFactory
from domain.kernel.text import Id
from domain.kernel.text import Name
from domain.kernel.unit_of_work import UnitOfWork
from domain.kernel.value import Value
from tests.docs.recipes.club.domain.leases import Lease
from tests.docs.recipes.club.domain.leases import LeaseRepository
from tests.docs.recipes.club.domain.notices import Notice
from usecases.kernel.changes import Changed
from usecases.kernel.changes import ChangeOne
from usecases.kernel.changes import Transaction
from usecases.kernel.requests import ChangeRequest

LENGTH = timedelta(seconds=30)


def create_lease(leases: LeaseRepository, id: str) -> None:
    """Stores a free lease, if there is none of that id yet."""
    with suppress(AlreadyExists):
        leases.add(Lease(id=id))


class AcquireLeaseRequest(ChangeRequest):
    """Which lease, and for whom: an id that is new for each attempt to acquire it."""

    holder: Id


class AcquireLease(ChangeOne[Lease, AcquireLeaseRequest]):
    """Takes a lease that nobody holds. The version of the answer is the fencing token."""

    def __init__(self, leases: LeaseRepository, events: EventFactory, now: Callable[[], datetime]) -> None:
        super().__init__(leases, events)
        self._now = now

    def change(self, lease: Lease, request: AcquireLeaseRequest) -> Changed[Lease]:
        return Changed(lease.acquire(request.holder, self._now(), LENGTH))


class HeldLeaseRequest(ChangeRequest):
    """Which lease, and under which token it is held."""

    expected_version: int = Field(ge=1, le=MAX_VERSION)


class RenewLease(ChangeOne[Lease, HeldLeaseRequest]):
    """Holds a lease for longer. The version of the answer is the new token."""

    def __init__(self, leases: LeaseRepository, events: EventFactory, now: Callable[[], datetime]) -> None:
        super().__init__(leases, events)
        self._now = now

    def change(self, lease: Lease, request: HeldLeaseRequest) -> Changed[Lease]:
        return Changed(lease.renew(self._now(), LENGTH))


class ReleaseLease(ChangeOne[Lease, HeldLeaseRequest]):
    """Frees a lease. It stays stored."""

    def change(self, lease: Lease, request: HeldLeaseRequest) -> Changed[Lease]:
        return Changed(lease.release())


class AnnounceRequest(Value):
    """What to announce, and under which token of which lease."""

    lease_id: Id
    token: int
    text: Name


class Announce(Transaction[AnnounceRequest, Notice]):
    """Puts a notice on the board, which only the holder of the lease may do."""

    def __init__(
        self,
        unit_of_work: Callable[[], UnitOfWork],
        events: EventFactory,
        new_id: Callable[[], str],
        now: Callable[[], datetime],
    ) -> None:
        super().__init__(unit_of_work, events)
        self._new_id = new_id
        self._now = now

    def change(self, request: AnnounceRequest, work: UnitOfWork) -> Notice:
        lease = work.of(Lease).get(request.lease_id)
        if lease.version != request.token:
            raise InvalidArgument("token", f"must be {lease.version}, not {request.token}: the lease was lost")
        work.of(Lease).check(lease)
        now = self._now()
        return work.of(Notice).add(Notice(id=self._new_id(), text=request.text, created_at=now, updated_at=now))
