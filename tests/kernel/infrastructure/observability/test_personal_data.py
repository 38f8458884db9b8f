"""No log line, metric or span has anything in it of what entities, requests and tokens hold."""

import logging
from typing import Any

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from infrastructure.kernel.logs import JsonFormatter
from infrastructure.kernel.observability.cloudwatch import CloudWatchObserver
from infrastructure.kernel.observability.log import LogObserver
from infrastructure.kernel.observability.otel import OpenTelemetryObserver
from tests.kernel.service.endpoints import ENDPOINTS
from usecases.kernel.observability import watch_with

pytestmark = pytest.mark.adapters

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


def test_nothing_of_entities_requests_and_tokens_is_told(api, caplog, monkeypatch):
    caplog.set_level(logging.INFO)
    lines: list[str] = []
    exporter, reader = InMemorySpanExporter(), InMemoryMetricReader()
    tracers, meters = TracerProvider(), MeterProvider(metric_readers=[reader])
    tracers.add_span_processor(SimpleSpanProcessor(exporter))
    otel = OpenTelemetryObserver(tracers.get_tracer("test"), meters.get_meter("test"), tracers.force_flush)
    monkeypatch.setattr("opentelemetry.trace.get_tracer_provider", lambda: tracers)  # which other libraries use
    monkeypatch.setattr("opentelemetry.metrics.get_meter_provider", lambda: meters)
    watch_with(LogObserver(), CloudWatchObserver("crates", "crates", lines.append), otel)
    logging.getLogger("httpx").setLevel(logging.WARNING)  # the client of this test

    answers = call_everything(api)

    logged = [JsonFormatter().format(record) for record in caplog.records]
    spans = [span.to_json() for span in exporter.get_finished_spans()]
    data = reader.get_metrics_data()
    assert data is not None
    everything = [*logged, *lines, *spans, data.to_json()]
    meters.shutdown()
    tracers.shutdown()
    assert {200, 201, 204, 400, 404, 412, 422} <= {answer.status_code for answer in answers}
    assert sum(MARKER in answer.text for answer in answers) > 10
    performed = {span.name for span in exporter.get_finished_spans()}
    assert {endpoint.use_case.__name__ for endpoint in ENDPOINTS} <= performed
    assert min(len(logged), len(lines), len(spans)) > 50
    assert [each for each in everything if MARKER in each] == []
