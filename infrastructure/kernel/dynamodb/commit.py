"""Changes on their way into the table: what is sent, what is sent again, and what a refusal means.

Store.write ── Commit.make ── Table.write ── client      the request, up to `attempts` times
                 │    ▲                        │
                 │    └──── Refused ◄──────────┘         a condition failed: here are the items that were there
                 ├─ all are tombstones: again, in their place
                 ├─ one tells that the write was made: done
                 └─ else an error for each, by Write.obstacle
"""

from collections.abc import Sequence
from typing import Any

from domain.kernel.change import Change
from domain.kernel.errors import Failure
from domain.kernel.errors import ServiceError
from domain.kernel.errors import TooLarge
from domain.kernel.errors import TransactionFailed
from domain.kernel.errors import Unavailable
from infrastructure.kernel.dynamodb.codec import joined
from infrastructure.kernel.dynamodb.codec import quoted
from infrastructure.kernel.dynamodb.errors import Oversized
from infrastructure.kernel.dynamodb.errors import Refused
from infrastructure.kernel.dynamodb.sizes import MAX_ITEM_BYTES
from infrastructure.kernel.dynamodb.sizes import MAX_TRANSACTION_BYTES
from infrastructure.kernel.dynamodb.sizes import exact
from infrastructure.kernel.dynamodb.table import Table
from infrastructure.kernel.dynamodb.writes import Write
from infrastructure.kernel.dynamodb.writes import Writer
from infrastructure.kernel.ids import new_mark


class Commit:
    """Changes that are made together: one alone by a request of its own, those of a unit of work by TransactWriteItems.

    A request that has to be repeated has the same bytes, and that of a unit of work the same token. If nothing but a
    tombstone stands in the way of an addition, another request follows, with the addition in its place.

    TransactWriteItems takes 100 actions, and a change is one action, so every unit of work fits.
    https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
    """

    def __init__(self, table: Table, writer: Writer, changes: Sequence[Change[Any]], token: str | None) -> None:
        self._table = table
        self._writer = writer
        self._token = token
        self._write_id = token or new_mark()
        self._writes = [writer.write(change, self._write_id) for change in changes]

    def make(self, *, is_in_doubt: bool) -> Sequence[Change[Any]]:
        """The changes as they were made; `is_in_doubt` says that an earlier call may have made them."""
        while not self._is_made(is_in_doubt=is_in_doubt):
            if self._token is not None:
                self._token = new_mark()  # DynamoDB takes other writes only under another one
        return [write.change for write in self._writes]

    def _is_made(self, *, is_in_doubt: bool) -> bool:
        """Whether the writes have been made; if not, they are other ones now, and can be sent."""
        try:
            self._send()
        except Oversized as oversized:
            raise self._too_large(oversized, is_in_doubt=is_in_doubt) from oversized
        except Refused as refused:
            refused.ambiguous = refused.ambiguous or is_in_doubt
            if again := self._again(refused):
                self._writes = again
                return False
            failures = self._failures(refused)
            for failure in failures:
                if isinstance(failure.error, Unavailable):  # TransactionFailed would say that nothing was written
                    raise failure.error from refused
            if failures:
                raise TransactionFailed(*failures) from refused
        return True

    def _send(self) -> None:
        if self._token is None:
            [write] = self._writes
            self._table.write(write.operation, write.request)
            return
        _require_size(self._writes)
        items = ",".join([write.in_transaction for write in self._writes])
        request = joined({"TransactItems": f"[{items}]", "ClientRequestToken": quoted(self._token)})
        self._table.write("TransactWriteItems", request)

    def _too_large(self, oversized: Oversized, *, is_in_doubt: bool) -> ServiceError:
        """It is beside the attributes that this release does not know that there is no room for the write."""
        if oversized.ambiguous or is_in_doubt:
            return Unavailable("an item would be too large now", maybe_applied=True)
        said = [self._writes[place] for place in oversized.places]
        write = said[0] if said else max(self._writes, key=lambda write: exact(write.left))
        return TooLarge(write.kind, write.change.entity.id, size=None, limit=MAX_ITEM_BYTES)

    def _again(self, refused: Refused) -> list[Write]:
        """The writes, with additions in place of the tombstones that refused them, to be sent as a new request.

        Empty if something else is in the way, or an earlier attempt may have made the writes.
        """
        refusals = list(zip(self._writes, refused.old, strict=True))
        if refused.ambiguous or not all(item is None or write.can_replace(item) for write, item in refusals):
            return []
        return [
            write if item is None else self._writer.write(write.change, self._write_id, tombstone=item)
            for write, item in refusals
        ]

    def _failures(self, refused: Refused) -> list[Failure]:
        """Why the writes were refused; none, if they were made by an attempt whose answer was lost."""
        refusals = [(write, item) for write, item in zip(self._writes, refused.old, strict=True) if item is not None]
        if any(write.has_happened(item) for write, item in refusals):
            return []
        return [
            Failure(write.kind, write.change.entity.id, write.obstacle(item, ambiguous=refused.ambiguous))
            for write, item in refusals
            if refused.ambiguous or not write.can_replace(item)
        ]


def _require_size(writes: Sequence[Write]) -> None:
    if sum(len(write.request) for write in writes) <= MAX_TRANSACTION_BYTES:
        return
    total = sum(exact(write.left) for write in writes)
    if total > MAX_TRANSACTION_BYTES:
        largest = max(writes, key=lambda write: exact(write.left))
        raise TooLarge(largest.kind, largest.change.entity.id, size=total, limit=MAX_TRANSACTION_BYTES)
