"""A load generator: `python -m benchmarks.http.load`.

It reads a line of JSON at a time, `{"port": …, "path": …, "body": …, "connections": …, "requests": …}`, and answers with
the seconds that the requests took. Each connection sends a request when it has the answer to the one before. Every
answer must be a 200 with that body.
"""

import asyncio
import json
import sys
from contextlib import ExitStack
from http.client import HTTPConnection
from time import perf_counter
from typing import Any

import uvloop


class _Client(asyncio.Protocol):
    """A connection that asks again and again. It counts the bytes of an answer, for all answers are equally long."""

    def __init__(self, load: "_Load") -> None:
        self._load = load
        self._received = b""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # those of TCP can write
        self.transport = transport

    def ask(self) -> None:
        self.transport.write(self._load.request)

    def data_received(self, data: bytes) -> None:
        self._received += data
        if len(self._received) >= self._load.size:
            answer, self._received = self._received, b""
            self._load.answered(self, answer)

    def connection_lost(self, exc: Exception | None) -> None:
        self._load.give_up("the server closed a connection")


class _Load:
    """So many requests over some connections."""

    def __init__(self, asked: dict[str, Any]) -> None:
        self.request = f"GET {asked['path']} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n".encode()
        self.size = 0
        self._asked = asked
        self._body = asked["body"].encode()
        self._to_send = self._to_come = asked["requests"]
        self._over: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def seconds(self) -> float:
        """How long they take."""
        loop, port = asyncio.get_running_loop(), self._asked["port"]
        clients = [
            (await loop.create_connection(lambda: _Client(self), "127.0.0.1", port))[1]
            for _ in range(self._asked["connections"])
        ]
        began = perf_counter()
        for client in clients:
            self._ask(client)
        await self._over
        seconds = perf_counter() - began
        for client in clients:
            client.transport.abort()
        return seconds

    def answered(self, client: _Client, answer: bytes) -> None:
        if not (answer.startswith(b"HTTP/1.1 200 ") and answer.endswith(self._body)):
            self.give_up(f"not the answer that is expected: {answer!r}")
        self._to_come -= 1
        if self._to_come:
            self._ask(client)
        elif not self._over.done():
            self._over.set_result(None)

    def give_up(self, why: str) -> None:
        if not self._over.done():
            self._over.set_exception(ConnectionError(why))

    def _ask(self, client: _Client) -> None:
        if self._to_send:
            self._to_send -= 1
            client.ask()


def _size(asked: dict[str, Any]) -> int:
    """How long an answer is, head and body."""
    with ExitStack() as stack:
        connection = HTTPConnection("127.0.0.1", asked["port"])
        stack.callback(connection.close)
        connection.request("GET", asked["path"])
        answer = connection.getresponse()
        head = sum(len(name) + len(value) + len(": \r\n") for name, value in answer.getheaders())
        return len("HTTP/1.1 200 OK\r\n\r\n") + head + len(answer.read())


async def _seconds(asked: dict[str, Any]) -> float:
    load = _Load(asked)
    load.size = await asyncio.to_thread(_size, asked)
    return await load.seconds()


def main() -> None:
    """Serves until its standard input ends."""
    for line in sys.stdin:
        print(json.dumps(uvloop.run(_seconds(json.loads(line)))), flush=True)


if __name__ == "__main__":
    main()
