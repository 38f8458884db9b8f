"""A lease: the right to do something alone, for a while."""

from datetime import datetime
from datetime import timedelta
from typing import Self

from domain.kernel.entity import Entity
from domain.kernel.errors import InvalidArgument
from domain.kernel.repository import Repository
from domain.kernel.text import Id


class Lease(Entity):
    """The right to do something alone until `held_until`. Its version is the fencing token.

    Never remove one: a lease that is free is stored as free, so that its version only grows. The field is not called
    `expires_at`, because then the store would remove the lease.
    """

    holder: Id | None = None
    held_until: datetime | None = None

    def is_held(self, at: datetime) -> bool:
        """Whether somebody holds it at that time."""
        return self.held_until is not None and at < self.held_until

    def acquire(self, holder: str, at: datetime, length: timedelta) -> Self:
        """The lease in the hands of `holder`.

        Raises:
            InvalidArgument: somebody holds it.
        """
        if self.is_held(at):
            raise InvalidArgument("lease", f"is held by {self.holder} until {self.held_until}")
        return self.evolve(holder=holder, held_until=at + length)

    def renew(self, at: datetime, length: timedelta) -> Self:
        """The lease in the same hands, for longer.

        Raises:
            InvalidArgument: nobody holds it.
        """
        if self.holder is None:
            raise InvalidArgument("lease", "is free")
        return self.evolve(held_until=at + length)

    def release(self) -> Self:
        """The lease, free."""
        return self.evolve(holder=None, held_until=None)


class LeaseRepository(Repository[Lease]):
    """Stores leases."""

    kind = Lease
