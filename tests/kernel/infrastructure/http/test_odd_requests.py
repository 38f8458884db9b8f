"""Requests that are no HTTP, or more than there should be, on real sockets."""

import socket
from collections.abc import Iterator

import pytest

from infrastructure.kernel.http.connection import MAX_HEADERS
from infrastructure.kernel.http.connection import MAX_PIPELINED
from tests.kernel.builders.containers import an_in_memory_container
from tests.kernel.infrastructure.http.serving import DEADLINE_SECONDS
from tests.kernel.infrastructure.http.serving import Hanging
from tests.kernel.infrastructure.http.serving import Serving
from tests.kernel.infrastructure.http.serving import serving
from tests.kernel.service.container import Container

REQUEST = b"GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n"
LAST = b"GET /health/live HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"
POST = b"POST /crates HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
BODY = b'{"name":"Rail"}'
WHOLE_POST = POST + b"content-length: %d\r\n\r\n" % len(BODY) + BODY
UPGRADE = b"host: x\r\nconnection: upgrade, http2-settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABkAAQAAP__\r\n"


@pytest.fixture
def container() -> Container:
    """No adapter has a part in this."""
    return an_in_memory_container()


@pytest.fixture
def served(container: Container) -> Iterator[Serving]:
    with serving(container) as served:
        yield served


def answers(client: socket.socket) -> list[bytes]:
    """The statuses of all answers, until the server closes the connection."""
    received = b""
    try:
        while more := client.recv(65536):
            received += more
    except ConnectionResetError:
        pass
    return [answer[:3] for answer in received.split(b"HTTP/1.1 ")[1:]]


@pytest.mark.parametrize(
    "sent",
    [
        b"nonsense\r\n\r\n",
        REQUEST.replace(b"host:", b"host :"),
        REQUEST.replace(b"host: x\r\n", b""),
        REQUEST.replace(b"host: x\r\n", b"host: x\r\nhost: y\r\n"),
        POST + b"content-length: 5\r\ncontent-length: 6\r\n\r\n",
        POST + b"transfer-encoding: chunked\r\ncontent-length: 5\r\n\r\n",
        POST + b"transfer-encoding: chunked\r\n\r\nno number\r\n",
        b"CONNECT x:443 HTTP/1.1\r\nhost: x\r\n\r\n",
    ],
    ids=["nonsense", "blank", "no-host", "two-hosts", "two-lengths", "length-and-chunks", "bad-chunk", "connect"],
)
def test_a_malformed_request_is_refused_and_its_connection_closed(served, container, sent):
    with served.connect() as client:
        client.sendall(sent)

        assert answers(client) == [b"400"]
    assert not container.event_bus().published


def test_what_was_asked_before_a_malformed_request_is_answered(served, container):
    with served.connect() as client:
        client.sendall(WHOLE_POST + b"nonsense\r\n\r\n")

        assert answers(client) == [b"201"]


def test_an_answer_that_takes_its_time_comes_before_the_end_of_a_connection_with_a_malformed_request(container):
    hanging = Hanging()
    container.get_crate.override(hanging)

    with serving(container) as served, served.connect() as client:
        client.sendall(b"GET /crates/s1 HTTP/1.1\r\nhost: x\r\n\r\n")
        assert hanging.begun.acquire(timeout=DEADLINE_SECONDS)
        client.sendall(b"nonsense\r\n\r\n")
        hanging.may_end.set()

        assert answers(client) == [b"200"]


@pytest.mark.parametrize("begin", [b"GET /", b"GET /health/live HTTP/1.1\r\na: "], ids=["line", "header"])
def test_headers_that_are_too_long_are_refused(served, begin):
    with served.connect() as client:
        client.sendall(begin + b"x" * MAX_HEADERS)

        assert answers(client) == [b"431"]


def test_headers_after_a_body_that_are_too_long_are_refused(served, container):
    with served.connect() as client:
        client.sendall(POST + b"transfer-encoding: chunked\r\n\r\n")
        served.wait_for_a_request()
        client.sendall(b"0\r\na: " + b"x" * MAX_HEADERS)

        assert answers(client) == [b"431"]
    assert not container.event_bus().published


def test_headers_as_long_as_they_may_be_are_served(served):
    with served.connect() as client:
        client.sendall(LAST.replace(b"host", b"a: %b\r\nhost" % (b"x" * (MAX_HEADERS - len(LAST) - 5))))

        assert answers(client) == [b"200"]


def test_requests_that_are_sent_at_once_are_answered_in_their_sequence(served):
    with served.connect() as client:
        client.sendall(REQUEST + WHOLE_POST + REQUEST.replace(b"live", b"dead") + LAST)

        assert answers(client) == [b"200", b"201", b"404", b"200"]


def test_of_too_many_requests_that_are_sent_at_once_the_first_ones_are_answered(container):
    hanging = Hanging()
    container.get_crate.override(hanging)

    with serving(container) as served, served.connect() as client:
        client.sendall(b"GET /crates/s1 HTTP/1.1\r\nhost: x\r\n\r\n")
        assert hanging.begun.acquire(timeout=DEADLINE_SECONDS)
        client.sendall(REQUEST * (2 * MAX_PIPELINED))
        hanging.may_end.set()

        assert MAX_PIPELINED < len(answers(client)) < 2 * MAX_PIPELINED


@pytest.mark.parametrize("parts", [1, 2], ids=["at-once", "in-two-parts"])
def test_a_client_that_would_like_another_protocol_is_served_in_this_one(served, container, parts):
    head = POST.replace(b"host: x\r\n", UPGRADE) + b"content-length: %d\r\n\r\n" % len(BODY)

    with served.connect() as client:
        if parts == 1:
            client.sendall(head + BODY + LAST)
        else:
            client.sendall(head)
            served.wait_for_a_request()
            client.sendall(BODY + LAST)

        assert answers(client) == [b"201", b"200"]
    assert len(container.event_bus().published) == 1
