"""The commands of docs/observability.md: the console shows one trace, from the request to the consumer.

Here the consumer is handed the envelope that the relay logged. tests/deployment/test_traces.py has all by way of the bus.
"""

import json
import re
import subprocess
import sys
from contextlib import ExitStack
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from deploy.kernel.sam import TEMPLATE
from tests.deployment.test_traces import traced
from tests.docs.processes import PREFIX
from tests.docs.processes import ROOT
from tests.docs.processes import SERVERS
from tests.docs.processes import START_SECONDS
from tests.docs.processes import TOURED
from tests.docs.processes import await_line
from tests.docs.processes import relaying
from tests.docs.processes import serving

PAGE = ROOT / "docs" / "observability.md"
CONSOLE = {
    f"{PREFIX}OBSERVERS": "otel",
    "OTEL_TRACES_EXPORTER": "console",
    "OTEL_METRICS_EXPORTER": "none",
    "OTEL_BSP_SCHEDULE_DELAY": "100",
}
CONSUME = """
import json, sys
from infrastructure.aws_lambda.consumers import handler
class Context:
    memory_limit_in_mb = "512"
    def get_remaining_time_in_millis(self): return 10_000
handler({"detail": json.load(sys.stdin)}, Context())
"""
SPAN = re.compile(r"^\{\n.*?^\}", re.MULTILINE | re.DOTALL)


def spans(text: str) -> list[dict[str, Any]]:
    """What the console exporter has printed."""
    return [json.loads(span[0]) for span in SPAN.finditer(text)]


def create(address: str) -> str:
    """Creates a sponsor, and returns the id of the request."""
    connection = HTTPConnection(urlsplit(address).netloc, timeout=START_SECONDS)
    connection.request("POST", "/sponsors", '{"name": "Traced"}', {"content-type": "application/json"})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.headers["x-request-id"]


def consumed(envelope: str) -> str:
    """What the handler of the consumers prints, in a process of its own."""
    process = subprocess.run(
        [sys.executable, "-c", CONSUME],
        cwd=ROOT,
        env={**CONSOLE, f"{PREFIX}PERSISTENCE": "memory"},
        input=envelope,
        capture_output=True,
        encoding="utf-8",
        timeout=START_SECONDS,
        check=True,
    )
    return process.stdout


@pytest.mark.adapters
@pytest.mark.parametrize("adapter_name", TOURED)
def test_the_console_shows_one_trace_from_the_request_to_the_consumer(adapter_name, tmp_path):
    command_line, environment = SERVERS[adapter_name]
    log = tmp_path / "server.log"

    with ExitStack() as stack:
        address = stack.enter_context(serving(command_line, {**environment, **CONSOLE}, tmp_path))
        carrying = log
        if adapter_name != "memory":
            carrying = stack.enter_context(relaying({**environment, **CONSOLE}, tmp_path))
        request_id = create(address)
        told = await_line(carrying, "Traced")
    printed = "".join(Path(each).read_text(encoding="utf-8") for each in {log, carrying})
    printed += consumed(told[told.index("{") :])

    trace = {span["name"]: span for span in spans(printed) if span["context"]["trace_id"] == f"0x{request_id}"}
    kinds = [span["kind"] for span in spans(printed) if span["name"] == "SponsorCreated"]
    assert {"POST /sponsors", "CreateSponsor", "add Sponsor", "SponsorCreated"} <= trace.keys()
    assert ("PutItem" in trace) is (adapter_name != "memory")
    assert sorted(kinds) == ["SpanKind.CONSUMER", "SpanKind.PRODUCER"]


def test_the_functions_are_traced_as_the_page_shows():
    [shown] = re.findall(r"^```yaml\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)

    deployed = traced(
        (ROOT / TEMPLATE).read_text(encoding="utf-8"), "arn:aws:lambda:eu-west-1:123456789012:layer:otel:1"
    )

    assert set(shown.splitlines()) <= set(deployed.splitlines())
