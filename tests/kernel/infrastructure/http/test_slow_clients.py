"""Clients that keep the server waiting, on real sockets. The limit is a second, which only they are measured by."""

import errno
import logging
import os
import socket
from asyncio import new_event_loop
from collections.abc import Iterator
from contextlib import ExitStack

import httpx
import pytest

from infrastructure.kernel.http.app import create_app
from infrastructure.kernel.http.server import Server
from tests.kernel.builders.containers import an_in_memory_container
from tests.kernel.builders.crates import a_crate
from tests.kernel.infrastructure.http.serving import DEADLINE_SECONDS
from tests.kernel.infrastructure.http.serving import Hanging
from tests.kernel.infrastructure.http.serving import Serving
from tests.kernel.infrastructure.http.serving import serving
from tests.kernel.infrastructure.http.serving import wait_until
from tests.kernel.service.container import Container
from tests.kernel.service.endpoints import ENDPOINTS
from tests.kernel.service.settings import Settings

REQUEST = b"GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n"
LISTING = b"GET /crates?limit=500 HTTP/1.1\r\nhost: x\r\n\r\n"
HEADERS = b"POST /crates HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 15\r\n\r\n"
BODY = b'{"name":"Rail"}'


def a_container(**settings: int) -> Container:
    container = an_in_memory_container()
    container.settings.override(Settings(event_bus="memory", shutdown_seconds=DEADLINE_SECONDS, **settings))
    return container


@pytest.fixture
def container() -> Container:
    """No adapter has a part in this."""
    return a_container(client_seconds=1)


@pytest.fixture
def served(container: Container) -> Iterator[Serving]:
    with serving(container) as served:
        yield served


def trickle(client: socket.socket, text: bytes = b"x") -> bytes:
    """What the server answers in the end, while it is sent a byte now and then."""
    client.settimeout(0.05)
    answer = b""
    for _ in range(DEADLINE_SECONDS * 20):
        try:
            client.sendall(text)
            while received := client.recv(65536):
                answer += received
        except TimeoutError:
            continue
        except OSError:
            pass
        return answer
    pytest.fail("the connection is still open")


def everything(client: socket.socket) -> bytes:
    """What the server sends until it closes the connection."""
    answer = b""
    try:
        while received := client.recv(65536):
            answer += received
    except ConnectionResetError:
        pass
    return answer


@pytest.mark.parametrize(
    ("sent", "then"),
    [(b"", b""), (b"GET /", b"x"), (b"GET / HTTP/1.1\r\na: ", b"x")],
    ids=["nothing", "a-line", "a-header"],
)
def test_headers_that_never_end_are_given_up(served, sent, then):
    with served.connect() as client:
        client.sendall(sent)

        assert trickle(client, then) == b""


def test_headers_of_a_second_request_that_never_end_are_given_up(served):
    with served.connect() as client:
        client.sendall(REQUEST + b"GET /")

        assert trickle(client).startswith(b"HTTP/1.1 200 ")


def test_a_body_that_never_ends_is_given_up_and_nothing_is_done(served, container, caplog):
    with served.connect() as client:
        client.sendall(HEADERS.replace(b"15", b"99999"))

        assert trickle(client).startswith(b"HTTP/1.1 408 ")
    assert not container.event_bus().published
    assert not [record for record in caplog.records if record.levelno > logging.WARNING]


def test_a_body_that_goes_on_after_it_was_refused_is_given_up(served):
    with served.connect() as client:
        client.sendall(HEADERS.replace(b"15", b"99999999") + b"x" * 1024 * 1025)

        assert trickle(client).startswith(b"HTTP/1.1 413 ")


def test_an_answer_that_nobody_reads_is_given_up(served, container):
    container.crates().put_many(a_crate("x" * 100) for _ in range(500))

    with served.connect() as client:
        client.settimeout(1)
        with pytest.raises((OSError, TimeoutError)):
            while True:
                client.sendall(LISTING)
        client.settimeout(DEADLINE_SECONDS)
        answers = everything(client)

    assert answers.startswith(b"HTTP/1.1 200 ")
    wait_until(lambda: not served.server.server_state.connections)  # as soon as the server, too, hears of the end


def test_clients_that_are_not_slow_are_served_again_and_again(served):
    with httpx.Client(base_url=served.url, timeout=DEADLINE_SECONDS) as client:
        answers = [client.post("/crates", json={"name": "Rail"}).status_code for _ in range(9)]

    assert answers == [201] * 9


def test_a_server_that_stops_does_not_wait_for_a_body_that_never_ends():
    with serving(a_container(client_seconds=DEADLINE_SECONDS * 10)) as served, served.connect() as client:
        client.sendall(HEADERS + BODY[:3])
        served.wait_for_a_request()

        served.stop()

        assert everything(client).startswith(b"HTTP/1.1 408 ")


def test_a_server_that_stops_takes_a_body_that_comes():
    with serving(a_container()) as served, served.connect() as client:
        client.sendall(HEADERS + BODY[:3])
        served.wait_for_a_request()
        served.server.should_exit = True
        client.sendall(BODY[3:])

        assert everything(client).startswith(b"HTTP/1.1 201 ")


def test_of_too_many_connections_the_one_that_kept_the_server_waiting_for_longest_is_closed():
    with serving(a_container(connections=2, client_seconds=DEADLINE_SECONDS * 10)) as served, ExitStack() as clients:
        first, *others = [clients.enter_context(served.connect()) for _ in range(3)]
        first.sendall(b"GET / HT")

        assert everything(first) == b""
        for client in others:
            client.sendall(REQUEST)
            assert client.recv(65536).startswith(b"HTTP/1.1 200 ")


def test_a_connection_whose_request_is_served_is_never_closed_for_another():
    hanging = Hanging()
    container = a_container(connections=1)
    container.get_crate.override(hanging)

    with serving(container) as served, served.connect() as first:
        first.sendall(b"GET /crates/s1 HTTP/1.1\r\nhost: x\r\n\r\n")
        assert hanging.begun.acquire(timeout=DEADLINE_SECONDS)
        with served.connect() as second:
            assert everything(second) == b""
        hanging.may_end.set()

        assert first.recv(65536).startswith(b"HTTP/1.1 200 ")


def test_without_file_descriptors_a_line_a_minute_is_logged(caplog):
    loop = new_event_loop()
    server = Server(create_app(an_in_memory_container(), ENDPOINTS, host="127.0.0.1"), Settings())
    none_left = OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    for _ in range(1000):
        server._complain(loop, {"message": "socket.accept() out of system resource", "exception": none_left})
    server._complain(loop, {"message": "something else", "exception": RuntimeError("unheard of")})
    loop.close()

    assert [record.getMessage() for record in caplog.records] == [
        f"no connection can be accepted: {none_left.strerror}",
        "something else",
    ]
