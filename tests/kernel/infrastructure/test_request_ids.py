"""The id of a request: where it comes from, and everywhere it goes."""

import json
import logging
import re
from typing import ClassVar

import httpx
import pytest
from dependency_injector.providers import Factory

from domain.kernel.events import Event
from domain.kernel.events import trace_of
from domain.kernel.trace import Trace
from domain.kernel.unit_of_work import UnitOfWork
from infrastructure.kernel.aws_lambda.consumers import create_consumers_handler
from infrastructure.kernel.events.cloud_events import cloud_event
from infrastructure.kernel.logs import JsonFormatter
from infrastructure.kernel.logs import PrintableFormatter
from infrastructure.kernel.logs import add_context
from tests.kernel.builders.containers import an_in_memory_container
from tests.kernel.builders.crates import a_crate
from tests.kernel.builders.events import Happened
from tests.kernel.builders.events import an_event
from tests.kernel.infrastructure.aws_lambda.invocations import Invocation
from tests.kernel.infrastructure.http.clients import WAYS
from tests.kernel.infrastructure.http.clients import portal
from tests.kernel.infrastructure.observability.recorder import Recorder
from tests.kernel.service.container import Container
from tests.kernel.service.endpoints import ENDPOINTS
from tests.kernel.service.settings import SOURCE
from tests.kernel.service.settings import Settings
from usecases.kernel.consumers import Consumer
from usecases.kernel.observability import current_trace
from usecases.kernel.observability import in_trace
from usecases.kernel.observability import watch_with
from usecases.kernel.observability import watched

__all__ = ["portal"]

TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = f"00-{TRACE_ID}-00f067aa0ba902b7-01"


class Notice(Consumer):
    """Notices the trace that it is called in."""

    name = "notice"
    handles = (Happened,)
    seen: ClassVar[list[Trace | None]] = []

    def apply(self, event: Event, work: UnitOfWork) -> None:
        self.seen.append(current_trace())


class Extended(Container):
    """A service that notices."""

    notice = Factory(Notice, Container.unit_of_work.provider, Container.now.provider)


@pytest.fixture
def container():
    return an_in_memory_container()


@pytest.fixture(params=WAYS)
def api(request, container, portal) -> httpx.Client:
    return WAYS[request.param](container, ENDPOINTS, portal)


@pytest.mark.parametrize(
    ("headers", "request_id"),
    [
        ({"x-request-id": "of-the-client.1"}, "of-the-client.1"),
        ({"traceparent": PARENT}, TRACE_ID),
        ({"traceparent": PARENT, "x-request-id": "of-the-client.1"}, "of-the-client.1"),
    ],
    ids=["request-id", "traceparent", "both"],
)
@pytest.mark.parametrize(("path", "status"), [("/crates", 200), ("/crates/none", 404), ("/nowhere", 404)])
def test_the_id_that_a_client_sends_comes_back_in_every_answer(api, headers, request_id, path, status):
    answer = api.get(path, headers=headers)

    assert (answer.status_code, answer.headers["x-request-id"]) == (status, request_id)
    assert status == 200 or answer.json()["request_id"] == request_id


def test_without_an_id_each_request_gets_one_of_its_own(api):
    ids = {api.get("/crates").headers["x-request-id"] for _ in range(3)}

    assert len(ids) == 3
    assert all(re.fullmatch(r"[0-9a-f]{32}", each) for each in ids)


@pytest.mark.parametrize(
    "headers",
    [
        {"x-request-id": "x" * 129},
        {"x-request-id": "a b"},
        {"x-request-id": '"},"level":"ERROR"'},
        {"x-request-id": b"\x1b[31m".decode("latin-1")},
        {"traceparent": f"00-{'0' * 32}-00f067aa0ba902b7-01"},
        {"traceparent": f"00-{TRACE_ID}-{'0' * 16}-01"},
        {"traceparent": f"ff-{TRACE_ID}-00f067aa0ba902b7-01"},
        {"traceparent": f"{PARENT}-more"},
        {"traceparent": PARENT.upper()},
    ],
    ids=lambda headers: str(headers)[:40],
)
def test_an_id_that_is_too_long_or_has_other_characters_is_replaced(container, portal, headers):
    answer = WAYS["http"](container, ENDPOINTS, portal).get("/crates/none", headers=headers)

    assert re.fullmatch(r"[0-9a-f]{32}", answer.json()["request_id"])
    assert answer.json()["request_id"] != TRACE_ID


def test_a_header_that_is_repeated_says_nothing(container, portal):
    twice = [("x-request-id", "one"), ("x-request-id", "two")]

    answer = WAYS["http"](container, ENDPOINTS, portal).get("/crates", headers=twice)

    assert answer.headers["x-request-id"] not in {"one", "two", "one, two"}


def test_a_later_version_of_the_header_is_understood():
    assert Trace.of(f"01-{TRACE_ID}-00f067aa0ba902b7-01-more").traceparent == PARENT


@pytest.mark.parametrize("request_id", [TRACE_ID, "of-the-client.1"])
def test_a_trace_reads_what_it_wrote(request_id):
    trace = Trace(request_id, PARENT)

    assert Trace.parse(str(trace)) == trace


@pytest.mark.parametrize("damaged", [None, 3, "", "x", PARENT[:-1], f"{PARENT}{PARENT}"])
def test_a_damaged_trace_is_none(damaged):
    assert Trace.parse(damaged) is None


def test_events_in_memory_carry_the_request_that_wrote_them(container, api):
    api.post("/crates", json={"name": "Northern Rail"}, headers={"traceparent": PARENT, "x-request-id": "r1"})

    [event] = container.event_bus().published
    assert trace_of(event) == Trace("r1", PARENT)
    envelope = cloud_event(event, "crates")
    assert (envelope["traceparent"], envelope["correlationid"]) == (PARENT, "r1")


def test_the_envelope_of_an_event_without_a_request_names_none():
    assert not cloud_event(an_event(a_crate()), "crates").keys() & {"traceparent", "correlationid"}


def test_a_consumer_goes_on_in_the_trace_of_the_event():
    container = Extended()
    container.settings.override(Settings(persistence="memory", event_bus="memory"))
    handler = create_consumers_handler(container)
    envelope = {**cloud_event(an_event(a_crate()), SOURCE), "traceparent": PARENT, "correlationid": "r1"}

    handler({"detail": envelope}, Invocation())

    assert Notice.seen == [Trace("r1", PARENT)]


class Kept(logging.Handler):
    """Keeps the lines that it would write."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__()
        self.lines = lines

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture
def lines():
    """What handlers of the two formats write."""
    written: dict[str, list[str]] = {"json": [], "text": []}
    logger = logging.getLogger("tests.request_ids")
    handlers = []
    for name, formatter in {"json": JsonFormatter(), "text": PrintableFormatter()}.items():
        handler = Kept(written[name])
        handler.setFormatter(formatter)
        handler.addFilter(add_context)
        logger.addHandler(handler)
        handlers.append(handler)
    yield written
    for handler in handlers:
        logger.removeHandler(handler)


def test_a_line_of_json_has_the_ids_and_all_that_extra_was_given(lines):
    with in_trace("request", "GET /crates", traceparent=PARENT, request_id="r1"):
        logging.getLogger("tests.request_ids").warning("packed %d", 3, extra={"crates": 3})

    line = json.loads(lines["json"][0])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", line.pop("timestamp"))
    assert line == {
        "level": "WARNING",
        "logger": "tests.request_ids",
        "message": "packed 3",
        "request_id": "r1",
        "trace_id": TRACE_ID,
        "crates": 3,
    }


def test_a_line_that_is_logged_in_a_use_case_names_it(lines):
    watch_with(Recorder())

    with in_trace("request", "POST /crates"), watched("use case", "Pack"), watched("store", "add Crate"):
        logging.getLogger("tests.request_ids").warning("packed")
    watch_with()

    assert json.loads(lines["json"][0])["use_case"] == "Pack"


def test_a_line_of_text_has_the_id_before_the_message(lines):
    with in_trace("request", "GET /crates", request_id="r1"):
        logging.getLogger("tests.request_ids").warning("packed")
    logging.getLogger("tests.request_ids").warning("stopped")

    assert [line.partition("WARNING ")[2] for line in lines["text"]] == [
        "tests.request_ids [r1] packed",
        "tests.request_ids stopped",
    ]


def test_a_traceback_in_json_stays_in_its_line(lines):
    try:
        raise OSError("gone")
    except OSError:
        logging.getLogger("tests.request_ids").exception("failed")

    [line] = lines["json"]
    assert "\n" not in line
    assert json.loads(line)["stackTrace"][-1] == "OSError: gone"


@pytest.mark.parametrize("odd", [b"\xff", "half \ud800", float("nan"), float("inf"), ..., {(1, 2): {3}}], ids=ascii)
def test_whatever_extra_is_given_the_line_is_json_and_not_lost(lines, odd):
    logging.getLogger("tests.request_ids").warning("packed", extra={"odd": odd})

    [line] = lines["json"]
    told = json.loads(line, parse_constant=pytest.fail)
    assert told["message"] == "packed"
    assert "odd" in told


def test_a_message_with_half_of_a_character_is_not_lost():
    """Formatted by itself: pytest could not tell xdist of such a message."""
    record = logging.makeLogRecord({"msg": "packed %s", "args": ("half \ud800",)})

    assert json.loads(JsonFormatter().format(record))["message"] == r"packed half \ud800"
