"""A batch of events on its way to the bus: each event belongs to its own trace, whatever goes with it."""

import json

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from domain.kernel.events import Event
from domain.kernel.events import EventBus
from domain.kernel.events import traced
from domain.kernel.trace import Trace
from infrastructure.kernel.events.dead_letters import InMemoryDeadLetters
from infrastructure.kernel.events.relay import Relay
from infrastructure.kernel.observability.cloudwatch import CloudWatchObserver
from infrastructure.kernel.observability.otel import OpenTelemetryObserver
from tests.kernel.builders.crates import a_crate
from tests.kernel.builders.events import an_event
from tests.kernel.infrastructure.events.buses import StubbornBus
from tests.kernel.infrastructure.events.buses import never
from tests.kernel.infrastructure.events.test_relay import Written
from usecases.kernel.observability import count
from usecases.kernel.observability import current_trace
from usecases.kernel.observability import watch_with

TRACE_IDS = ("4bf92f3577b34da6a3ce929d0e0e4736", "aaf92f3577b34da6a3ce929d0e0e4736")


class CountingBus(EventBus):
    """Counts something of its own, and keeps the trace that a line of its log would have."""

    def __init__(self) -> None:
        self.traces: list[Trace | None] = []

    def publish(self, *events: Event) -> None:
        count("Requests")
        self.traces.append(current_trace())


class DownBus(EventBus):
    def publish(self, *events: Event) -> None:
        raise RuntimeError("down")


def happened(trace_id: str | None) -> Written:
    """What a request of that trace wrote."""
    trace = None if trace_id is None else Trace(trace_id, f"00-{trace_id}-00f067aa0ba902b7-01")
    return Written(traced(an_event(a_crate()), trace))


def carry(bus, *trace_ids):
    records = [happened(trace_id) for trace_id in trace_ids]
    return Relay(bus, InMemoryDeadLetters()).carry(records)


def test_each_event_belongs_to_the_batch_and_to_no_other_event(recorder):
    carry(CountingBus(), *TRACE_IDS)

    [batch] = recorder.of("relay")
    published = recorder.of("publish")
    assert [each.parent for each in published] == [batch, batch]
    assert sorted(each.trace.trace_id for each in published) == sorted(TRACE_IDS)
    assert batch.counts == {"Requests": 1, "EventsPublished": 2}


def test_what_the_bus_logs_of_a_batch_is_of_no_event(recorder):
    bus = CountingBus()

    carry(bus, *TRACE_IDS)

    assert bus.traces == [None]


def test_a_bus_that_fails_fails_for_each_event_of_the_batch(recorder):
    assert carry(DownBus(), *TRACE_IDS) == 0

    assert [each.error_kind for each in (*recorder.of("publish"), *recorder.of("relay"))] == ["RuntimeError"] * 3
    assert "EventsPublished" not in recorder.of("relay")[0].counts


def test_a_record_that_is_given_up_is_counted_and_its_event_is_not(recorder):
    good, bad = (happened(trace_id) for trace_id in TRACE_IDS)
    bus = StubbornBus({bad.happened[0]: never(bad.happened[0])})

    Relay(bus, InMemoryDeadLetters()).carry([bad, good])

    assert recorder.of("relay")[0].counts == {"DeadLetters": 1, "EventsPublished": 1}


def test_a_batch_of_the_relay_is_a_line_of_metrics():
    lines: list[str] = []
    watch_with(CloudWatchObserver("crates", "crates-relay", lines.append))

    carry(CountingBus(), *TRACE_IDS)

    [line] = map(json.loads, lines)
    assert (line["operation"], line["EventsPublished"], line["Requests"]) == ("batch", 2, 1)


@pytest.fixture
def spans():
    exporter, tracers = InMemorySpanExporter(), TracerProvider()
    tracers.add_span_processor(SimpleSpanProcessor(exporter))
    meters = MeterProvider()
    watch_with(OpenTelemetryObserver(tracers.get_tracer("test"), meters.get_meter("test"), tracers.force_flush))
    yield exporter
    watch_with()
    meters.shutdown()
    tracers.shutdown()


def test_an_event_that_names_no_request_is_in_the_trace_of_its_batch(spans):
    carry(CountingBus(), TRACE_IDS[0], None, TRACE_IDS[1], None)

    published = [span for span in spans.get_finished_spans() if span.name == "Happened"]
    [batch] = [span for span in spans.get_finished_spans() if span.name == "batch"]
    own = f"{batch.context.trace_id:032x}"
    assert sorted(f"{span.context.trace_id:032x}" for span in published) == sorted([*TRACE_IDS, own, own])
    assert [span.parent.span_id for span in published if f"{span.context.trace_id:032x}" == own] == [
        batch.context.span_id,
        batch.context.span_id,
    ]
