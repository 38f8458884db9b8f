"""A stub of DynamoDB on loopback: canned answers to the requests of the benchmarks. It checks no signature.

`python -m benchmarks.stub MILLISECONDS` waits so long before each answer. It prints its port, and ends when its standard
input does. `GET /` answers with the body of the last write.
"""

import asyncio
import json
import sys
import zlib
from functools import lru_cache
from typing import Any

from benchmarks.data import PAGE
from benchmarks.data import entry
from benchmarks.data import item
from benchmarks.data import listed_in
from benchmarks.data import number_of

_END_OF_HEAD = b"\r\n\r\n"


class _Connection(asyncio.Protocol):
    last_write = b""

    def __init__(self, delay_seconds: float) -> None:
        self._delay_seconds = delay_seconds
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        while (end := self._received.find(_END_OF_HEAD)) >= 0:
            head = self._received[:end].decode("latin-1").split("\r\n")
            headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:])}
            start, size = end + len(_END_OF_HEAD), int(headers.get("content-length", 0))
            if headers.get("expect") == "100-continue" and len(self._received) == start:
                self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            if len(self._received) < start + size:
                return
            body, self._received = self._received[start : start + size], self._received[start + size :]
            self._answer(headers.get("x-amz-target", "").rpartition(".")[2], body)

    def _answer(self, operation: str, body: bytes) -> None:
        if operation in ("PutItem", "UpdateItem", "TransactWriteItems"):
            _Connection.last_write = body
        content = answer(operation, body) if operation else _Connection.last_write
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.0\r\nContent-Length: {len(content)}\r\n"
        head += f"x-amzn-RequestId: STUB\r\nx-amz-crc32: {zlib.crc32(content)}\r\n\r\n"
        whole = head.encode() + content
        if self._delay_seconds:
            asyncio.get_running_loop().call_later(self._delay_seconds, self._transport.write, whole)
        else:
            self._transport.write(whole)


def answer(operation: str, body: bytes) -> bytes:
    """The canned answer: to a read what it asks for, to a write nothing."""
    return _read(operation, body) if operation in ("GetItem", "BatchGetItem", "Query") else b"{}"


@lru_cache(maxsize=1000)
def _read(operation: str, body: bytes) -> bytes:
    asked = json.loads(body)
    content: dict[str, Any]
    match operation:
        case "GetItem":
            content = {"Item": _item(asked["Key"])}
        case "BatchGetItem":
            ((table, wanted),) = asked["RequestItems"].items()
            content = {"Responses": {table: [_item(key) for key in wanted["Keys"]]}, "UnprocessedKeys": {}}
        case _:
            content = _listed(asked)
    return json.dumps(content, separators=(",", ":"), ensure_ascii=False).encode()


def _listed(asked: dict[str, Any]) -> dict[str, Any]:
    first = 0
    if after := asked.get("ExclusiveStartKey"):
        first = number_of(after["pk"]["S"]) + 1
    elif id := asked["ExpressionAttributeValues"].get(":first", {}).get("S", "").partition("\0")[2]:
        first = number_of(id)  # the page begins where the one before has ended
    end = min(listed_in(asked["TableName"]), first + asked.get("Limit", PAGE))
    entries = [entry(number) for number in range(first, end)]
    content = {"Items": entries, "Count": len(entries), "ScannedCount": len(entries)}
    return content if end == listed_in(asked["TableName"]) else {**content, "LastEvaluatedKey": entries[-1]}


def _item(key: dict[str, Any]) -> dict[str, Any]:
    return item(number_of(key["pk"]["S"]))


async def _serve(delay_seconds: float) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Connection(delay_seconds), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]) / 1000))
