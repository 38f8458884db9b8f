"""A poller and all that is around it, in memory: its stream, its checkpoint, its bus, its clock, and whoever stops it."""

import threading
from collections.abc import Callable
from datetime import datetime
from datetime import timedelta
from typing import Any
from typing import cast

from domain.kernel.events import Event
from infrastructure.kernel.dynamodb.streams.checkpoints import CHECKPOINT
from infrastructure.kernel.dynamodb.streams.checkpoints import Checkpoint
from infrastructure.kernel.dynamodb.streams.checkpoints import Position
from infrastructure.kernel.dynamodb.streams.poller import StreamPoller
from infrastructure.kernel.dynamodb.streams.pollers import run
from infrastructure.kernel.dynamodb.streams.stream import Stream
from infrastructure.kernel.events.dead_letters import InMemoryDeadLetters
from infrastructure.kernel.events.memory import InMemoryEventBus
from infrastructure.kernel.events.relay import Relay
from infrastructure.kernel.memory.outbox import Outbox
from infrastructure.kernel.memory.store import InMemoryStore
from tests.kernel.adapters import InMemoryCheckpointRepository
from tests.kernel.builders.crates import a_crate
from tests.kernel.builders.events import a_relay
from tests.kernel.builders.events import an_event
from tests.kernel.infrastructure.dynamodb.streams import WRITTEN
from tests.kernel.infrastructure.dynamodb.streams import FakeStreams
from tests.kernel.infrastructure.dynamodb.streams import a_key
from tests.kernel.infrastructure.dynamodb.streams import a_record

_KEY = a_key(CHECKPOINT, "_CHECKPOINT")
OF_CHECKPOINT = a_record("MODIFY", Keys=_KEY, OldImage=_KEY, NewImage=_KEY)


def happened(number: int) -> list[Event]:
    """Events of as many aggregates."""
    return [an_event(a_crate()) for _ in range(number)]


class Killed(BaseException):
    """The end of a process: nothing in it can do anything about it."""


def die() -> None:
    raise Killed


class MoodyBus(InMemoryEventBus):
    """Takes what stands before the first of `refused`."""

    def __init__(self) -> None:
        super().__init__()
        self.refused: set[Event] = set()

    def publish(self, *events: Event) -> None:
        for event in events:
            if event in self.refused:
                raise RuntimeError("not now")
            super().publish(event)


class Checkpoints(InMemoryCheckpointRepository):
    """Keeps checkpoints in memory, after `before` was called."""

    def __init__(self) -> None:
        super().__init__(InMemoryStore(Outbox(a_relay(InMemoryEventBus()))))
        self.before: Callable[[], Any] = lambda: None

    def add(self, entity: Checkpoint, *events: Event) -> Checkpoint:
        self.before()
        return super().add(entity, *events)

    def save(self, entity: Checkpoint, *events: Event) -> Checkpoint:
        self.before()
        return super().save(entity, *events)


class FakeTable:
    """What a stream needs of its table."""

    name = "things"

    def __init__(self, stream: str | None) -> None:
        self._described = {} if stream is None else {"LatestStreamArn": stream}

    def call(self, operation: str, **_: Any) -> Any:
        return {"Table": self._described}


class Waits(threading.Event):
    """Is set when somebody has waited for it so often; nobody really does, but `pass_time` is called."""

    def __init__(self, often: int, pass_time: Callable[[float | None], None]) -> None:
        super().__init__()
        self._left = often
        self._pass_time = pass_time
        self._patience = 1000

    def is_set(self) -> bool:
        self._patience -= 1
        assert self._patience, "the poller never comes to rest"
        return not self._left

    def wait(self, timeout: float | None = None) -> bool:
        self._left -= 1
        self._pass_time(timeout)
        return self.is_set()


class Relaying:
    """A poller at work. `restart` is what follows a kill: another poller, with the same checkpoint."""

    def __init__(self, *shards: str, **options: Any) -> None:
        self.streams = FakeStreams(*shards, **options)
        self.checkpoints = Checkpoints()
        self.bus = MoodyBus()
        self.dead_letters = InMemoryDeadLetters()
        self.now: datetime = WRITTEN
        self.restart()

    def restart(self) -> None:
        """Puts another poller in place of this one."""
        self.poller = StreamPoller(
            lambda: Stream(cast("Any", self.streams), cast("Any", FakeTable(self.streams.arn))),
            self.checkpoints,
            Relay(self.bus, self.dead_letters),
            lambda: self.now,
        )

    def echo(self, shard: str) -> None:
        """Puts every write of the checkpoint at the end of a shard, as a table does that keeps its own checkpoint."""
        self.checkpoints.before = lambda: self.streams.write(shard, OF_CHECKPOINT)

    def run(self, waits: int = 3) -> None:
        """Lets the poller run until it has waited that often."""

        def pass_time(seconds: float | None) -> None:
            self.now += timedelta(seconds=seconds or 0)

        run([self.poller], Waits(waits, pass_time))

    def run_until_killed(self) -> None:
        """Lets the poller run until it dies, and puts another in its place."""
        try:
            self.run()
        except Killed:
            self.restart()
        else:
            raise AssertionError("nothing killed the poller")

    @property
    def published(self) -> list[Event]:
        return self.bus.published

    @property
    def checkpoint(self) -> Checkpoint:
        return self.checkpoints.get(CHECKPOINT)

    @property
    def positions(self) -> dict[str, Position]:
        """What the checkpoint says of each shard."""
        return {position.shard: position for position in self.checkpoint.positions}
