"""Whatever happens to the poller, its bus and its stream: every event arrives, in order per aggregate."""

from collections import defaultdict
from contextlib import suppress

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine
from hypothesis.stateful import initialize
from hypothesis.stateful import rule
from hypothesis.stateful import run_state_machine_as_test

from domain.errors import Unavailable
from domain.events import Event
from domain.sponsor import Sponsor
from infrastructure.dynamodb.poller import LISTED
from infrastructure.events.relay import AT_ONCE
from tests.builders.events import an_event
from tests.infrastructure.dynamodb.relaying import OF_CHECKPOINT
from tests.infrastructure.dynamodb.relaying import Killed
from tests.infrastructure.dynamodb.relaying import Relaying
from tests.infrastructure.dynamodb.streams import a_record
from tests.infrastructure.dynamodb.streams import an_image
from tests.infrastructure.dynamodb.streams import refusal

IDS = ("one", "two", "three")
ROOTS = ("left", "right")
AN_ID = st.sampled_from(IDS)


class Trouble(RuleBasedStateMachine):
    """A stream that grows and splits, and a poller that is killed and failed at any time."""

    def __init__(self) -> None:
        super().__init__()
        self._homes = {id: ROOTS[number % 2] for number, id in enumerate(IDS)}
        """The open shard that has the writes of an aggregate."""
        self._dies = False
        self._written: dict[str, list[Event]] = defaultdict(list)

    @initialize(records_at_once=st.sampled_from([2, AT_ONCE + 2]))
    def begin(self, records_at_once: int) -> None:
        self._relaying = Relaying(*ROOTS, records_at_once=records_at_once)
        self._relaying.checkpoints.before = self._write_checkpoint

    @rule(ids=st.lists(AN_ID, min_size=1, max_size=20))
    def write(self, ids: list[str]) -> None:
        for id in ids:
            told = self._written[id]
            told.append(an_event(Sponsor(id=id, name=id, version=len(told))))
            self._relaying.streams.tell(self._homes[id], told[-1])

    @rule(id=AN_ID, goes_left=st.sets(AN_ID))
    def split(self, id: str, goes_left: set[str]) -> None:
        shard = self._homes[id]
        self._relaying.streams.split(shard, f"{shard}-a", f"{shard}-b")
        for each, home in self._homes.items():
            if home == shard:
                self._homes[each] = f"{shard}-a" if each in goes_left else f"{shard}-b"

    @rule(id=AN_ID)
    def write_what_nobody_can_read(self, id: str) -> None:
        nonsense = an_image(id, _events={"S": "nonsense"})
        self._relaying.streams.write(self._homes[id], a_record("INSERT", NewImage=nonsense))

    @rule()
    def poll(self) -> None:
        try:
            with suppress(Unavailable):
                self._relaying.poller.poll()
        except Killed:
            self._relaying.restart()

    @rule()
    def kill(self) -> None:
        self._relaying.restart()

    @rule()
    def kill_before_the_next_checkpoint(self) -> None:
        self._dies = True

    @rule(number=st.integers(min_value=0, max_value=20))
    def let_the_bus_refuse_what_comes(self, number: int) -> None:
        written = [event for told in self._written.values() for event in told]
        coming = [event for event in written if event not in self._relaying.published]
        self._relaying.bus.refused = set(coming[number : number + 1])

    @rule(before=st.integers(min_value=0, max_value=2))
    def let_the_stream_fail(self, before: int) -> None:
        self._relaying.streams.failures = [*[None] * before, refusal("LimitExceededException")]

    @rule()
    def expire_iterators(self) -> None:
        self._relaying.streams.expire()

    @rule()
    def let_another_relay_begin(self) -> None:
        self._relaying.now += LISTED
        first = self._relaying.poller
        self._relaying.restart()
        self.poll()
        self._relaying.poller = first

    @rule()
    def recover(self) -> None:
        self._recover()

    def _recover(self) -> None:
        self._relaying.streams.failures = []
        self._relaying.bus.refused = set()
        self._dies = False

    def _write_checkpoint(self) -> None:
        if self._dies:
            self._dies = False
            raise Killed
        self._relaying.streams.write(self._homes["one"], OF_CHECKPOINT)

    def teardown(self) -> None:
        self._recover()
        self._relaying.run(waits=20)

        published = defaultdict(list)
        for event in dict.fromkeys(self._relaying.published):
            published[event.aggregate_id].append(event)
        assert published == self._written


def test_every_event_arrives_at_least_once_and_in_order_per_aggregate():
    run_state_machine_as_test(Trouble, settings=settings(max_examples=60, stateful_step_count=30, deadline=None))
