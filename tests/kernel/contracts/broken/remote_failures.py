"""Servers, clients and units of work that break one promise each about events, commits, errors or time."""

from collections.abc import Callable
from collections.abc import Sequence
from typing import Any
from typing import Self
from typing import TypeVar

from domain.kernel.change import Change
from domain.kernel.errors import Unavailable
from infrastructure.kernel.events.relay import Relay
from infrastructure.kernel.memory.outbox import Committed
from infrastructure.kernel.store import Token
from infrastructure.kernel.unit_of_work import StoredUnitOfWork
from tests.kernel.contracts.broken.remote import Client
from tests.kernel.contracts.broken.remote import RemotePersistence
from tests.kernel.contracts.broken.remote import Server

T = TypeVar("T")

# Events


class DeletesEventsBeforeTheyAreCarried(Client):
    def carry(self) -> None:
        while waiting := self.ask(self.server.outbox.waiting)[:1]:
            self.forget(waiting)
            if not self._relay.carry(waiting):
                self.ask(lambda: self.server.outbox.commits.insert(0, *waiting))  # called at once
                return


class DropsEventsThatTheBusRefused(Client):
    def carry(self) -> None:
        waiting = self.ask(self.server.outbox.waiting)
        self._relay.carry(waiting)
        self.forget(waiting)


class LetsEventsOvertake(Client):
    def carry(self) -> None:
        for commit in self.ask(self.server.outbox.waiting):
            if self._relay.carry([commit]):
                self.forget([commit])


class WritesFailWithTheBus(Client):
    def carry(self) -> None:
        super().carry()
        if self.ask(self.server.outbox.waiting):
            raise Unavailable("the event bus failed")


class KeepsEventsInTheProcess(Client):
    def __init__(self, server: Server, relay: Relay) -> None:
        super().__init__(server, relay)
        self._kept: list[Committed] = []

    def carry(self) -> None:
        self._kept += self.ask(self.server.outbox.waiting)
        self.forget(self._kept)
        self._kept = self._kept[self._relay.carry(self._kept) :]


# Commits


class ForgetsTokens(Server):
    def write(self, changes: Sequence[Change[Any]], token: Token | None = None) -> Sequence[Change[Any]]:
        return super().write(changes)


class MakesCommitsTwice(Server):
    def write(self, changes: Sequence[Change[Any]], token: Token | None = None) -> Sequence[Change[Any]]:
        if token is not None and token.id in self.made:
            for change in changes:
                self.rows(type(change.entity)).put(change.stored.at_version(change.stored.version + 1))
        return super().write(changes, token)


class TakesWhatWasSentForMade(Client):
    def write(self, changes: Sequence[Change[Any]], token: Token | None = None) -> Sequence[Change[Any]]:
        return changes if token is not None and token.is_in_doubt else super().write(changes, token)


class WritesAgainWhateverIsThere(Client):
    def write(self, changes: Sequence[Change[Any]], token: Token | None = None) -> Sequence[Change[Any]]:
        if token is None or not token.is_in_doubt:
            return super().write(changes, token)
        for change in changes:
            self.put(type(change.entity), [change.stored])
        return changes


class ForgetsItsDoubt(StoredUnitOfWork):
    def _write(self, changes: tuple[Change[Any], ...]) -> None:
        self._store.in_time().write(changes, self._token)


# What errors say


class LostAnswersMeanNothing(Client):
    def ask(self, request: Callable[[], T], *, changes: bool = False) -> T:
        return super().ask(request)


class NothingIsEverCertain(Client):
    def ask(self, request: Callable[[], T], *, changes: bool = False) -> T:
        try:
            return super().ask(request, changes=changes)
        except Unavailable as exc:
            raise Unavailable(str(exc), maybe_applied=changes) from exc


class LetsErrorsOfTheDriverThrough(Client):
    def ask(self, request: Callable[[], T], *, changes: bool = False) -> T:
        try:
            return super().ask(request, changes=changes)
        except Unavailable as exc:
            raise exc.__cause__ or exc from None


class IsAlwaysReady(RemotePersistence):
    def check(self) -> None:
        pass


# Time


class BeginsWithinTheBuffer(Client):
    def in_time(self) -> Self:
        return self

    def ask(self, request: Callable[[], T], *, changes: bool = False) -> T:
        return self.send(request)


class WaitsForEver(Client):
    def ask(self, request: Callable[[], T], *, changes: bool = False) -> T:
        return self.send(request)


class LateWritesMeanNothing(Client):
    def ask(self, request: Callable[[], T], *, changes: bool = False) -> T:
        try:
            return super().ask(request, changes=changes)
        except Unavailable as exc:
            raise Unavailable(str(exc), maybe_applied=exc.maybe_applied and "in time" not in str(exc)) from exc
