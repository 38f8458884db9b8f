"""What takes long by arithmetic: a relay that has fallen behind, and work on every item."""

from math import inf
from typing import NamedTuple

from benchmarks.load_model import limits
from benchmarks.load_model import relaying
from benchmarks.load_model.service import Load
from benchmarks.load_model.service import Service

ALARM = 6 * limits.HOUR
"""How late events are when the alarm of template.yaml goes off."""
GIVEN_UP = 23 * limits.HOUR
"""The age at which Lambda puts a record into the bucket: MaximumRecordAgeInSeconds of template.yaml."""
EXPORT_MS = 0.12
"""CPU of an entity that is exported by pages, from the table "Growth" of docs/performance.md."""
SAVE_MS = 1.0
"""CPU of a save by botocore, from the table "Results" there."""


class Behind(NamedTuple):
    """What becomes of a relay that publishes less than is written; infinite if it keeps up."""

    grows: float
    until_alarm: float
    until_given_up: float


def behind(records: float, published: float) -> Behind:
    """How many records more wait each second, and after how many seconds the oldest is that late.

    After `t` seconds the relay publishes the record that was written at `t * published / records` seconds.
    """
    if published >= records:
        return Behind(0, inf, inf)
    late = 1 - published / records
    return Behind(records - published, ALARM / late, GIVEN_UP / late)


def relay(service: Service) -> Behind:
    """The same, for the relay of a service."""
    return behind(service.load.records, relaying.lanes(service) * relaying.capacity(service))


def catches_up(outage: float, records: float, published: float) -> float:
    """How many seconds the relay needs after an outage of the bus, until nothing waits."""
    return outage * records / (published - records) if published > records else inf


class Bulk(NamedTuple):
    """What work on every item costs: units of the table, and seconds of CPU in one process."""

    units: float
    cpu: float

    def seconds(self, units_per_second: float) -> float:
        """By the limit of units, or by the CPU of one process, whichever is slower."""
        return max(self.units / units_per_second, self.cpu)


def export(load: Load) -> Bulk:
    """`export --segments`: a Scan, eventually consistent."""
    return Bulk(load.bytes_stored / limits.READ_UNIT.number / 2, load.items * EXPORT_MS / 1000)


def rewrite(load: Load) -> Bulk:
    """`rewrite`: the same Scan, and a save for each item. `--units` limits both together. Only the saves count as CPU."""
    return Bulk(export(load).units + load.items * load.units_per_write, load.items * SAVE_MS / 1000)
