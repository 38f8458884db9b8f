"""The tests of a service use these modules, whatever its aggregates and events are called."""

import subprocess
import sys

FOR_EVERY_SERVICE = (
    "tests.kernel.adapters",
    "tests.kernel.on_request",
    "tests.kernel.chosen",
    "tests.kernel.contracts.every_repository",
    "tests.kernel.contracts.repository",
    "tests.kernel.contracts.wiring",
    "tests.kernel.fixtures",
    "tests.kernel.infrastructure.http.answers",
    "tests.kernel.infrastructure.http.clients",
    "tests.kernel.ministack",
    "tests.kernel.usecases.races",
)
PRINT_WHAT_IS_LOADED = f"""
import sys, {", ".join(FOR_EVERY_SERVICE)}
from domain.kernel.events import event_types
print(*(name for name in sys.modules if name.startswith("tests.kernel.service")), *event_types())
"""


def test_importing_them_loads_no_aggregate_and_no_event_that_a_service_could_have():
    loaded = subprocess.run([sys.executable, "-c", PRINT_WHAT_IS_LOADED], capture_output=True, text=True, check=True)

    assert set(loaded.stdout.split()) <= {"Happened"}
