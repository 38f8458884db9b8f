"""Whatever happens to the poller, its bus and its stream: every event arrives, in order per aggregate."""

from collections import defaultdict
from collections.abc import Callable
from collections.abc import Iterable
from contextlib import suppress

from hypothesis import HealthCheck
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine
from hypothesis.stateful import initialize
from hypothesis.stateful import rule
from hypothesis.stateful import run_state_machine_as_test

from domain.kernel.errors import Unavailable
from domain.kernel.events import Event
from infrastructure.kernel.events.relay import AT_ONCE
from tests.kernel.builders.events import an_event
from tests.kernel.infrastructure.dynamodb.relaying import Killed
from tests.kernel.infrastructure.dynamodb.relaying import Relaying
from tests.kernel.infrastructure.dynamodb.relaying import die
from tests.kernel.infrastructure.dynamodb.streams import a_record
from tests.kernel.infrastructure.dynamodb.streams import an_image
from tests.kernel.infrastructure.dynamodb.streams import refusal
from tests.kernel.service.domain import Crate

IDS = ("one", "two", "three")
ROOTS = ("left", "right")
AN_ID = st.sampled_from(IDS)
A_FEW = st.integers(min_value=1, max_value=3)
NONSENSE = a_record("INSERT", NewImage=an_image("one", _events={"S": "nonsense"}))


def no_trouble(relaying: Relaying) -> None:
    """All is well."""


def killed(relaying: Relaying) -> None:
    relaying.restart()


def killed_before_the_checkpoint(relaying: Relaying) -> None:
    relaying.checkpoints.before = die


def throttled(relaying: Relaying) -> None:
    relaying.streams.failures = [None, refusal("LimitExceededException")]


def expired(relaying: Relaying) -> None:
    relaying.streams.expire()


def overtaken(relaying: Relaying) -> None:
    """Another relay comes in between, and goes."""
    first = relaying.poller
    relaying.restart()
    relaying.poller.poll()
    relaying.poller = first


TROUBLES = (no_trouble, killed, killed_before_the_checkpoint, throttled, expired, overtaken)


def by_aggregate(events: Iterable[Event]) -> dict[str, list[Event]]:
    found = defaultdict(list)
    for event in events:
        found[event.aggregate_id].append(event)
    return found


class Relayed(RuleBasedStateMachine):
    """A stream that grows and splits, and a poller in all kinds of trouble."""

    def __init__(self) -> None:
        super().__init__()
        self._homes = {id: ROOTS[number % 2] for number, id in enumerate(IDS)}
        """The open shard that has the writes of an aggregate."""
        self._written: list[Event] = []
        self._versions = dict.fromkeys(IDS, 0)

    @initialize(records_at_once=st.sampled_from([2, AT_ONCE + 2]))
    def begin(self, records_at_once: int) -> None:
        self._relaying = Relaying(*ROOTS, records_at_once=records_at_once)

    @rule(ids=st.lists(AN_ID, min_size=1, max_size=20))
    def write(self, ids: list[str]) -> None:
        for id in ids:
            self._written.append(an_event(Crate(id=id, name=id, version=self._versions[id])))
            self._versions[id] += 1
            self._relaying.streams.tell(self._homes[id], self._written[-1])
        self._relaying.streams.write(self._homes[ids[-1]], NONSENSE)

    @rule(id=AN_ID, goes_left=st.sets(AN_ID))
    def split(self, id: str, goes_left: set[str]) -> None:
        shard = self._homes[id]
        self._relaying.streams.split(shard, f"{shard}-a", f"{shard}-b")
        for each, home in self._homes.items():
            if home == shard:
                self._homes[each] = f"{shard}-a" if each in goes_left else f"{shard}-b"

    @rule(number=st.integers(min_value=0))
    def let_the_bus_refuse_what_comes(self, number: int) -> None:
        published = set(self._relaying.published)
        coming = [event for event in self._written if event not in published]
        self._relaying.bus.refused = {coming[number % len(coming)]} if coming else set()

    @rule()
    def let_the_bus_recover(self) -> None:
        self._relaying.bus.refused = set()

    @rule(trouble=st.sampled_from(TROUBLES), times=A_FEW)
    def poll(self, trouble: Callable[[Relaying], None], times: int) -> None:
        self._relaying.streams.failures = []
        self._relaying.echo(self._homes["one"])
        trouble(self._relaying)
        for _ in range(times):
            try:
                with suppress(Unavailable):
                    self._relaying.poller.poll()
            except Killed:
                self._relaying.restart()

    def teardown(self) -> None:
        self.let_the_bus_recover()
        self.poll(no_trouble, 1)
        self._relaying.run(waits=20)

        assert by_aggregate(dict.fromkeys(self._relaying.published)) == by_aggregate(self._written)


def test_every_event_arrives_at_least_once_and_in_order_per_aggregate():
    run_state_machine_as_test(
        Relayed,
        settings=settings(
            max_examples=60,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
