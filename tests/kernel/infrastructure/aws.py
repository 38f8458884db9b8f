"""A server that answers a client of AWS as a test says."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from dataclasses import field
from http.server import BaseHTTPRequestHandler
from http.server import ThreadingHTTPServer
from typing import Any

Answer = dict[str, Any] | tuple[int, dict[str, Any]] | None
"""A body, a status with a body, or silence until the end of the test."""


@dataclass
class FakeAWS:
    """Where it listens, what it was asked, and what it answers, in this order."""

    address: str
    asked: list[Any] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)


@contextmanager
def fake_aws() -> Iterator[FakeAWS]:
    """A service that speaks JSON, on loopback."""
    ended = threading.Event()

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            aws.asked.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            answer = aws.answers.pop(0)
            if answer is None:
                ended.wait()
                return
            status, told = answer if isinstance(answer, tuple) else (200, answer)
            body = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("content-type", "application/x-amz-json-1.1")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        aws = FakeAWS(f"http://127.0.0.1:{server.server_port}")
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield aws
        ended.set()
        server.shutdown()
