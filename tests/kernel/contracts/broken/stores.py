"""Stores, outboxes and units of work that break one promise each."""

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
from infrastructure.kernel.memory.store import Store
from infrastructure.kernel.memory.unit_of_work import InMemoryUnitOfWork

# Stores


class NoVersionCheck(Store):
    def _obstacle(self, change: Change[Any]) -> Failure | None:
        failure = super()._obstacle(change)
        return None if failure is not None and isinstance(failure.error, Conflict) else failure


class NoIncrement(Store):
    def _apply(self, change: Change[Any]) -> None:
        if change.action is Action.SAVE:
            self.rows(type(change.entity)).put(change.entity)
        else:
            super()._apply(change)


class AddOverwrites(Store):
    def _obstacle(self, change: Change[Any]) -> Failure | None:
        return None if change.action is Action.ADD else super()._obstacle(change)


class SaveRevives(Store):
    def _obstacle(self, change: Change[Any]) -> Failure | None:
        failure = super()._obstacle(change)
        return None if failure is not None and isinstance(failure.error, NotFound) else failure


class NotFoundForConflict(Store):
    def _obstacle(self, change: Change[Any]) -> Failure | None:
        failure = super()._obstacle(change)
        if failure is not None and isinstance(failure.error, Conflict):
            return failure._replace(error=NotFound(failure.kind, failure.id))
        return failure


class ConflictForNotFound(Store):
    def _obstacle(self, change: Change[Any]) -> Failure | None:
        failure = super()._obstacle(change)
        if failure is not None and isinstance(failure.error, NotFound):
            return failure._replace(error=Conflict(failure.kind, failure.id, expected=1, found=0))
        return failure


class AlreadyExistsForConflict(Store):
    def _obstacle(self, change: Change[Any]) -> Failure | None:
        failure = super()._obstacle(change)
        if failure is not None and isinstance(failure.error, Conflict):
            return failure._replace(error=AlreadyExists(failure.kind, failure.id))
        return failure


class RemoveIgnoresVersion(Store):
    def _obstacle(self, change: Change[Any]) -> Failure | None:
        failure = super()._obstacle(change)
        stale = failure is not None and isinstance(failure.error, Conflict)
        return None if stale and change.action is Action.REMOVE else failure


class CheckIsForgotten(Store):
    def _obstacle(self, change: Change[Any]) -> Failure | None:
        return None if change.action is Action.CHECK else super()._obstacle(change)


class EventsOfRefusedWrites(Store):
    def write(self, *changes: Change[Any]) -> list[Failure]:
        failures = super().write(*changes)
        if failures:
            for change in changes:
                self._outbox.append(change.events)
            self._outbox.drain()
        return failures


class HalfACommit(Store):
    def write(self, *changes: Change[Any]) -> list[Failure]:
        return [failure for change in changes for failure in super(HalfACommit, self).write(change)]


class FirstFailureOnly(Store):
    def write(self, *changes: Change[Any]) -> list[Failure]:
        return super().write(*changes)[:1]


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


class CommitsAtOnce(InMemoryUnitOfWork):
    def buffer(self, change: Change[Any]) -> None:
        self._write((change,))


class CommitsTwice(InMemoryUnitOfWork):
    def commit(self) -> None:
        for change in self._changes.values():
            rows = self._store.rows(type(change.entity))
            stored = rows.by_id.get(change.entity.id, change.entity)
            rows.put(change.entity.at_version(stored.version + 1))


class EveryFailureIsAConflict(InMemoryUnitOfWork):
    def _write(self, changes: tuple[Change[Any], ...]) -> None:
        try:
            super()._write(changes)
        except TransactionFailed as exc:
            conflicts = (Failure(kind, id, Conflict(kind, id, expected=1, found=2)) for kind, id, _ in exc.failures)
            raise TransactionFailed(*conflicts) from exc


class NoLimit(InMemoryUnitOfWork):
    def buffer(self, change: Change[Any]) -> None:
        self._changes[type(change.entity), f"{len(self._changes)} {change.entity.id}"] = change
