"""The bus of AWS: what is sent to it together, what again, and what never."""

import json
from itertools import chain
from itertools import repeat
from operator import attrgetter
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.exceptions import EndpointConnectionError
from botocore.exceptions import ReadTimeoutError
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from domain.kernel.errors import Unavailable
from domain.kernel.errors import Undeliverable
from domain.kernel.events import Event
from infrastructure.kernel.aws import ATTEMPTS
from infrastructure.kernel.events.cloud_events import cloud_event
from infrastructure.kernel.events.eventbridge import EventBridgeEventBus
from tests.kernel.builders.events import Happened
from tests.kernel.builders.events import an_event
from tests.kernel.builders.events import events
from tests.kernel.builders.specimens import a_specimen
from tests.kernel.infrastructure.events.fake_eventbridge import WHY
from tests.kernel.infrastructure.events.fake_eventbridge import FakeEventBridge
from tests.kernel.infrastructure.events.fake_eventbridge import client_error
from tests.kernel.infrastructure.events.fake_eventbridge import failing
from tests.kernel.infrastructure.events.fake_eventbridge import refusing
from tests.kernel.infrastructure.events.fake_eventbridge import size
from tests.kernel.service.settings import SOURCE
from usecases.kernel.deadline import within

KIB = 1024


def bus_of(service: Any, **options: int) -> EventBridgeEventBus:
    return EventBridgeEventBus(service, "orders", SOURCE, **options)


def some_events(number: int) -> list[Event]:
    return [an_event(a_specimen()) for _ in range(number)]


def ids_of(*told: Event) -> list[str]:
    return [event.event_id for event in told]


@pytest.fixture(autouse=True)
def waits(monkeypatch):
    """How long tenacity would have waited between attempts; it does not."""
    waits: list[float] = []
    monkeypatch.setattr("tenacity.nap.time", SimpleNamespace(sleep=waits.append))
    return waits


def test_an_entry_tells_the_bus_the_source_the_type_the_time_and_the_envelope():
    service, event = FakeEventBridge(), an_event(a_specimen())

    bus_of(service).publish(event)

    [[entry]] = service.requests
    detail = entry.pop("Detail")
    assert json.loads(detail) == cloud_event(event, SOURCE)
    assert entry == {
        "EventBusName": "orders",
        "Source": "tiny-service",
        "DetailType": "Happened",
        "Time": event.occurred_at,
    }


def test_publishing_nothing_sends_nothing():
    service = FakeEventBridge()

    bus_of(service).publish()

    assert service.requests == []


def test_ten_events_of_ten_aggregates_go_in_one_request():
    service, specimens = FakeEventBridge(), [a_specimen() for _ in range(10)]
    told = [an_event(specimen) for specimen in specimens * 2] + some_events(1)

    bus_of(service).publish(*told)

    assert service.sent == [ids_of(*told[:10]), ids_of(*told[10:20]), ids_of(told[20])]


def test_the_second_events_of_ten_aggregates_go_in_one_request_too():
    service, specimens = FakeEventBridge(), [a_specimen() for _ in range(10)]
    told = [an_event(specimen) for specimen in specimens for _ in range(2)]

    bus_of(service).publish(*told)

    assert service.sent == [ids_of(*told[::2]), ids_of(*told[1::2])]


@pytest.mark.parametrize(("more", "requests"), [(-KIB, 1), (1, 2)])
def test_a_request_is_filled_up_to_256_kib_and_no_further(more, requests):
    service, (first, second) = FakeEventBridge(), [events(Happened, a_specimen()) for _ in range(2)]
    bus_of(service).publish(first, second)
    left = 256 * KIB - sum(map(size, service.requests.pop()))
    in_two_bytes = left // 3

    bus_of(service).publish(
        first.evolve(what="é" * in_two_bytes), second.evolve(what="x" * (left - 2 * in_two_bytes + more))
    )

    assert len(service.requests) == requests


def test_an_event_larger_than_256_kib_goes_alone():
    service, told = FakeEventBridge(), [events(Happened, a_specimen(), what="x" * 256 * KIB * n) for n in (1, 0, 0, 2)]

    bus_of(service).publish(*told)

    assert service.sent == [ids_of(told[0]), ids_of(*told[1:3]), ids_of(told[3])]


lengths = st.sampled_from([0, 1, 9_000, 26_000, 120_000, 270_000])
told_of = st.lists(st.tuples(st.sampled_from("abcdefgh"), lengths), max_size=40)


@settings(deadline=None, max_examples=50)
@given(told_of)
def test_whatever_is_published_fits_its_request_which_has_one_event_of_an_aggregate_at_most(told_of):
    service = FakeEventBridge()
    told = [events(Happened, a_specimen().evolve(id=id), what="x" * length) for id, length in told_of]

    bus_of(service).publish(*told)

    assert sorted(chain.from_iterable(service.sent)) == sorted(ids_of(*told))
    for request in service.requests:
        assert len(request) == len({json.loads(entry["Detail"])["subject"] for entry in request}) <= 10
        assert len(request) == 1 or sum(map(size, request)) <= 256 * KIB


@settings(deadline=None)
@given(st.lists(st.sampled_from("abcd"), max_size=25), st.lists(st.sets(st.integers(0, 24), max_size=9), max_size=9))
def test_whatever_the_bus_does_not_take_it_has_every_event_once_in_order_per_aggregate(aggregates, moods):
    told = [events(Happened, a_specimen().evolve(id=id)) for id in aggregates]
    subjects = {event.event_id: event.aggregate_id for event in told}
    refused = [[event for position, event in enumerate(told) if position in mood] for mood in moods]
    service = FakeEventBridge(*(refusing("InternalFailure", *some) for some in refused))

    bus_of(service, attempts=10).publish(*told)

    assert sorted(service.taken, key=subjects.__getitem__) == ids_of(*sorted(told, key=attrgetter("aggregate_id")))


def test_what_is_not_taken_is_sent_again_before_anything_that_comes_after(waits, caplog):
    told = some_events(11)
    service = FakeEventBridge(refusing("ThrottlingException", *told[3:5]), refusing("InternalFailure", told[4]))

    bus_of(service).publish(*told)

    assert service.sent == [ids_of(*told[:10]), ids_of(*told[3:5]), ids_of(told[4]), ids_of(told[10])]
    assert len(waits) == 2
    assert max(waits) <= 1
    assert [record.levelname for record in caplog.records] == ["WARNING"] * 3
    assert f"did not take Happened {told[3].event_id}: ThrottlingException" in caplog.text


def test_what_is_never_taken_is_unavailable_after_so_many_attempts_and_nothing_after_it_is_sent(waits):
    told = some_events(11)
    service = FakeEventBridge(*repeat(refusing("ThrottlingException", *told[8:10]), ATTEMPTS + 1))

    with pytest.raises(Unavailable, match="2 of the events"):
        bus_of(service).publish(*told)

    assert service.sent == [ids_of(*told[:10]), *[ids_of(*told[8:10])] * (ATTEMPTS - 1)]
    assert len(waits) == ATTEMPTS - 1


@pytest.mark.parametrize("code", ["MalformedDetail", "InvalidArgument"])
def test_an_entry_that_is_refused_for_good_is_undeliverable_and_named(code, waits):
    told = some_events(3)
    service = FakeEventBridge(refusing(code, told[1]))

    with pytest.raises(Undeliverable) as refused:
        bus_of(service).publish(*told)

    assert (refused.value.kind, refused.value.id) == ("Happened", told[1].event_id)
    assert refused.value.rule == f"{code}: {WHY}"
    assert waits == []


def test_an_event_whose_request_breaks_a_rule_is_undeliverable_and_named():
    told = some_events(11)
    service = FakeEventBridge(refusing(""), failing(client_error("ValidationException")))

    with pytest.raises(Undeliverable, match=WHY) as refused:
        bus_of(service).publish(*told)

    assert refused.value.id == told[10].event_id
    assert isinstance(refused.value.__cause__, ClientError)


def test_of_a_request_that_breaks_a_rule_each_event_is_sent_alone_to_find_out_which_it_is():
    told = some_events(3)
    broken = failing(client_error("ValidationException"))
    service = FakeEventBridge(broken, refusing(""), broken)

    with pytest.raises(Undeliverable, match=WHY) as refused:
        bus_of(service).publish(*told)

    assert refused.value.id == told[1].event_id
    assert service.sent == [ids_of(*told), ids_of(told[0]), ids_of(told[1])]


def test_of_a_request_that_breaks_a_rule_what_was_not_taken_alone_is_sent_again():
    told = some_events(3)
    broken, busy = failing(client_error("ValidationException")), refusing("ThrottlingException", told[1])
    service = FakeEventBridge(broken, refusing(""), busy)

    bus_of(service).publish(*told)

    assert sorted(service.taken) == sorted(ids_of(*told))
    assert service.sent[-1] == ids_of(told[1])


@pytest.mark.parametrize(
    "error",
    [
        ReadTimeoutError(endpoint_url="https://events.example"),
        EndpointConnectionError(endpoint_url="https://events.example"),
        client_error("ThrottlingException"),
        client_error("AccessDeniedException"),
        client_error("ResourceNotFoundException"),
    ],
    ids=str,
)
def test_a_request_that_fails_as_a_whole_passes_bare(error, waits):
    service = FakeEventBridge(failing(error))

    with pytest.raises(type(error)) as failed:
        bus_of(service).publish(an_event(a_specimen()))

    assert failed.value is error
    assert len(service.requests) == 1
    assert waits == []


def test_what_is_not_taken_is_not_sent_again_when_it_would_be_too_late(waits):
    event = an_event(a_specimen())
    service = FakeEventBridge(refusing("ThrottlingException", event))

    with within(1, buffer=2), pytest.raises(Unavailable):
        bus_of(service).publish(event)

    assert len(service.requests) == 1
    assert waits == []
