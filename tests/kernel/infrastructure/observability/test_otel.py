"""Spans and metrics of OpenTelemetry: one trace from the request to the consumer, and no data in it."""

import json
from functools import partial
from secrets import token_hex
from typing import Any

import pytest
from dependency_injector.providers import Factory
from opentelemetry import metrics
from opentelemetry import trace
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind

from domain.kernel.errors import Misconfigured
from domain.kernel.events import Event
from domain.kernel.unit_of_work import UnitOfWork
from infrastructure.kernel.aws_lambda.consumers import create_consumers_handler
from infrastructure.kernel.events.cloud_events import cloud_event
from infrastructure.kernel.observability.otel import OpenTelemetryObserver
from infrastructure.kernel.observability.otel import create
from tests.kernel.infrastructure.aws_lambda.invocations import Invocation
from tests.kernel.service.container import Container
from tests.kernel.service.domain import Crate
from tests.kernel.service.domain import CrateCreated
from tests.kernel.service.settings import SOURCE
from tests.kernel.service.settings import Settings
from usecases.kernel.consumers import Consumer
from usecases.kernel.observability import count
from usecases.kernel.observability import in_trace
from usecases.kernel.observability import watch_with
from usecases.kernel.observability import watched

pytestmark = pytest.mark.adapters

PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


class Twin(Consumer):
    """Adds another crate for each one that is created."""

    name = "twin"
    handles = (CrateCreated,)

    def apply(self, event: Event, work: UnitOfWork) -> None:
        work.of(Crate).add(Crate(id=event.event_id, name="Twin"))


class Consuming(Container):
    """A service that consumes its own events."""

    twin = Factory(Twin, Container.unit_of_work.provider, Container.now.provider)


@pytest.fixture
def spans():
    """What is exported."""
    exporter = InMemorySpanExporter()
    tracers = TracerProvider()
    tracers.add_span_processor(SimpleSpanProcessor(exporter))
    reader = InMemoryMetricReader()
    meters = MeterProvider(metric_readers=[reader])
    watch_with(OpenTelemetryObserver(tracers.get_tracer("test"), meters.get_meter("test"), tracers.force_flush))
    exporter.reader = reader  # type: ignore[attr-defined]  # beside the spans
    yield exporter
    watch_with()
    meters.shutdown()
    tracers.shutdown()


def by_name(spans):
    return {span.name: span for span in spans.get_finished_spans()}


def test_one_trace_goes_from_the_request_through_store_and_relay_to_the_consumer(adapter, container, api, spans):
    trace_id = token_hex(16)  # the stream has the events of other tests, too
    parent = f"00-{trace_id}-00f067aa0ba902b7-01"

    answer = api.post("/crates", json={"name": "Northern Rail"}, headers={"traceparent": parent})
    consume([cloud_event(event, SOURCE) for event in adapter.published(container)])

    made = [span for span in spans.get_finished_spans() if f"{span.context.trace_id:032x}" == trace_id]
    assert {"POST /crates", "CreateCrate", "add Crate", "CrateCreated", "Twin", "commit"} <= {
        span.name for span in made
    }
    kinds = [span.kind for span in made if span.name == "CrateCreated"]
    assert kinds == [SpanKind.PRODUCER, SpanKind.CONSUMER]
    assert answer.headers["x-request-id"] == trace_id


def consume(envelopes):
    """Has the handler of Lambda consume them, in a service of its own."""
    consuming = Consuming()
    consuming.settings.override(Settings(persistence="memory", event_bus="memory"))
    handler = create_consumers_handler(consuming)
    assert envelopes
    for envelope in envelopes:
        handler({"detail": envelope}, Invocation())


def test_each_span_hangs_on_the_one_around_it(api, spans):
    api.post("/crates", json={"name": "Northern Rail"}, headers={"traceparent": PARENT})

    named = by_name(spans)
    request, use_case, store = named["POST /crates"], named["CreateCrate"], named["add Crate"]
    assert f"{request.parent.span_id:016x}" == "00f067aa0ba902b7"
    assert use_case.parent.span_id == request.context.span_id
    assert store.parent.span_id == use_case.context.span_id
    assert (request.kind, use_case.kind) == (SpanKind.SERVER, SpanKind.INTERNAL)
    assert request.attributes["http.response.status_code"] == 201


def test_without_a_trace_of_the_client_the_request_is_sampled_and_names_itself(api, spans):
    answer = api.get("/crates")

    request = by_name(spans)["GET /crates"]
    assert request.parent is None
    assert answer.headers["x-request-id"] == f"{request.context.trace_id:032x}"


def test_a_failure_has_its_kind_and_never_its_message(api, spans):
    api.get("/crates/none")

    use_case = by_name(spans)["GetCrate"]
    assert (use_case.status.is_ok, use_case.attributes["error.type"], use_case.events) == (False, "NotFound", ())


def test_counts_are_metrics_of_the_use_case(spans):
    with watched("use case", "Pack"):
        count("Packed", 2)

    told = json.loads(spans.reader.get_metrics_data().to_json())
    scopes = told["resource_metrics"][0]["scope_metrics"]
    points = {each["name"]: each["data"]["data_points"][0] for scope in scopes for each in scope["metrics"]}
    assert points["packed"]["value"] == 2
    assert points["operation.duration"]["attributes"] == {"layer": "use case", "operation": "Pack"}


@pytest.mark.parametrize("variable", ["OTEL_TRACES_EXPORTER", "OTEL_METRICS_EXPORTER"])
def test_an_exporter_that_is_not_installed_is_named(monkeypatch, variable):
    monkeypatch.setenv("OTEL_TRACES_EXPORTER", "none")
    monkeypatch.setenv("OTEL_METRICS_EXPORTER", "none")
    monkeypatch.setenv(variable, "pigeon")
    monkeypatch.setattr("opentelemetry.trace.set_tracer_provider", lambda _: None)

    with pytest.raises(Misconfigured, match=f"{variable}=pigeon needs .* such as opentelemetry-exporter-pigeon"):
        create(Settings())


def test_a_request_that_failed_without_an_error_is_a_failed_span(spans):
    for status in (499, 500):
        with in_trace("request", f"GET /{status}") as request:
            assert request is not None
            request.facts["status"] = status

    assert [by_name(spans)[name].status.is_ok for name in ("GET /499", "GET /500")] == [True, False]


@pytest.fixture
def providers(monkeypatch):
    """The providers that are set up: none at first."""
    providers: dict[str, Any] = {}
    for api, kind in ((trace, "tracer"), (metrics, "meter")):
        monkeypatch.setattr(api, f"get_{kind}_provider", partial(providers.get, kind))
        monkeypatch.setattr(api, f"set_{kind}_provider", partial(providers.__setitem__, kind))
    yield providers
    for made in providers.values():
        made.shutdown()


@pytest.mark.parametrize("protocol", ["http", "grpc"])
def test_by_default_all_goes_to_a_collector(monkeypatch, providers, protocol):
    monkeypatch.delenv("OTEL_TRACES_EXPORTER", raising=False)
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_PROTOCOL", {"http": "http/protobuf"}.get(protocol, protocol))

    with pytest.raises(
        Misconfigured, match=f"TRACES_EXPORTER=otlp needs .*opentelemetry-exporter-otlp-proto-{protocol}"
    ):
        create(Settings())


@pytest.mark.parametrize(("variable", "name"), [(None, Settings.service), ("mine", "mine")])
def test_spans_and_metrics_name_the_service(monkeypatch, providers, variable, name):
    for signal in ("TRACES", "METRICS"):
        monkeypatch.setenv(f"OTEL_{signal}_EXPORTER", "none")
    monkeypatch.delenv("OTEL_SERVICE_NAME", raising=False)
    if variable is not None:
        monkeypatch.setenv("OTEL_SERVICE_NAME", variable)

    create(Settings())

    assert providers["tracer"].resource.attributes["service.name"] == name
    assert providers["meter"]._sdk_config.resource.attributes["service.name"] == name


def test_providers_that_are_set_up_already_stay(monkeypatch, providers):
    for signal in ("TRACES", "METRICS"):
        monkeypatch.setenv(f"OTEL_{signal}_EXPORTER", "none")
    given = {"tracer": TracerProvider(), "meter": MeterProvider()}
    providers.update(given)

    create(Settings())

    assert providers == given
