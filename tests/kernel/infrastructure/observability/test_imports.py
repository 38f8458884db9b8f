"""A process imports the observers that it has, and no others. FastAPI itself imports the API of OpenTelemetry."""

import subprocess
import sys

import pytest

SCRIPT = """
import sys
from infrastructure.kernel.http.app import create_app
from infrastructure.kernel.observability.setup import observe
from tests.kernel.builders.crates import a_crate
from tests.kernel.service.container import Container
from tests.kernel.service.endpoints import ENDPOINTS
from tests.kernel.service.settings import Settings
container = Container()
container.settings.override(Settings(persistence="memory", observers=sys.argv[1] or None))
observe(container.settings())
create_app(container, ENDPOINTS, host="127.0.0.1")
container.crates().add(a_crate())
print(*sys.modules)
"""
OURS = "infrastructure.kernel.observability."


@pytest.mark.parametrize(
    ("observers", "ours", "has_sdk"),
    [
        ("", {"setup"}, False),
        ("log", {"setup", "log", "store"}, False),
        ("cloudwatch", {"setup", "log", "store", "cloudwatch"}, False),
        ("otel", {"setup", "log", "store", "otel"}, True),
    ],
)
def test_a_process_imports_the_observers_that_it_has(monkeypatch, observers, ours, has_sdk):
    monkeypatch.setenv("OTEL_TRACES_EXPORTER", "none")
    monkeypatch.setenv("OTEL_METRICS_EXPORTER", "none")
    command = [sys.executable, "-c", SCRIPT, observers]

    imported = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()

    assert {name.removeprefix(OURS) for name in imported if name.startswith(OURS)} == ours
    assert ("opentelemetry.sdk" in imported) is has_sdk
