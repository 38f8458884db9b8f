"""The API as its clients see it: through the data plane of API Gateway."""

import re
import time
from collections.abc import Callable
from collections.abc import Mapping
from typing import Any
from typing import TypeVar

import httpx

from infrastructure.api.routes import ROUTES
from infrastructure.kernel.api.endpoint import Endpoint

T = TypeVar("T")

ANSWER_SECONDS = 60
WITHIN_SECONDS = 120
"""How long is waited for what happens by itself; on a busy machine a cold start takes many seconds."""
POLL_SECONDS = 0.1

GUARDED = [endpoint for endpoint in ROUTES if endpoint.scope is not None]
"""The endpoints that need a token."""

CREATING = [
    endpoint
    for endpoint in GUARDED
    if endpoint.method == "POST" and endpoint.location and endpoint.example and not endpoint.in_path
]
"""The endpoints that create something out of nothing but their example."""


class Api:
    """A client of an API that is deployed."""

    def __init__(self, address: str, url: str) -> None:
        self._client = httpx.Client(
            base_url=address, headers={"Host": httpx.URL(url).netloc.decode()}, timeout=ANSWER_SECONDS, trust_env=False
        )

    def call(self, method: str, path: str, token: str | None = None, body: object = None) -> httpx.Response:
        """The answer to one request."""
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        return self._client.request(method, path, headers=headers, json=body)

    def try_out(self, endpoint: Endpoint, token: str | None = None) -> httpx.Response:
        """The answer of an endpoint to its example. The ids in the path do not exist."""
        path = re.sub(r"{\w+}", "nothing", endpoint.path)
        body = endpoint.example if endpoint.has_body else None
        return self.call(endpoint.method, path, token, body)

    def create(self, endpoint: Endpoint, token: str) -> Mapping[str, Any]:
        """What an endpoint creates of its example."""
        answer = self.try_out(endpoint, token)
        assert answer.status_code == endpoint.status, answer.text
        created: Mapping[str, Any] = answer.json()
        return created

    def close(self) -> None:
        self._client.close()


def eventually(ask: Callable[[], T], expected: Callable[[T], bool]) -> T:
    """The first answer that is as expected.

    Raises:
        AssertionError: none was, in time; with the last one.
    """
    until = time.monotonic() + WITHIN_SECONDS
    while not expected(answer := ask()):
        assert time.monotonic() < until, f"still {answer!r} after {WITHIN_SECONDS} s"
        time.sleep(POLL_SECONDS)
    return answer


def named(endpoint: Endpoint) -> str:
    """How a test of an endpoint is called."""
    return f"{endpoint.method} {endpoint.path}"
