"""The envelope of an event, and the event in an envelope."""

import json
import re
from datetime import UTC
from datetime import date
from datetime import datetime
from datetime import timedelta
from datetime import timezone
from decimal import Decimal
from typing import Any
from typing import Literal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from domain.kernel.errors import InvalidArgument
from domain.kernel.events import Event
from infrastructure.kernel.events.cloud_events import cloud_event
from infrastructure.kernel.events.cloud_events import cloud_event_json
from infrastructure.kernel.events.cloud_events import event_of
from tests.kernel.builders.crates import a_crate
from tests.kernel.builders.events import Happened
from tests.kernel.builders.events import events
from tests.kernel.builders.specimens import a_specimen
from tests.kernel.service.domain import Colour
from tests.kernel.service.domain import CrateCreated
from tests.kernel.service.domain import Part
from tests.kernel.service.parcels import ParcelSent
from tests.kernel.service.settings import SOURCE

RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


class Surveyed(Event):
    """A field of every type was surveyed."""

    type: Literal["Surveyed"] = "Surveyed"
    text: str = ""
    number: int = 0
    amount: Decimal = Decimal(0)
    ratio: float = 0.0
    flag: bool = False
    moment: datetime = NOON
    day: date = date(2026, 1, 31)
    reference: UUID = UUID(int=7)
    colour: Colour = Colour.RED
    raw: bytes = b""
    words: tuple[str, ...] = ()
    blobs: frozenset[bytes] = frozenset()
    part: Part | None = None
    parts: tuple[Part, ...] = ()


class Emptied(Event):
    type: Literal["Emptied"] = "Emptied"


def surveyed(**fields: Any) -> Surveyed:
    return events(Surveyed, a_specimen(), **fields)


@pytest.fixture
def envelope() -> dict[str, Any]:
    return cloud_event(surveyed(part=Part(label="lid", weight=Decimal("1.50"))), SOURCE)


def test_an_envelope_has_all_that_is_promised_in_plain_values():
    crate = a_crate().at_version(6)
    event = events(CrateCreated, crate, name="Ünïted 🏟")

    assert cloud_event(event, SOURCE) == {
        "specversion": "1.0",
        "id": event.event_id,
        "source": "tiny-service",
        "type": "CrateCreated",
        "time": "2026-01-31T12:30:00Z",
        "subject": crate.id,
        "aggregateversion": 7,
        "datacontenttype": "application/json",
        "data": {"name": "Ünïted 🏟"},
    }


def test_the_data_of_an_event_that_adds_nothing_is_an_empty_object():
    assert cloud_event(events(Emptied, a_specimen()), SOURCE)["data"] == {}


def test_attributes_are_named_as_cloud_events_have_it(envelope):
    attributes = envelope.keys() - {"data"}

    assert len(attributes) == 8
    assert [name for name in attributes if not re.fullmatch("[a-z0-9]{1,20}", name)] == []


@pytest.mark.parametrize(
    "moment", [NOON, NOON.replace(microsecond=1), NOON.astimezone(timezone(timedelta(hours=-3, minutes=-30)))], ids=str
)
def test_times_are_written_with_their_zone(moment):
    envelope = cloud_event(surveyed(moment=moment).evolve(occurred_at=moment), SOURCE)

    for written in (envelope["time"], envelope["data"]["moment"]):
        assert RFC_3339.fullmatch(written)
        assert datetime.fromisoformat(written) == moment


def test_a_line_of_json_is_the_envelope():
    event = surveyed(text="two\nlines\u2028", number=10**38 - 1, raw=b"\0\xff")

    line = cloud_event_json(event, SOURCE)

    assert "\n" not in line
    assert json.loads(line) == cloud_event(event, SOURCE)


SAMPLES = [
    surveyed(),
    surveyed(text="Ünïted\u2028🏟\0", number=-(10**38) + 1, flag=True, colour=Colour.GREEN, words=("", "b", "a")),
    surveyed(amount=Decimal("1E-100")),
    surveyed(amount=Decimal("9.9999999999999999999999999999999999999E+99"), ratio=1e-100),
    surveyed(moment=datetime(1, 1, 1, tzinfo=UTC), day=date(9999, 12, 31), ratio=-1 / 3),
    surveyed(raw=b"\xff\xfe\xfb", blobs=frozenset({b"", b"\0"})),
    surveyed(part=Part(label="lid", weight=Decimal("1.50"), parts=(Part(label="rim", weight=Decimal(0)),))),
    surveyed(parts=(Part(label="lid", weight=Decimal(1)), Part(label="box", weight=Decimal("-0.1")))),
]


@pytest.mark.parametrize("event", SAMPLES)
def test_every_event_comes_out_of_its_envelope_as_it_was(event):
    assert event_of(cloud_event(event, SOURCE), (Happened, Surveyed)) == event
    assert event_of(json.loads(cloud_event_json(event, SOURCE)), (Surveyed,)) == event


digits = st.decimals(allow_nan=False, allow_infinity=False, places=8, min_value=-(10**25), max_value=10**25)
parts = st.builds(Part, label=st.text(), weight=digits, parts=st.just(()))


@settings(deadline=None)
@given(
    st.builds(
        surveyed,
        text=st.text(),
        number=st.integers(-(10**38) + 1, 10**38 - 1),
        amount=digits,
        ratio=st.floats(1e-100, 1e99) | st.just(0.0),
        moment=st.datetimes(
            max_value=datetime(9999, 12, 30),  # noqa: DTZ001  # a zone is added
            timezones=st.sampled_from([UTC, timezone(timedelta(minutes=-210))]),
        ),
        raw=st.binary(),
        blobs=st.frozensets(st.binary()),
        words=st.lists(st.text()).map(tuple),
        part=st.none() | parts,
        parts=st.lists(parts).map(tuple),
    )
)
def test_any_event_comes_out_of_its_envelope_as_it_was(event):
    assert event_of(json.loads(cloud_event_json(event, SOURCE)), (Surveyed,)) == event


def test_an_event_of_another_type_is_none(envelope):
    untyped = {name: value for name, value in envelope.items() if name != "type"}

    assert event_of(envelope, (Happened, CrateCreated)) is None
    assert event_of(envelope, ()) is None
    assert event_of(untyped, (Surveyed,)) is None
    assert event_of({"type": "Painted", "data": "whatever"}, (Surveyed,)) is None


def test_what_a_newer_release_tells_besides_is_passed_over(envelope):
    part = {**envelope["data"]["part"], "shape": "flat"}
    data = {**envelope["data"], "part": part, "shape": "round", "event_id": "of-the-cause", "version": "1.2"}

    known = event_of({**envelope, "data": data, "traceparent": "00-0-0-00"}, (Surveyed,))

    assert known == event_of(envelope, (Surveyed,))


@pytest.mark.parametrize(
    ("broken", "named"),
    [
        ({"number": "many"}, ["data.number"]),
        ({"raw": "%"}, ["data.raw"]),
        ({"amount": "1" * 39, "moment": "2026-01-31T12:30:00"}, ["data.amount", "data.moment"]),
        ({"colour": "mauve", "flag": None}, ["data.flag", "data.colour"]),
        ({"part": {"label": "lid"}}, ["data.part.weight"]),
        ({"parts": [{"label": 7, "weight": "1"}]}, ["data.parts.0.label"]),
    ],
)
def test_data_that_breaks_a_rule_is_refused_by_the_name_of_the_field(envelope, broken, named):
    with pytest.raises(InvalidArgument) as refused:
        event_of({**envelope, "data": {**envelope["data"], **broken}}, (Surveyed,))

    assert [violation.input for violation in refused.value.violations] == named


@pytest.mark.parametrize("attribute", ["id", "time", "subject", "aggregateversion"])
def test_an_envelope_that_lacks_an_attribute_or_has_a_wrong_one_is_refused(envelope, attribute):
    lacking = {name: value for name, value in envelope.items() if name != attribute}

    for broken in (lacking, {**envelope, attribute: "?"}, {**envelope, attribute: None}):
        with pytest.raises(InvalidArgument) as refused:
            event_of(broken, (Surveyed,))
        assert [violation.input for violation in refused.value.violations] == [attribute]


@pytest.mark.parametrize(("attribute", "field"), [("id", "event_id"), ("subject", "aggregate_id")])
def test_an_attribute_that_the_envelope_lacks_is_not_taken_from_the_data(envelope, attribute, field):
    lacking = {name: value for name, value in envelope.items() if name != attribute}

    with pytest.raises(InvalidArgument, match=attribute):
        event_of({**lacking, "data": {**envelope["data"], field: "elsewhere"}}, (Surveyed,))


@pytest.mark.parametrize("data", [None, "", "{}", 7, [], [["text", "a"]]], ids=repr)
def test_data_that_is_no_object_is_refused(envelope, data):
    with pytest.raises(InvalidArgument, match="data: must be an object"):
        event_of({**envelope, "data": data}, (Surveyed,))


def test_no_data_is_that_of_an_event_that_adds_nothing():
    envelope = cloud_event(events(Emptied, a_specimen()), SOURCE)

    known = event_of({name: value for name, value in envelope.items() if name != "data"}, (Emptied,))

    assert known == event_of(envelope, (Emptied,))
    assert known is not None


SENT = events(ParcelSent, a_specimen(), title="Tea", first="Ada King", last="Lovelace", price="12.50")
SENDER = {"sender": "Ada King Lovelace", "cents": 1250}
SENT_BEFORE = (
    {"name": "Tea", **SENDER},
    {"title": "Tea", **SENDER},
    {"title": "Tea", "first": "Ada King", "last": "Lovelace", "cents": 1250},
    {"title": "Tea", "first": "Ada King", "last": "Lovelace", "price": "12.50"},
)
"""The data of the same event, as four releases have published it."""


def test_an_envelope_says_in_which_schema_version_its_data_is_and_keeps_what_consumers_still_read():
    assert cloud_event(SENT, SOURCE)["schemaversion"] == 3
    assert cloud_event(SENT, SOURCE)["data"] == {**SENT_BEFORE[3], "name": "Tea"}


@pytest.mark.parametrize("version", range(4))
def test_an_event_that_an_older_release_has_published_is_read_as_if_this_one_had(version):
    envelope = {**cloud_event(SENT, SOURCE), "data": SENT_BEFORE[version], "schemaversion": version}
    first = {name: value for name, value in envelope.items() if name != "schemaversion" or version}

    assert event_of(first, (ParcelSent,)) == SENT


@pytest.mark.parametrize("version", ["1", None, 1.5], ids=repr)
def test_a_schema_version_that_is_no_whole_number_is_refused(version):
    with pytest.raises(InvalidArgument, match="schemaversion: must be a whole number"):
        event_of({**cloud_event(SENT, SOURCE), "schemaversion": version}, (ParcelSent,))


def test_data_that_no_upcaster_can_read_is_refused_by_its_version():
    with pytest.raises(InvalidArgument) as refused:
        event_of({**cloud_event(SENT, SOURCE), "data": {}, "schemaversion": 1}, (ParcelSent,))

    assert refused.value.inputs == "schema version 1"
