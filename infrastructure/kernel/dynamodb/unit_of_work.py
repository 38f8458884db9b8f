"""The unit of work, kept in DynamoDB."""

from typing import Any

from ulid import ULID

from domain.kernel.change import Change
from domain.kernel.entity import E
from domain.kernel.errors import TooLarge
from domain.kernel.errors import TransactionFailed
from domain.kernel.errors import Unavailable
from domain.kernel.unit_of_work import UnitOfWork
from infrastructure.kernel.dynamodb.errors import Refused
from infrastructure.kernel.dynamodb.store import Store
from infrastructure.kernel.dynamodb.store import failures
from infrastructure.kernel.dynamodb.writes import MAX_TRANSACTION_BYTES
from infrastructure.kernel.dynamodb.writes import Write


class DynamoDBUnitOfWork(UnitOfWork):
    """One TransactWriteItems, sent again under the same token and with the same bytes if it has to be.

    If nothing but a tombstone stands in the way of an addition, another one follows, with the addition in its place.

    It takes 100 actions, and a change is one action, so every unit of work fits.
    https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
    """

    def __init__(self, store: Store) -> None:
        super().__init__()
        self._store = store
        self._token = str(ULID())
        self._writes: list[Write] = []
        self._maybe_applied = False

    def read(self, kind: type[E], id: str) -> E:
        return self._store.get(kind, id, consistent=True)

    def _write(self, changes: tuple[Change[Any], ...]) -> None:
        if not self._writes:
            self._writes = [self._store.plan(change, self._token) for change in changes]
        while not self._are_written():
            self._token = str(ULID())  # DynamoDB takes other writes only under another one

    def _are_written(self) -> bool:
        """Whether the writes have been made; if not, they are other ones now, and can be sent."""
        _require_size(self._writes)
        try:
            self._store.table.call(
                "transact_write_items",
                TransactItems=[write.in_transaction for write in self._writes],
                ClientRequestToken=self._token,
            )
        except Unavailable as exc:
            if self._maybe_applied and not exc.maybe_applied:  # true of this attempt, but an earlier one is in doubt
                raise Unavailable(str(exc), maybe_applied=True) from exc
            self._maybe_applied = exc.maybe_applied
            raise
        except Refused as exc:
            exc.ambiguous = exc.ambiguous or self._maybe_applied
            if again := self._store.plan_again(self._writes, exc):
                self._writes = again
                return False
            found = failures(self._writes, exc)
            for failure in found:
                if isinstance(failure.error, Unavailable):  # TransactionFailed would say that nothing was written
                    raise failure.error from exc
            if found:
                raise TransactionFailed(*found) from exc
        return True


def _require_size(writes: list[Write]) -> None:
    total = sum(write.bytes for write in writes)
    if total > MAX_TRANSACTION_BYTES:
        largest = max(writes, key=lambda write: write.bytes)
        raise TooLarge(largest.kind, largest.change.entity.id, size=total, limit=MAX_TRANSACTION_BYTES)
