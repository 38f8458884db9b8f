"""What a record of the stream tells, in the form of the Streams API and in that of Lambda."""

import json
from datetime import UTC
from datetime import datetime
from decimal import Decimal
from typing import Any
from typing import Literal
from typing import cast

import pytest
from pydantic import field_validator

from domain.kernel.errors import Unreadable
from domain.kernel.events import Event
from infrastructure.kernel.dynamodb.codec import encode
from infrastructure.kernel.dynamodb.codec import joined
from infrastructure.kernel.dynamodb.codec import native_item
from infrastructure.kernel.dynamodb.store import DynamoDBStore
from infrastructure.kernel.dynamodb.stored_events import events_json
from infrastructure.kernel.dynamodb.streams.records import Images
from infrastructure.kernel.dynamodb.streams.records import StreamRecord
from tests.kernel.builders.events import an_event
from tests.kernel.builders.events import events
from tests.kernel.infrastructure.dynamodb.relaying import FakeTable
from tests.kernel.infrastructure.dynamodb.streams import WRITTEN
from tests.kernel.infrastructure.dynamodb.streams import a_key
from tests.kernel.infrastructure.dynamodb.streams import a_record
from tests.kernel.infrastructure.dynamodb.streams import an_image
from tests.kernel.service.domain import Crate
from tests.kernel.service.domain import Part
from tests.kernel.service.domain import Specimen
from tests.kernel.service.parcels import ParcelSent


class Pictured(Event):
    """A picture was taken."""

    type: Literal["Pictured"] = "Pictured"
    picture: bytes


ONE = Crate(id="one", name="One")
OLD, NEW, NEWER = an_event(ONE), an_event(ONE.at_version(1)), an_event(ONE.at_version(1))
VALID = {"name": {"S": "One"}, "version": {"N": "1"}}
BY_TTL = {
    "lambda": {"userIdentity": {"principalId": "dynamodb.amazonaws.com", "type": "Service"}},
    "streams": {"userIdentity": {"PrincipalId": "dynamodb.amazonaws.com", "Type": "Service"}},
    "a-plain-delete": {},
}


@pytest.fixture(params=["streams", "lambda"])
def read(request):
    """Reads a record in one of the two forms."""
    if request.param == "streams":
        return StreamRecord
    return lambda record: StreamRecord(json.loads(StreamRecord(record).whole()))


@pytest.fixture
def store():
    store = DynamoDBStore(cast("Any", FakeTable(None)), now=lambda: datetime(2026, 2, 1, tzinfo=UTC))
    store.register(Crate, "CRATE")
    store.register(Specimen, "SPECIMEN")
    return store


def refused(record):
    with pytest.raises(Unreadable) as refused:
        record.events()
    return refused.value


def test_the_events_of_an_insertion_are_those_of_the_new_image(read):
    record = read(a_record("INSERT", NewImage=an_image("one", NEW, NEWER)))

    assert list(record.events()) == [NEW, NEWER]


def test_the_events_of_a_modification_are_those_that_the_old_image_does_not_have(read):
    record = read(a_record("MODIFY", OldImage=an_image("one", OLD, NEW), NewImage=an_image("one", NEW, NEWER)))

    assert list(record.events()) == [NEWER]


def test_the_first_events_of_an_item_are_those_of_its_modification(read):
    record = read(a_record("MODIFY", OldImage=an_image("one"), NewImage=an_image("one", NEW)))

    assert list(record.events()) == [NEW]


def test_events_may_have_bytes(read):
    pictured = events(Pictured, ONE, picture=b"\0\xff")

    assert list(read(a_record("INSERT", NewImage=an_image("one", pictured))).events()) == [pictured]


SENT = events(ParcelSent, ONE, title="Tea", first="Ada King", last="Lovelace", price="12.50")
TOLD = {name: value for name, value in encode(SENT)["M"].items() if name not in ("title", "first", "last", "price")}
WITH_SENDER = {"sender": {"S": "Ada King Lovelace"}, "cents": {"N": "1250"}}
SENT_BEFORE = (
    {**TOLD, "name": {"S": "Tea"}, **WITH_SENDER},
    {**TOLD, "title": {"S": "Tea"}, **WITH_SENDER, "_schema": {"N": "1"}},
    {
        **TOLD,
        "title": {"S": "Tea"},
        "first": {"S": "Ada King"},
        "last": {"S": "Lovelace"},
        "cents": {"N": "1250"},
        "_schema": {"N": "2"},
    },
    json.loads(events_json([SENT]))["L"][0]["M"],
)
"""The same event, as four releases have stored it."""


@pytest.mark.parametrize("version", range(4))
def test_events_of_an_older_release_are_told_as_this_one_would(read, version):
    image = an_image("one", _events={"L": [{"M": SENT_BEFORE[version]}]})

    assert list(read(a_record("INSERT", NewImage=image)).events()) == [SENT]


def test_an_event_that_no_upcaster_can_read_is_refused_and_not_quoted(read):
    image = an_image("one", _events={"L": [{"M": {**SENT_BEFORE[0], "cents": {"S": "secret"}}}]})

    error = refused(read(a_record("INSERT", NewImage=image)))

    assert "_events.ParcelSent.schema version 2: its upcaster raises InvalidOperation" in error.rule
    assert "secret" not in str(error)


def test_an_event_of_a_newer_release_may_have_no_field_that_this_one_does_not_know(read):
    newest = {**SENT_BEFORE[3], "_schema": {"N": "4"}}

    assert list(read(a_record("INSERT", NewImage=an_image("one", _events={"L": [{"M": newest}]}))).events()) == [SENT]
    assert (
        "colour"
        in refused(
            read(
                a_record("INSERT", NewImage=an_image("one", _events={"L": [{"M": {**newest, "colour": {"S": "red"}}}]}))
            )
        ).rule
    )


def test_another_program_that_leaves_the_events_as_they_are_tells_nothing(read):
    before, after = an_image("one", OLD, NEW), an_image("one", OLD, NEW, colour={"S": "red"})

    assert list(read(a_record("MODIFY", OldImage=before, NewImage=after)).events()) == []


def test_events_that_this_release_does_not_know_are_told_once_and_then_passed_over(read):
    unknown = an_image("one", _events={"L": [{"M": {"event_id": {"S": "x"}, "type": {"S": "Unknown"}}}]})

    assert list(read(a_record("MODIFY", OldImage=unknown, NewImage=unknown)).events()) == []
    assert list(read(a_record("MODIFY", OldImage=unknown, NewImage=an_image("one", NEW))).events()) == [NEW]


@pytest.mark.parametrize("identity", BY_TTL.values(), ids=BY_TTL.keys())
def test_what_is_deleted_tells_nothing(read, identity):
    record = read({**a_record("REMOVE", OldImage=an_image("one", OLD)), **identity})

    assert list(record.events()) == []


@pytest.mark.parametrize(
    ("name", "images", "missing"),
    [
        ("INSERT", {}, "NewImage"),
        ("MODIFY", {"OldImage": an_image("one")}, "NewImage"),
        ("MODIFY", {"NewImage": an_image("one", NEW)}, "OldImage"),
    ],
)
def test_a_missing_image_cannot_be_read(read, name, images, missing):
    error = refused(read(a_record(name, number="4711", **images)))

    assert error.id == "4711"
    assert error.rule.startswith(f"{missing}: is missing")


EVENT = encode(NEW)["M"]
BROKEN: dict[str, tuple[str, dict[str, Any]]] = {
    "an unknown type": ("_events.type: there is no event 'Unknown'", {"type": {"S": "Unknown"}}),
    "no type": ("_events.type: ", {"type": None}),
    "an unknown field": ("_events.Happened.colour: ", {"colour": {"S": "red"}}),
    "a missing field": ("_events.Happened.event_id: ", {"event_id": None}),
    "an id that is no text": ("_events.Happened.event_id: ", {"event_id": {"L": []}}),
    "a field of another type": ("_events.Happened.what: ", {"what": {"N": "5"}}),
    "a broken rule": ("_events.Happened.version: ", {"version": {"N": "0"}}),
    "an impossible id": ("_events.Happened.aggregate_id: ", {"aggregate_id": {"S": "#"}}),
}


@pytest.mark.parametrize(("rule", "changes"), BROKEN.values(), ids=[name.replace(" ", "-") for name in BROKEN])
def test_an_event_that_is_none_of_this_release_cannot_be_read(read, rule, changes):
    event = {name: value for name, value in {**EVENT, **changes}.items() if value is not None}
    before = an_image("one", _events={"L": [encode(OLD), {"M": {"event_id": {"L": []}}}, {"M": {}}]})
    after = an_image("one", _events={"L": [encode(OLD), {"M": event}]})

    error = refused(read(a_record("MODIFY", number="4711", OldImage=before, NewImage=after)))

    assert error.id == "4711"
    assert error.rule.startswith(rule)


@pytest.mark.parametrize(
    "told",
    [{"S": "x"}, {"M": {}}, {"NULL": True}, {"SS": ["x"]}, {"L": [{"S": "x"}]}, {"N": "x"}, {"X": "y"}, {}, "x"],
    ids=str,
)
def test_what_is_no_list_of_events_cannot_be_read(read, told):
    error = refused(read(a_record("INSERT", number="4711", NewImage=an_image("one", _events=told))))

    assert error.id == "4711"
    assert error.rule.startswith("_events: ")


@pytest.mark.parametrize("record", [{}, {"eventName": "INSERT", "dynamodb": None}, [], "x", None], ids=repr)
def test_what_is_no_record_at_all_cannot_be_read_and_is_named_by_its_place(record):
    read = StreamRecord(record, place=3)

    assert refused(read).id == "at place 3 of its batch"
    assert (read.sequence_number, read.key, read.written_at) == ("", {}, None)
    assert json.loads(read.whole()) == record


@pytest.mark.parametrize(
    "keys", [None, "x", [], {}, {"pk": "x"}, {"pk": {}}, {"pk": {"X": "y"}}, {"pk": {"N": 1}}], ids=repr
)
def test_a_record_whose_keys_are_none_cannot_be_read(store, keys):
    record = StreamRecord(a_record("INSERT", number="4711", Keys=keys, NewImage=an_image("one", NEW)))

    error = refused(record)

    assert (error.id, error.rule.partition(":")[0]) == ("4711", "dynamodb.Keys")
    assert record.key == {}
    assert record.images(store) is None


class Touchy(Event):
    """A release has a validator that nobody tried on this."""

    type: Literal["Touchy"] = "Touchy"
    size: int

    @field_validator("size")
    @classmethod
    def _is_known(cls, size: int) -> int:
        return {1: 1}[size]


def test_an_event_that_a_validator_fails_on_cannot_be_read(read):
    told = {**EVENT, "type": {"S": "Touchy"}, "what": None, "size": {"N": "5"}}
    event = {name: value for name, value in told.items() if value is not None}

    error = refused(read(a_record("INSERT", number="4711", NewImage=an_image("one", _events={"L": [{"M": event}]}))))

    assert (error.id, error.where) == ("4711", "_events.Touchy")


BROKEN_IMAGES: dict[str, Any] = {
    "no item": 7,
    "a text for an attribute": an_image("one") | VALID | {"name": "One"},
    "an attribute of no type": an_image("one") | VALID | {"name": {}},
    "an attribute of two types": an_image("one") | VALID | {"name": {"S": "One", "N": "1"}},
    "an attribute of an unknown type": an_image("one") | VALID | {"name": {"X": "One"}},
    "a set of what is none": an_image("one") | VALID | {"blobs": {"BS": [7]}},
    "numbers that are none": an_image("one") | VALID | {"sizes": {"NS": [7]}},
    "a number that is none": an_image("one") | VALID | {"name": {"N": "One"}},
    "a version that is no text": an_image("one") | VALID | {"version": {"N": 1}},
}


@pytest.mark.parametrize("image", BROKEN_IMAGES.values(), ids=[name.replace(" ", "-") for name in BROKEN_IMAGES])
def test_an_entity_cannot_be_read_from_what_is_no_image(store, image):
    with pytest.raises(Unreadable, match=r"4711|Crate one"):
        StreamRecord(a_record("INSERT", number="4711", NewImage=image)).images(store)


def test_a_text_that_is_not_in_base64_is_not_taken_for_bytes(store):
    image = an_image("one", _events={"L": [{"M": {"picture": {"B": "not in base64!"}}}]})

    assert refused(StreamRecord(a_record("INSERT", NewImage=image))).where == "_events"


@pytest.mark.parametrize(
    ("name", "images", "missing"),
    [
        ("INSERT", {}, "NewImage"),
        ("MODIFY", {"OldImage": an_image("one") | VALID}, "NewImage"),
        ("MODIFY", {"NewImage": an_image("one") | VALID}, "OldImage"),
        ("REMOVE", {}, "OldImage"),
    ],
)
def test_an_entity_cannot_be_read_from_a_missing_image(store, name, images, missing):
    with pytest.raises(Unreadable, match=f"{missing}: is missing"):
        StreamRecord(a_record(name, Keys=a_key("one"), **images)).images(store)


def test_what_has_no_key_is_the_record_of_no_entity(store):
    assert StreamRecord({}).images(store) is None


def test_an_item_that_breaks_a_rule_still_tells_its_events(read, store):
    before, after = an_image("one", OLD, name={"S": "One"}), an_image("one", NEW, name={"N": "1"})
    record = read(
        a_record("MODIFY", OldImage=before | {"version": {"N": "1"}}, NewImage=after | {"version": {"N": "2"}})
    )

    with pytest.raises(Unreadable) as unreadable:
        record.images(store)

    assert list(record.events()) == [NEW]
    assert (unreadable.value.kind, unreadable.value.id) == ("Crate", "one")
    assert unreadable.value.rule.startswith("name: ")


def test_an_image_without_a_version_cannot_be_read(read, store):
    record = read(a_record("INSERT", NewImage=an_image("one", name={"S": "One"})))

    with pytest.raises(Unreadable, match=r"Crate one .*version"):
        record.images(store)


def test_a_record_tells_where_and_when_it_was_written(read):
    record = read(a_record("INSERT", number="4711", Keys=a_key("two")))

    assert record.sequence_number == "4711"
    assert record.key == a_key("two")
    assert record.written_at == WRITTEN


def test_a_record_that_does_not_say_when_was_written_at_no_known_time():
    assert StreamRecord({"eventName": "INSERT", "dynamodb": {}}).written_at is None


BYTES: dict[str, tuple[Any, Any]] = {
    "B": (b"\0\xff", "AP8="),
    "BS": ([b"\0\xff", b""], ["AP8=", ""]),
    "L": ([{"B": b"\0\xff"}, {"S": "AP8="}], [{"B": "AP8="}, {"S": "AP8="}]),
    "M": ({"x": {"L": [{"B": b"\0\xff"}]}}, {"x": {"L": [{"B": "AP8="}]}}),
}


@pytest.mark.parametrize("type", BYTES)
def test_a_whole_record_has_bytes_in_base64_at_any_depth(type):
    raw, text = BYTES[type]
    record = StreamRecord(a_record("INSERT", Keys={"pk": {type: raw}}))

    again = StreamRecord(json.loads(record.whole()))

    assert json.loads(record.whole())["dynamodb"]["Keys"] == {"pk": {type: text}}
    assert again.key == record.key == {"pk": {type: raw}}
    assert again.whole() == record.whole()


def test_a_record_of_lambda_is_whole_as_it_is():
    record = json.loads(StreamRecord(a_record("INSERT", NewImage=an_image("one", NEW, raw={"B": b"\0"}))).whole())

    assert json.loads(StreamRecord(record).whole()) == record
    assert record["dynamodb"]["ApproximateCreationDateTime"] == WRITTEN.timestamp()


def test_nested_values_are_read_in_both_forms(read, store):
    part = Part(label="Ü", weight=Decimal("1.5"), parts=(Part(label="", weight=Decimal(2)),))
    specimen = Specimen(id="one", name="One", version=3, raw=b"\0", blobs=frozenset({b"", b"\xff"}), part=part)
    written = store.mapper_of(a_key("one", "SPECIMEN")).item(specimen)
    image = native_item(json.loads(joined(written)))

    record = read(a_record("INSERT", Keys=a_key("one", "SPECIMEN"), NewImage=image))

    assert record.images(store) == Images(None, specimen)
