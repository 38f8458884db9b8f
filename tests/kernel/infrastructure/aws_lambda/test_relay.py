"""The handler of the stream: what it is given, what it answers, and that Lambda loses nothing by it."""

import base64
import json
from collections.abc import Mapping
from collections.abc import Sequence
from datetime import UTC
from datetime import datetime
from datetime import timedelta
from typing import Any
from typing import Literal

import pytest
from dependency_injector.providers import Object
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from domain.kernel.errors import InvalidArgument
from domain.kernel.events import Event
from infrastructure.kernel.aws_lambda.relay import create_relay_handler
from infrastructure.kernel.dynamodb.codec import encode
from infrastructure.kernel.dynamodb.streams.records import BEHIND
from infrastructure.kernel.events.dead_letters import InMemoryDeadLetters
from infrastructure.kernel.events.memory import InMemoryEventBus
from infrastructure.kernel.events.relay import AT_ONCE
from tests.kernel.builders.events import an_event
from tests.kernel.builders.events import events
from tests.kernel.builders.specimens import a_specimen
from tests.kernel.infrastructure.aws_lambda.invocations import Invocation
from tests.kernel.infrastructure.events.buses import WHY
from tests.kernel.infrastructure.events.buses import StubbornBus
from tests.kernel.infrastructure.events.buses import never
from tests.kernel.service.container import Container
from tests.kernel.service.settings import Settings

NOTHING_FAILED: dict[str, Any] = {"batchItemFailures": []}


class Photographed(Event):
    """An event with bytes, which Lambda is given in base64, where a text could stand as well."""

    type: Literal["Photographed"] = "Photographed"
    picture: bytes | str


def a_container() -> Container:
    container = Container()
    container.settings.override(Settings(event_bus="memory", dead_letters="memory"))
    return container


@pytest.fixture
def container() -> Container:
    """No adapter has a part in this."""
    return a_container()


@pytest.fixture
def bus(container) -> InMemoryEventBus:
    return container.event_bus()


def an_image(*happened: Event, **attributes: Any) -> dict[str, Any]:
    key = {"pk": {"S": "SPECIMEN#s1"}, "sk": {"S": "#"}}
    return {**key, "version": {"N": "1"}, "_events": encode(happened), **attributes}


def a_record(number: int, name: str, **images: Any) -> dict[str, Any]:
    """One record as Lambda gives it, in plain JSON."""
    record = {
        "eventID": f"c4ca4238a0b923820dcc509a6f75849{number}",
        "eventName": name,
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "eu-west-1",
        "dynamodb": {
            "ApproximateCreationDateTime": 1769862600.0,
            "Keys": {"pk": {"S": "SPECIMEN#s1"}, "sk": {"S": "#"}},
            **images,
            "SequenceNumber": sequence_number(number),
            "SizeBytes": 26,
            "StreamViewType": "NEW_AND_OLD_IMAGES",
        },
        "eventSourceARN": "arn:aws:dynamodb:eu-west-1:123456789012:table/orders/stream/2026-01-31T12:00:00.000",
    }
    as_json = json.dumps(record, default=lambda raw: base64.b64encode(raw).decode())
    return dict(json.loads(as_json))


def sequence_number(number: int) -> str:
    return f"4421584500000000017450{number:06}"


def inserted(number: int, *happened: Event) -> dict[str, Any]:
    return a_record(number, "INSERT", NewImage=an_image(*happened))


@pytest.mark.parametrize(("late", "warnings"), [(BEHIND, 1), (BEHIND - timedelta(seconds=1), 0)])
def test_records_that_have_waited_for_half_a_day_are_warned_of(container, bus, caplog, late, warnings):
    container.now.override(Object(datetime(2026, 1, 31, 12, 30, tzinfo=UTC) + late))
    created = an_event(a_specimen())

    create_relay_handler(container)({"Records": [inserted(1, created)]}, Invocation())

    assert [record.levelname for record in caplog.records] == ["WARNING"] * warnings
    assert bus.published == [created]


def test_events_of_every_kind_of_write_are_carried_each_once(container, bus):
    specimen = a_specimen()
    created, painted, polished, removed = (an_event(specimen.at_version(version)) for version in (0, 1, 1, 2))
    handle = create_relay_handler(container)

    answer = handle(
        {
            "Records": [
                inserted(1, created),
                a_record(2, "MODIFY", OldImage=an_image(created), NewImage=an_image(painted, polished)),
                a_record(3, "MODIFY", OldImage=an_image(painted, polished), NewImage=an_image(painted, polished)),
                a_record(4, "MODIFY", OldImage=an_image(polished), NewImage=an_image(removed, _gone={"BOOL": True})),
                a_record(5, "REMOVE", OldImage=an_image(removed, _gone={"BOOL": True})),
            ]
        },
        Invocation(),
    )

    assert answer == NOTHING_FAILED
    assert bus.published == [created, painted, polished, removed]
    assert container.dead_letters().letters == []


def test_what_dynamodb_removes_by_itself_tells_nothing(container, bus):
    expired = {
        **a_record(1, "REMOVE", OldImage=an_image(an_event(a_specimen()))),
        "userIdentity": {"type": "Service", "principalId": "dynamodb.amazonaws.com"},
    }

    answer = create_relay_handler(container)({"Records": [expired]}, Invocation())

    assert answer == NOTHING_FAILED
    assert (bus.published, container.dead_letters().letters) == ([], [])


def test_bytes_arrive_though_lambda_gives_them_as_text(container, bus):
    event = events(Photographed, a_specimen(), picture=b"\0\xff\xfe")

    create_relay_handler(container)({"Records": [inserted(1, event)]}, Invocation())

    assert bus.published == [event]


def test_items_without_events_tell_nothing(container, bus):
    foreign = a_record(1, "INSERT", NewImage={"pk": {"S": "x"}, "sk": {"S": "y"}, "raw": {"B": b"\0"}})

    answer = create_relay_handler(container)({"Records": [foreign]}, Invocation())

    assert answer == NOTHING_FAILED
    assert (bus.published, container.dead_letters().letters) == ([], [])


def test_a_bus_that_fails_makes_lambda_call_again_from_the_first_record_that_was_not_carried(container):
    told = [an_event(a_specimen()) for _ in range(3 * AT_ONCE)]
    bus = StubbornBus({told[AT_ONCE + 4]: RuntimeError("not now")})
    container.event_bus.override(bus)

    answer = create_relay_handler(container)(
        {"Records": [inserted(number, event) for number, event in enumerate(told)]}, Invocation()
    )

    assert answer == {"batchItemFailures": [{"itemIdentifier": sequence_number(AT_ONCE)}]}
    assert bus.published == told[: AT_ONCE + 4]


@settings(deadline=None, max_examples=50)
@given(st.lists(st.integers(0, 2), max_size=3 * AT_ONCE), st.lists(st.integers(0, 59), max_size=6))
def test_called_again_until_nothing_fails_everything_has_arrived_in_order(numbers, failing):
    writes = [[an_event(a_specimen()) for _ in range(number)] for number in numbers]
    told = [event for write in writes for event in write]
    records = [inserted(number, *write) for number, write in enumerate(writes)]
    container, bus = a_container(), StubbornBus()
    container.event_bus.override(bus)
    handle = create_relay_handler(container)

    for position in failing:
        bus.errors = dict.fromkeys(told[position : position + 1], RuntimeError("not now"))
        records = left_after(handle({"Records": records}, Invocation()), records)
    bus.errors = {}

    assert handle({"Records": records}, Invocation()) == NOTHING_FAILED
    assert list(dict.fromkeys(bus.published)) == told


def left_after(answer: Mapping[str, Any], records: Sequence[Any]) -> list[Any]:
    """What Lambda calls with next, as its documentation has it: from the first record that failed on."""
    failed = {failure["itemIdentifier"] for failure in answer["batchItemFailures"]}
    positions = [n for n, record in enumerate(records) if record["dynamodb"]["SequenceNumber"] in failed]
    return [*records[positions[0] :]] if positions else []


def test_what_cannot_be_read_or_published_goes_to_the_dead_letters_as_lambda_gave_it(container):
    first, refused, last = (an_event(a_specimen()) for _ in range(3))
    bus = StubbornBus({refused: never(refused)})
    container.event_bus.override(bus)
    unknown, newer, imageless = inserted(2, first), inserted(3, first), a_record(4, "INSERT")
    unknown["dynamodb"]["NewImage"]["_events"]["L"][0]["M"]["type"] = {"S": "Foreseen"}
    newer["dynamodb"]["NewImage"]["_events"]["L"][0]["M"]["colour"] = {"S": "red"}
    records = [inserted(1, first), unknown, newer, imageless, inserted(5, refused), inserted(6, last)]

    answer = create_relay_handler(container)({"Records": records}, Invocation())

    given, reasons = zip(*container.dead_letters().letters, strict=True)
    assert answer == NOTHING_FAILED
    assert list(dict.fromkeys(bus.published)) == [first, last]
    assert [json.loads(record) for record in given] == records[1:5]
    assert f"Stream record {sequence_number(2)} cannot be read" in reasons[0]
    for reason, said in zip(reasons, ["no event 'Foreseen'", "Happened.colour", "NewImage", WHY], strict=True):
        assert said in reason


def test_a_dead_letter_can_be_handed_to_the_handler_again(container):
    event = events(Photographed, a_specimen(), picture=b"\xff")
    bus = StubbornBus({event: never(event)})
    container.event_bus.override(bus)
    handle = create_relay_handler(container)
    handle({"Records": [inserted(1, event)]}, Invocation())
    [(letter, _)] = container.dead_letters().letters

    bus.errors = {}
    answer = handle({"Records": [json.loads(letter)]}, Invocation())

    assert answer == NOTHING_FAILED
    assert bus.published == [event]


NO_RECORDS: dict[str, tuple[str, Any]] = {
    "null": ("must be an object", None),
    "a text": ("must be an object", "INSERT"),
    "a list": ("must be an object", [1]),
    "an empty object": ("eventName: must be", {}),
    "an unknown name": ("eventName: must be INSERT, MODIFY or REMOVE", {**a_record(7, "TRUNCATE")}),
    "a name that is no text": ("eventName: must be", {**a_record(7, "INSERT"), "eventName": ["INSERT"]}),
    "no change": ("dynamodb: must be an object", {**a_record(7, "REMOVE"), "dynamodb": None}),
    "no keys": ("dynamodb.Keys: ", a_record(7, "REMOVE", Keys=None)),
    "keys that are a list": ("dynamodb.Keys: ", a_record(7, "REMOVE", Keys=[{"pk": {"S": "x"}}])),
    "a key that is a text": ("dynamodb.Keys: ", a_record(7, "REMOVE", Keys={"pk": "x"})),
    "a key of two types": ("dynamodb.Keys: ", a_record(7, "REMOVE", Keys={"pk": {"S": "x", "N": "1"}})),
    "a key of another type": ("dynamodb.Keys: ", a_record(7, "REMOVE", Keys={"pk": {"S": 1}})),
    "an image that is a number": ("NewImage: ", a_record(7, "INSERT", NewImage=7)),
    "an image that is a text": ("NewImage: ", a_record(7, "INSERT", NewImage="_events")),
    "an image that is a list": ("NewImage: ", a_record(7, "INSERT", NewImage=["_events"])),
    "events that are a text": ("_events", a_record(7, "INSERT", NewImage=an_image(_events="x"))),
    "events of two types": ("_events", a_record(7, "INSERT", NewImage=an_image(_events={"L": [], "S": "x"}))),
    "events that are no list": ("_events", a_record(7, "INSERT", NewImage=an_image(_events={"L": 7}))),
    "a member that is a text": ("_events", a_record(7, "INSERT", NewImage=an_image(_events={"L": ["x"]}))),
}
"""What is no record of a stream, and the rule that it breaks."""
WITHOUT_NUMBER = ("null", "a text", "a list", "an empty object", "no change")


def without_number(number: Any = None) -> dict[str, Any]:
    record = inserted(1, an_event(a_specimen()))
    return {**record, "dynamodb": {**record["dynamodb"], "SequenceNumber": number}}


@pytest.mark.parametrize("name", NO_RECORDS)
def test_what_is_no_record_goes_to_the_dead_letters_whole_and_holds_back_nothing(container, bus, name):
    rule, none = NO_RECORDS[name]
    before, after = an_event(a_specimen()), an_event(a_specimen())

    answer = create_relay_handler(container)({"Records": [inserted(1, before), none, inserted(8, after)]}, Invocation())

    [(letter, reason)] = container.dead_letters().letters
    assert answer == NOTHING_FAILED
    assert bus.published == [before, after]
    assert json.loads(letter) == none
    called = "at place 2 of its batch" if name in WITHOUT_NUMBER else sequence_number(7)
    assert reason.startswith(f"Stream record {called} cannot be read: {rule}")


@pytest.mark.parametrize("number", [None, "", 7, ["7"], {}], ids=repr)
def test_a_record_without_a_sequence_number_is_named_by_its_place(container, bus, number):
    event = an_event(a_specimen())

    answer = create_relay_handler(container)({"Records": [without_number(number), inserted(2, event)]}, Invocation())

    [(_, reason)] = container.dead_letters().letters
    assert answer == NOTHING_FAILED
    assert bus.published == [event]
    assert reason.startswith("Stream record at place 1 of its batch cannot be read: dynamodb.SequenceNumber: ")


def test_lambda_calls_again_from_the_last_record_with_a_number_if_the_first_that_is_left_has_none(container):
    told = [an_event(a_specimen()) for _ in range(AT_ONCE + 1)]
    bus = StubbornBus({told[AT_ONCE]: RuntimeError("not now")})
    container.event_bus.override(bus)
    records = [inserted(number, event) for number, event in enumerate(told)]
    records.insert(AT_ONCE, without_number())

    answer = create_relay_handler(container)({"Records": records}, Invocation())

    assert answer == {"batchItemFailures": [{"itemIdentifier": sequence_number(AT_ONCE - 1)}]}
    assert bus.published == told[:AT_ONCE]


def test_lambda_calls_again_with_the_whole_batch_if_no_record_before_has_a_number(container):
    event = an_event(a_specimen())
    bus = StubbornBus({event: RuntimeError("not now")})
    container.event_bus.override(bus)

    answer = create_relay_handler(container)({"Records": [None, inserted(2, event)]}, Invocation())

    # An empty identifier is a failure of the whole batch, as Lambda has it.
    assert answer == {"batchItemFailures": [{"itemIdentifier": ""}]}


@pytest.mark.parametrize(
    "time", [None, "soon", True, [], 1e300, -1e300, float("nan"), float("inf"), {"S": "x"}], ids=repr
)
def test_a_record_that_says_no_time_is_carried(container, bus, time):
    event = an_event(a_specimen())
    record = inserted(1, event)
    record["dynamodb"]["ApproximateCreationDateTime"] = time

    assert create_relay_handler(container)({"Records": [record]}, Invocation()) == NOTHING_FAILED
    assert bus.published == [event]


def test_a_first_record_that_is_none_hides_no_delay(container, caplog):
    container.now.override(Object(datetime(2026, 1, 31, 12, 30, tzinfo=UTC) + BEHIND))

    create_relay_handler(container)({"Records": [None, inserted(2, an_event(a_specimen()))]}, Invocation())

    assert "behind" in caplog.text


anything: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["S", "N", "B", "L", "M", "SS", "BS", "NS", "BOOL", "NULL", "x"]), inner)
    ),
    max_leaves=6,
)


def paths_in(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where every part of `node` stands."""
    members = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [path, *(below for key, member in members for below in paths_in(member, (*path, key)))]


def with_part(node: Any, path: tuple[Any, ...], part: Any) -> Any:
    """A copy of `node`, with `part` in that place."""
    if not path:
        return part
    copy = dict(node) if isinstance(node, dict) else list(node)
    copy[path[0]] = with_part(node[path[0]], path[1:], part)
    return copy


@settings(deadline=None, max_examples=200)
@given(st.data())
def test_whatever_stands_in_a_record_the_others_are_carried(data):
    before, after, specimen = an_event(a_specimen()), an_event(a_specimen()), a_specimen()
    sound = a_record(
        2, "MODIFY", OldImage=an_image(an_event(specimen)), NewImage=an_image(an_event(specimen.at_version(1)))
    )
    broken = with_part(sound, data.draw(st.sampled_from(paths_in(sound))), data.draw(anything))
    container, bus, letters = a_container(), InMemoryEventBus(), InMemoryDeadLetters()
    container.event_bus.override(bus)
    container.dead_letters.override(letters)

    answer = create_relay_handler(container)(
        {"Records": [inserted(1, before), broken, inserted(3, after)]}, Invocation()
    )

    assert answer == NOTHING_FAILED
    assert [event for event in bus.published if event in (before, after)] == [before, after]
    assert all(json.loads(letter) == broken for letter, _ in letters.letters)


@pytest.mark.parametrize(
    "payload",
    [{}, {"records": []}, {"detail": {}}, {"Records": None}, {"Records": {}}, {"Records": "x"}],
    ids=repr,
)
def test_what_has_no_records_is_refused(container, payload):
    with pytest.raises(InvalidArgument, match="Records"):
        create_relay_handler(container)(payload, Invocation())
