"""The stream and its relay: a queue for each lane, whose batches follow one another."""

from collections import deque

from benchmarks.load_model import limits
from benchmarks.load_model import relaying
from benchmarks.load_model.buckets import Bucket
from benchmarks.load_model.service import Service

_POLLS = int(limits.POLLS.number)


class Relay:
    """Publishes the records of each partition by as many lanes as the parallelization factor says."""

    def __init__(self, service: Service) -> None:
        self._factor = service.stack.parallelization
        self._sizes = range(service.stack.batch + 1)
        self._requests = [relaying.requests(records, service.load.events) for records in self._sizes]
        self._seconds = [relaying.seconds(service, records) for records in self._sizes]
        self._bus = Bucket(service.stack.put_events_quota)
        self._lanes: list[Lane] = []
        self.busy = 0
        """How many lanes were busy at once in the last second, at most."""
        self.invoked = 0
        """How many batches were published in the last second."""

    @property
    def backlog(self) -> int:
        """How many records wait."""
        return sum(lane.waiting for lane in self._lanes)

    def oldest(self, now: int) -> int:
        """For how many seconds the oldest record has waited."""
        return max((now - lane.since for lane in self._lanes if lane.since is not None), default=0)

    def second(self, now: int, records: list[int], *, is_bus_down: bool) -> None:
        """A second in which so many records came from each partition."""
        self._bus.refill()
        self.busy = self.invoked = 0
        if not self._requests[-1]:
            return  # records without events wait for nothing
        while len(self._lanes) < len(records) * self._factor:
            self._lanes.append(Lane())
        for poll in range(_POLLS):
            begin, end = now + poll / _POLLS, now + (poll + 1) / _POLLS
            for partition, count in enumerate(records):
                for number in range(self._factor):
                    lane = self._lanes[partition * self._factor + number]
                    lane.add(now, _evenly(_evenly(count, self._factor, number), _POLLS, poll))
                    if not is_bus_down:
                        self._publish(lane, begin, end)
            self.busy = max(self.busy, sum(lane.free_at > begin for lane in self._lanes))

    def _publish(self, lane: "Lane", begin: float, end: float) -> None:
        at = max(begin, lane.free_at)
        while lane.waiting and at < end:
            size = min(lane.waiting, self._sizes[-1])
            if self._bus.take(self._requests[size]) < self._requests[size]:
                return
            lane.remove(size)
            self.invoked += 1
            at += self._seconds[size]
            lane.free_at = at


class Lane:
    """Records in the sequence they came, second by second, and until when a batch of them is published."""

    def __init__(self) -> None:
        self._counts: deque[tuple[int, int]] = deque()
        self.waiting = 0
        self.free_at = 0.0

    @property
    def since(self) -> int | None:
        """The second in which the oldest came; None if there is none."""
        return self._counts[0][0] if self._counts else None

    def add(self, second: int, count: int) -> None:
        if count:
            self._counts.append((second, count))
            self.waiting += count

    def remove(self, count: int) -> None:
        self.waiting -= count
        while count:
            second, there = self._counts.popleft()
            if there > count:
                self._counts.appendleft((second, there - count))
            count -= min(there, count)


def _evenly(count: int, parts: int, number: int) -> int:
    """One of the parts of `count`, which differ by one at most."""
    return count // parts + (number < count % parts)
