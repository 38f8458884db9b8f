"""A payment: a fee that a member pays through a gateway."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from typing import Literal
from typing import Self

from domain.kernel.entity import Entity
from domain.kernel.events import Event
from domain.kernel.listing import Listing
from domain.kernel.money import Money
from domain.kernel.repository import Repository
from domain.kernel.text import Id


class Status(StrEnum):
    """How far a payment is."""

    STARTED = "started"
    PAID = "paid"
    DECLINED = "declined"


class Payment(Entity):
    """A fee that a member pays. The gateway knows it by its id, too."""

    member_id: Id
    amount: Money
    status: Status = Status.STARTED
    settled_at: datetime | None = None

    of_member: ClassVar[Listing] = Listing(by="member_id", order="settled_at", descending=True)
    of_member_and_status: ClassVar[Listing] = Listing(by=("member_id", "status"), order="amount")

    @property
    def is_settled(self) -> bool:
        return self.status is not Status.STARTED

    def settle(self, outcome: Status, at: datetime) -> Self:
        """The payment with its outcome, which the gateway told at that time."""
        return self.evolve(status=outcome, settled_at=at)


class PaymentRepository(Repository[Payment]):
    """Stores payments."""

    kind = Payment


class PaymentSettled(Event):
    """The gateway has told the outcome of a payment."""

    type: Literal["PaymentSettled"] = "PaymentSettled"
    status: Status
