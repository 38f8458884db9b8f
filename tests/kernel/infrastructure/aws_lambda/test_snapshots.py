"""Processes that SnapStart restores from one snapshot share nothing that they must not.

Each is a fork of a process whose hooks before the snapshot have run, and runs those after it.
"""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC
from datetime import datetime
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from http.server import ThreadingHTTPServer
from typing import Any
from typing import NamedTuple

import pytest

from tests.kernel.environment import NO_AWS
from tests.kernel.infrastructure.aws_lambda import copies
from tests.kernel.service.settings import PREFIX


class Found(NamedTuple):
    """What a process and its copies told, and with which credentials, over which connections they called DynamoDB."""

    told: list[dict[str, Any]]
    keys: list[str]
    ports: list[int]

    def all_of(self, name: str) -> list[Any]:
        return [each[name] for each in self.told]


@contextmanager
def aws(keys: list[str], ports: list[int]) -> Iterator[str]:
    """Gives credentials, other ones each time, to who asks by GET; answers POST as DynamoDB does that has no item."""
    given: list[str] = []

    class Answering(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            given.append(f"KEY{len(given)}")
            later = datetime.now(UTC) + timedelta(hours=6)
            self._answer(
                {"AccessKeyId": given[-1], "SecretAccessKey": "s", "Token": "t", "Expiration": later.isoformat()}
            )

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            keys.append(self.headers["authorization"].partition("Credential=")[2].partition("/")[0])
            ports.append(self.client_address[1])
            self._answer({})

        def log_message(self, *_: Any) -> None:
            """Says nothing."""

        def _answer(self, told: dict[str, Any]) -> None:
            body = json.dumps(told).encode()
            self.send_response(200)
            self.send_header("content-type", "application/x-amz-json-1.0")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def copied(*arguments: str) -> Found:
    keys: list[str] = []
    ports: list[int] = []
    with aws(keys, ports) as address:
        environment = {
            **NO_AWS,
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{address}/credentials",
            f"{PREFIX}PERSISTENCE": "dynamodb",
            f"{PREFIX}DYNAMODB_ENDPOINT": address,
            f"{PREFIX}DYNAMODB_READ_SECONDS": "30",  # or a pause would cause another connection
            f"{PREFIX}AWS_REGION": "eu-west-1",
        }
        command = [sys.executable, "-W", "ignore", "-m", copies.__name__, *arguments]
        ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return Found([json.loads(line) for line in ended.stdout.splitlines()], keys, ports)


@pytest.fixture(scope="module")
def found() -> Found:
    """A process and two copies, all of which were answered."""
    found = copied()
    assert found.all_of("status") == [404, 404, 404]
    return found


def test_each_makes_ids_of_its_own_that_sort_after_those_before_the_snapshot(found):
    before, *after = found.all_of("id")

    assert len({id[:-1] for id in (before, *after)}) == 3, "not even the next one"
    assert min(after) > before


def test_each_draws_random_numbers_of_its_own(found):
    assert len(set(found.all_of("random"))) == 3


def test_each_opens_connections_of_its_own(found):
    assert len(set(found.ports)) == 3


def test_each_fetches_credentials_of_its_own(found):
    assert len(set(found.keys)) == 3


def test_each_finds_out_by_itself_whether_its_clock_is_wrong(found):
    assert found.all_of("skew") == [120, 0, 0]


def test_without_the_hooks_they_would_share_all_of_it():
    shared = copied("--without-hooks")

    assert {name: len(set(shared.all_of(name)[1:])) for name in ("id", "random", "skew")} == dict.fromkeys(
        ("id", "random", "skew"), 1
    )
    assert (len(set(shared.ports)), len(set(shared.keys))) == (1, 1)
