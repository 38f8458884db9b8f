"""What writers asked for and were told, what really happened, and whether the two agree.

A write is told apart by a name: the id of its event. A removal without an event is named by what it leaves behind.
"""

from collections import Counter
from collections import defaultdict
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from enum import Enum
from itertools import pairwise
from typing import NamedTuple


class Fate(Enum):
    """What a writer was told."""

    MADE = "made"
    REFUSED = "refused"
    IN_DOUBT = "in doubt"


class Write(NamedTuple):
    """A change of one crate that was asked for."""

    id: str
    name: str
    version: int | None
    """That it was said to produce; None if the writer was not told."""
    fate: Fate
    began: float
    ended: float
    why: str = ""
    """What the error said, if there was one."""


class Sight(NamedTuple):
    """What somebody was told of a crate: its version, or none if it was not there; of `None` alone any version."""

    id: str
    is_there: bool
    version: int | None
    began: float
    ended: float


class State(NamedTuple):
    """What a write has left behind."""

    name: str
    version: int
    is_there: bool


class Told(NamedTuple):
    """All that was asked for and seen. The writes of a unit of work stand together."""

    writes: list[list[Write]]
    sights: list[Sight]


def buried(id: str, version: int) -> str:
    """The name of the removal without an event that leaves a tombstone of that version."""
    return f"{id} removed at {version}"


def violations(told: Told, histories: Mapping[str, Sequence[State]]) -> Iterator[str]:
    """What must not be, in words: `histories` has all states of each crate, in the order of the stream."""
    yield from _backward(histories)
    yield from _made_wrongly(told, histories)
    yield from _halves(told, histories)
    for id, states in histories.items():
        writes = [write for together in told.writes for write in together if write.id == id]
        yield from _out_of_order(states, writes)
        yield from _not_there(states, writes, [sight for sight in told.sights if sight.id == id])


def _backward(histories: Mapping[str, Sequence[State]]) -> Iterator[str]:
    """Versions count every write, and so never go back."""
    for id, states in histories.items():
        for before, after in pairwise(states):
            if after.version != before.version + 1:
                yield f"{id} went from {before} to {after}"


def _made_wrongly(told: Told, histories: Mapping[str, Sequence[State]]) -> Iterator[str]:
    """What was said to be made was made once, at that version; what was refused was not; the rest at most once."""
    happened = {state.name: state for states in histories.values() for state in states}
    for name, times in Counter(state.name for states in histories.values() for state in states).items():
        if times > 1:
            yield f"{name} was made {times} times"
    asked = defaultdict(list)
    for together in told.writes:
        for write in together:
            asked[write.name].append(write)
    for name, writes in asked.items():
        fates = Counter(write.fate for write in writes)  # several may have asked for the same removal
        if fates[Fate.MADE] > 1:
            yield f"{name} was acknowledged {fates[Fate.MADE]} times"
        if fates[Fate.MADE] and name not in happened:
            yield f"{writes} was acknowledged and lost"
        if name in happened and not fates[Fate.MADE] + fates[Fate.IN_DOUBT]:
            yield f"{writes} was refused and made"
        for write in writes:
            told_otherwise = name in happened and write.version not in (None, happened[name].version)
            if write.fate is Fate.MADE and told_otherwise:
                yield f"{write} was made as {happened[name]}"
    yield from (f"{name} was made and never asked for" for name in happened if name not in asked)


def _halves(told: Told, histories: Mapping[str, Sequence[State]]) -> Iterator[str]:
    """A unit of work is made whole or not at all. Who else asked for the same removal cannot be told."""
    happened = {state.name for states in histories.values() for state in states}
    for together in told.writes:
        made = {write.name in happened for write in together if " removed at " not in write.name}
        if len(made) > 1:
            yield f"half of {together} was made"


def _out_of_order(states: Sequence[State], writes: Sequence[Write]) -> Iterator[str]:
    """What was acknowledged before something else was asked for comes before it."""
    place = {state.name: number for number, state in enumerate(states)}
    made = [write for write in writes if write.fate is Fate.MADE and write.name in place]
    made.sort(key=lambda write: place[write.name])
    latest = 0.0
    for write in made:
        if write.ended < latest:
            yield f"{write} had ended before what comes before it began"
        latest = max(latest, write.began)


def _not_there(states: Sequence[State], writes: Sequence[Write], sights: Sequence[Sight]) -> Iterator[str]:
    """What somebody was told was so at some time between their question and the answer."""
    began, ended = _spans(states, writes)
    for sight in sights:
        first = max((number for number in range(len(states)) if ended[number] < sight.began), default=-1)
        last = max((number for number in range(len(states)) if began[number] <= sight.ended), default=-1)
        seen = [None if number < 0 else states[number] for number in range(first, last + 1)]
        if not any(_shows(state, sight) for state in seen):
            yield f"{sight} was not so: {seen}"


def _spans(states: Sequence[State], writes: Sequence[Write]) -> tuple[list[float], list[float]]:
    """Before when the write of each state was not made, and from when on it certainly was, as its writer knows."""
    began, ended = [], []
    for state in states:
        candidates = [write for write in writes if write.name == state.name and write.fate is not Fate.REFUSED]
        began.append(min((write.began for write in candidates), default=0))
        acknowledged = (write.ended for write in candidates if write.fate is Fate.MADE)
        ended.append(min(acknowledged, default=float("inf")))
    return began, ended


def _shows(state: State | None, sight: Sight) -> bool:
    """Whether `state` is what was told; None is that nothing has been there yet."""
    if state is None or not state.is_there:
        return not sight.is_there
    return sight.is_there and sight.version in (None, state.version)
