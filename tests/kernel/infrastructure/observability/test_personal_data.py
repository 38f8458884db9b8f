"""No log line, metric or span has anything in it of what entities, requests and tokens hold."""

import json
import logging
from typing import Any
from typing import Literal
from typing import NamedTuple

import pytest
from dependency_injector.providers import Factory
from dependency_injector.providers import Object
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from pydantic import field_validator

from domain.kernel.errors import InvalidArgument
from domain.kernel.errors import Unavailable
from domain.kernel.events import Event
from domain.kernel.unit_of_work import UnitOfWork
from infrastructure.kernel.aws_lambda.consumers import create_consumers_handler
from infrastructure.kernel.aws_lambda.relay import create_relay_handler
from infrastructure.kernel.events.cloud_events import cloud_event
from infrastructure.kernel.events.dead_letters import InMemoryDeadLetters
from infrastructure.kernel.logs import JsonFormatter
from infrastructure.kernel.observability.cloudwatch import CloudWatchObserver
from infrastructure.kernel.observability.log import LogObserver
from infrastructure.kernel.observability.otel import OpenTelemetryObserver
from tests.kernel.builders.crates import a_crate
from tests.kernel.builders.events import events
from tests.kernel.infrastructure.aws_lambda.invocations import Invocation
from tests.kernel.infrastructure.dynamodb.dead_letters import a_written
from tests.kernel.infrastructure.events.buses import StubbornBus
from tests.kernel.infrastructure.events.buses import never
from tests.kernel.service.container import Container
from tests.kernel.service.domain import CrateCreated
from tests.kernel.service.endpoints import ENDPOINTS
from tests.kernel.service.settings import SOURCE
from tests.kernel.service.settings import Settings
from usecases.kernel.consumers import Consumer
from usecases.kernel.observability import watch_with

MARKER = "Confidential"


def marked(example: Any) -> Any:
    """An example with the marker in each of its texts."""
    match example:
        case str():
            return f"{MARKER}-{example}"  # which an id may be, too
        case dict():
            return {name: marked(value) for name, value in example.items()}
        case list() | tuple():
            return [marked(value) for value in example]
    return example


def call_everything(api):
    """Calls every endpoint, so that it succeeds, conflicts, finds nothing, and gets what it cannot take."""
    answers = []
    secret = {"authorization": f"Bearer {MARKER}", "cookie": MARKER, "user-agent": MARKER, "x-other": MARKER}

    def call(method, path, **request):
        answers.append(api.request(method, path, headers={**secret, **request.pop("headers", {})}, **request))
        return answers[-1]

    for endpoint in sorted(ENDPOINTS, key=lambda endpoint: endpoint.method == "DELETE"):
        made = call("POST", "/crates", json={"name": f"{MARKER} crate"}).json()
        for id in (made["id"], "none"):
            path = endpoint.path.replace("{id}", id)
            body = {} if endpoint.example is None else {"json": marked(endpoint.example)}
            call(endpoint.method, path, **body, headers={"if-match": '"7"'} if endpoint.is_versioned else {})
            call(endpoint.method, path, **body)
            call(endpoint.method, path, **body, params={"prefix": MARKER, "cursor": MARKER})
            call(endpoint.method, path, content=f'{{"{MARKER}": "{MARKER}', params={MARKER: MARKER})
    call("GET", f"/{MARKER}")
    call("GET", "/crates/lookup", params={"contains": MARKER})
    call("GET", "/crates", params={"prefix": MARKER})
    return answers


@pytest.fixture
def everything_told(caplog, monkeypatch):
    """Returns all that was logged, counted and traced; and the names of the spans."""
    lines: list[str] = []
    exporter, reader = InMemorySpanExporter(), InMemoryMetricReader()
    tracers, meters = TracerProvider(), MeterProvider(metric_readers=[reader])
    tracers.add_span_processor(SimpleSpanProcessor(exporter))
    otel = OpenTelemetryObserver(tracers.get_tracer("test"), meters.get_meter("test"), tracers.force_flush)
    monkeypatch.setattr("opentelemetry.trace.get_tracer_provider", lambda: tracers)  # which other libraries use
    monkeypatch.setattr("opentelemetry.metrics.get_meter_provider", lambda: meters)
    watch_with(LogObserver(), CloudWatchObserver("crates", "crates", lines.append), otel)
    logging.getLogger("httpx").setLevel(logging.WARNING)  # the client of this test

    def everything_told() -> Everything:
        data = reader.get_metrics_data()
        assert data is not None
        spans = exporter.get_finished_spans()
        logged = [JsonFormatter().format(record) for record in caplog.records]
        return Everything(
            logged, lines, [span.to_json() for span in spans], data.to_json(), {span.name for span in spans}
        )

    yield everything_told
    meters.shutdown()
    tracers.shutdown()


class Everything(NamedTuple):
    logged: list[str]
    lines: list[str]
    spans: list[str]
    metrics: str
    names: set[str]

    def quoting(self, text: str) -> list[str]:
        """What has `text` in it."""
        return [each for each in (*self.logged, *self.lines, *self.spans, self.metrics) if text in each]


@pytest.mark.adapters
def test_nothing_of_entities_requests_and_tokens_is_told(api, everything_told, caplog):
    caplog.set_level(logging.INFO)

    answers = call_everything(api)

    told = everything_told()
    assert {200, 201, 204, 400, 404, 412, 422} <= {answer.status_code for answer in answers}
    assert sum(MARKER in answer.text for answer in answers) > 10
    assert {endpoint.use_case.__name__ for endpoint in ENDPOINTS} <= told.names
    assert min(len(told.logged), len(told.lines), len(told.spans)) > 50
    assert told.quoting(MARKER) == []


class Fussy(Event):
    """An event whose rule quotes what it is given."""

    type: Literal["Fussy"] = "Fussy"
    what: str

    @field_validator("what")
    @classmethod
    def _is_short(cls, what: str) -> str:
        if len(what) > 20:
            raise InvalidArgument("what", f"must be shorter than {what}")
        return what


class Raising(Consumer):
    """Fails, and says of what."""

    name = "raising"
    handles = (CrateCreated,)

    def apply(self, event: Event, work: UnitOfWork) -> None:
        raise Unavailable(f"cannot take {event.model_dump_json()}")


class Consuming(Container):
    """A service that consumes its own events."""

    raising = Factory(Raising, Container.unit_of_work.provider, Container.now.provider)


def test_nothing_of_events_is_told_by_the_relay_and_the_consumers_whatever_fails(everything_told, caplog):
    caplog.set_level(logging.INFO)
    good = events(CrateCreated, a_crate(), name=f"{MARKER} crate")
    refused, long = (events(Fussy, a_crate(), what=MARKER) for _ in range(2))
    fussy = json.loads(json.dumps(a_written(3, long)).replace(MARKER, f"{MARKER} and much more than that"))
    odd = json.loads(json.dumps(a_written(4, long)).replace('"what"', '"other"'))
    container, letters = Consuming(), InMemoryDeadLetters()
    container.settings.override(Settings(persistence="memory", event_bus="memory", dead_letters="memory"))
    container.dead_letters.override(Object(letters))
    container.event_bus.override(Object(StubbornBus({refused: never(refused), good: RuntimeError("down")})))

    records = [fussy, odd, a_written(1, refused), a_written(2, good)]
    create_relay_handler(container)({"Records": records}, Invocation())
    consume = create_consumers_handler(container)
    with pytest.raises(Unavailable):
        consume({"detail": cloud_event(good, SOURCE)}, Invocation())

    told = everything_told()
    assert len(letters.letters) == 3
    assert {"batch", "Fussy", "CrateCreated", "Raising"} <= told.names
    assert any("the event bus failed" in line for line in told.logged)
    assert told.quoting(MARKER) == []
