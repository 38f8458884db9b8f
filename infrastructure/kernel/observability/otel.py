"""Traces and metrics of OpenTelemetry. The variables `OTEL_…` of OpenTelemetry say where they go.

https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
"""

import os
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from importlib.metadata import entry_points
from typing import Any
from typing import NamedTuple

from opentelemetry import metrics
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.context import get_current
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import SERVICE_NAME
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from domain.kernel.errors import Misconfigured
from domain.kernel.trace import Trace
from infrastructure.kernel.observability.log import summary
from infrastructure.kernel.settings import Settings
from usecases.kernel.observability import SUMMED_UP
from usecases.kernel.observability import Layer
from usecases.kernel.observability import Observer
from usecases.kernel.observability import Operation

SCOPE = "infrastructure.kernel.observability"

_KINDS: dict[Layer, SpanKind] = {
    "request": SpanKind.SERVER,
    "dynamodb": SpanKind.CLIENT,
    "publish": SpanKind.PRODUCER,
    "consumer": SpanKind.CONSUMER,
}
_STATUS_FAILED = 500
_WORD = re.compile(r"(?<=[a-z])(?=[A-Z])")
"""Where a name has an underscore in OpenTelemetry, which ignores case."""


class _Begun(NamedTuple):
    """A span that is under way, and what ends it as the current one."""

    span: trace.Span
    current: AbstractContextManager[Any]


class OpenTelemetryObserver(Observer):
    """Makes a span of each operation. Durations and counts of use cases and batches of the relay are metrics, too."""

    def __init__(self, tracer: trace.Tracer, meter: metrics.Meter, flush: Callable[[], object]) -> None:
        self._tracer = tracer
        self._meter = meter
        self._flush = flush
        self._durations = meter.create_histogram("operation.duration", unit="s", description="How long it took.")
        self._counters: dict[str, metrics.Counter] = {}

    def begin(self, operation: Operation) -> None:
        kind = _KINDS.get(operation.layer, SpanKind.INTERNAL)
        span = self._tracer.start_span(operation.name, context=_parent(operation), kind=kind)
        current = trace.use_span(span, end_on_exit=False, record_exception=False, set_status_on_exception=False)
        current.__enter__()
        operation.state[OpenTelemetryObserver] = _Begun(span, current)
        made = span.get_span_context()
        traceparent = f"00-{made.trace_id:032x}-{made.span_id:016x}-{made.trace_flags:02x}"
        operation.trace = Trace.of(traceparent, operation.trace.request_id if operation.trace else None)

    def end(self, operation: Operation) -> None:
        begun: _Begun = operation.state.pop(OpenTelemetryObserver)
        begun.current.__exit__(None, None, None)
        begun.span.update_name(operation.name)
        begun.span.set_attributes(_attributes(operation))
        if operation.error is not None or operation.facts.get("status", 0) >= _STATUS_FAILED:
            begun.span.set_status(trace.StatusCode.ERROR, operation.error_kind)
        begun.span.end()
        told = {"layer": operation.layer, "operation": operation.name}
        kind = {} if operation.error_kind is None else {"error.type": operation.error_kind}
        self._durations.record(operation.seconds, {**told, **kind})
        if operation.layer in SUMMED_UP:
            for name, value in operation.counts.items():
                counter = self._counters.get(name) or self._meter.create_counter(_WORD.sub("_", name).lower())
                self._counters[name] = counter
                counter.add(value, told)

    def flush(self) -> None:
        self._flush()


def _parent(operation: Operation) -> Context:
    """Where the span hangs: in the trace of another process, or else in what is current here."""
    if operation.is_remote and operation.trace is not None:
        return TraceContextTextMapPropagator().extract({"traceparent": operation.trace.traceparent}, Context())
    return get_current()


def _attributes(operation: Operation) -> dict[str, Any]:
    """What the semantic conventions know of, by their names; and all else that is known."""
    told = {name: value for name, value in summary(operation).items() if isinstance(value, str | int | float)}
    known = {"error": "error.type", "status": "http.response.status_code", "dynamodb": "db.operation.name"}
    named = {known.get(name, name): value for name, value in told.items()}
    return {**named, "db.system.name": "aws.dynamodb"} if operation.layer == "dynamodb" else named


def create(settings: Settings) -> OpenTelemetryObserver:
    """The observer. Providers that somebody has set up already, such as `opentelemetry-instrument`, are used.

    Raises:
        Misconfigured: an exporter that the environment names is not installed.
    """
    named = {} if os.environ.get("OTEL_SERVICE_NAME") else {SERVICE_NAME: settings.service}
    if not isinstance(trace.get_tracer_provider(), TracerProvider):
        tracers = TracerProvider(resource=Resource.create(named))
        for exporter in _exporters("traces"):
            tracers.add_span_processor(BatchSpanProcessor(exporter))
        trace.set_tracer_provider(tracers)
    if not isinstance(metrics.get_meter_provider(), MeterProvider):
        readers = [PeriodicExportingMetricReader(exporter) for exporter in _exporters("metrics")]
        metrics.set_meter_provider(MeterProvider(metric_readers=readers, resource=Resource.create(named)))
    providers: list[Any] = [trace.get_tracer_provider(), metrics.get_meter_provider()]

    def flush() -> None:
        for provider in providers:
            provider.force_flush()

    return OpenTelemetryObserver(trace.get_tracer(SCOPE), metrics.get_meter(SCOPE), flush)


def _exporters(signal: str) -> list[Any]:
    """Those that the environment names; by OpenTelemetry's default `otlp`."""
    variable = f"OTEL_{signal.upper()}_EXPORTER"
    names = [name.strip() for name in os.environ.get(variable, "otlp").split(",")]
    return [_exporter(name, signal, variable) for name in names if name not in ("", "none")]


def _exporter(name: str, signal: str, variable: str) -> Any:
    by_grpc = os.environ.get("OTEL_EXPORTER_OTLP_PROTOCOL") == "grpc"
    called = {"otlp": "otlp_proto_grpc" if by_grpc else "otlp_proto_http"}.get(name, name)
    found = list(entry_points(group=f"opentelemetry_{signal}_exporter", name=called))
    if not found:
        package = f"opentelemetry-exporter-{called.replace('_', '-')}"
        raise Misconfigured(f"{variable}={name} needs an exporter that is not installed, such as {package}")
    return found[0].load()()
