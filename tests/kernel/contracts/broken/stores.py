"""Stores, outboxes and units of work that break one promise each."""

from collections.abc import Sequence
from typing import Any

from domain.kernel.change import Action
from domain.kernel.change import Change
from domain.kernel.errors import AlreadyExists
from domain.kernel.errors import Conflict
from domain.kernel.errors import Failure
from domain.kernel.errors import NotFound
from domain.kernel.errors import TransactionFailed
from domain.kernel.events import Event
from infrastructure.kernel.memory.outbox import Outbox
from infrastructure.kernel.memory.store import InMemoryStore
from infrastructure.kernel.store import Token
from infrastructure.kernel.unit_of_work import StoredUnitOfWork

# Stores


class NoVersionCheck(InMemoryStore):
    def _obstacle(self, change: Change[Any]) -> Failure | None:
        failure = super()._obstacle(change)
        return None if failure is not None and isinstance(failure.error, Conflict) else failure


class NoIncrement(InMemoryStore):
    def _apply(self, change: Change[Any]) -> None:
        if change.action is Action.SAVE:
            self.rows(type(change.entity)).put(change.entity)
        else:
            super()._apply(change)


class AddOverwrites(InMemoryStore):
    def _obstacle(self, change: Change[Any]) -> Failure | None:
        return None if change.action is Action.ADD else super()._obstacle(change)


class SaveRevives(InMemoryStore):
    def _obstacle(self, change: Change[Any]) -> Failure | None:
        failure = super()._obstacle(change)
        return None if failure is not None and isinstance(failure.error, NotFound) else failure


class NotFoundForConflict(InMemoryStore):
    def _obstacle(self, change: Change[Any]) -> Failure | None:
        failure = super()._obstacle(change)
        if failure is not None and isinstance(failure.error, Conflict):
            return failure._replace(error=NotFound(failure.kind, failure.id))
        return failure


class ConflictForNotFound(InMemoryStore):
    def _obstacle(self, change: Change[Any]) -> Failure | None:
        failure = super()._obstacle(change)
        if failure is not None and isinstance(failure.error, NotFound):
            return failure._replace(error=Conflict(failure.kind, failure.id, expected=1, found=0))
        return failure


class AlreadyExistsForConflict(InMemoryStore):
    def _obstacle(self, change: Change[Any]) -> Failure | None:
        failure = super()._obstacle(change)
        if failure is not None and isinstance(failure.error, Conflict):
            return failure._replace(error=AlreadyExists(failure.kind, failure.id))
        return failure


class RemoveIgnoresVersion(InMemoryStore):
    def _obstacle(self, change: Change[Any]) -> Failure | None:
        failure = super()._obstacle(change)
        stale = failure is not None and isinstance(failure.error, Conflict)
        return None if stale and change.action is Action.REMOVE else failure


class CheckIsForgotten(InMemoryStore):
    def _obstacle(self, change: Change[Any]) -> Failure | None:
        return None if change.action is Action.CHECK else super()._obstacle(change)


class EventsOfRefusedWrites(InMemoryStore):
    def write(self, changes: Sequence[Change[Any]], token: Token | None = None) -> Sequence[Change[Any]]:
        try:
            return super().write(changes, token)
        except TransactionFailed:
            for change in changes:
                self._outbox.append(change.events)
            self._outbox.drain()
            raise


class HalfACommit(InMemoryStore):
    def write(self, changes: Sequence[Change[Any]], token: Token | None = None) -> Sequence[Change[Any]]:
        made: list[Change[Any]] = []
        failures: list[Failure] = []
        for change in changes:
            try:
                made += super().write([change])
            except TransactionFailed as exc:
                failures += exc.failures
        if failures:
            raise TransactionFailed(*failures)
        return made


class FirstFailureOnly(InMemoryStore):
    def write(self, changes: Sequence[Change[Any]], token: Token | None = None) -> Sequence[Change[Any]]:
        try:
            return super().write(changes, token)
        except TransactionFailed as exc:
            raise TransactionFailed(exc.failures[0]) from exc


class CountsAnew(InMemoryStore):
    def _counted(self, change: Change[Any]) -> Change[Any]:
        return change


class EventsCountAnew(InMemoryStore):
    def _counted(self, change: Change[Any]) -> Change[Any]:
        return super()._counted(change)._replace(events=change.events)


class RemovalsTakeNoVersion(InMemoryStore):
    def _counted(self, change: Change[Any]) -> Change[Any]:
        ended = self.rows(type(change.entity)).ended(change.entity.id)
        return change.after(ended - 1) if ended and change.action is Action.ADD else change


def whatever_the_life(failure: Failure | None) -> Failure | None:
    """The failure, if it is there for another reason than that the life is another one."""
    error = failure.error if failure is not None else None
    return None if isinstance(error, Conflict) and error.expected == error.found else failure


class ForgetsLives(InMemoryStore):
    def _obstacle(self, change: Change[Any]) -> Failure | None:
        return whatever_the_life(super()._obstacle(change))


class StartsAnew(CountsAnew, ForgetsLives):
    pass


class ChecksTheVersionAlone(CountsAnew):
    def _obstacle(self, change: Change[Any]) -> Failure | None:
        failure = super()._obstacle(change)
        return whatever_the_life(failure) if change.action is Action.CHECK else failure


# Outboxes


class DropsAnEvent(Outbox):
    def append(self, events: tuple[Event, ...]) -> None:
        super().append(events[:1])


class NewestFirst(Outbox):
    def append(self, events: tuple[Event, ...]) -> None:
        super().append(events[::-1])


class ForgetsRemovals(Outbox):
    def append(self, events: tuple[Event, ...]) -> None:
        super().append(tuple(event for event in events if event.version < 3))


# Units of work


class CommitsAtOnce(StoredUnitOfWork):
    def buffer(self, change: Change[Any]) -> None:
        self._write((change,))


class CommitsTwice(StoredUnitOfWork):
    def commit(self) -> None:
        for change in self._changes.values():
            assert isinstance(self._store, InMemoryStore)
            rows = self._store.rows(type(change.entity))
            stored = rows.by_id.get(change.entity.id, change.entity)
            rows.put(change.entity.at_version(stored.version + 1))


class EveryFailureIsAConflict(StoredUnitOfWork):
    def _write(self, changes: tuple[Change[Any], ...]) -> None:
        try:
            super()._write(changes)
        except TransactionFailed as exc:
            conflicts = (Failure(kind, id, Conflict(kind, id, expected=1, found=2)) for kind, id, _ in exc.failures)
            raise TransactionFailed(*conflicts) from exc


class NoLimit(StoredUnitOfWork):
    def buffer(self, change: Change[Any]) -> None:
        self._changes[type(change.entity), f"{len(self._changes)} {change.entity.id}"] = change
