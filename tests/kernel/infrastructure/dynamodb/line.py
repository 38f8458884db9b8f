"""The line of a client of botocore's: what the client sends, and answers with headers of any kind."""

from collections.abc import Callable
from collections.abc import Mapping
from io import BytesIO
from typing import Any

from botocore.awsrequest import AWSPreparedRequest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.httpsession import URLLib3Session
from moto.core.models import botocore_stubber
from urllib3 import HTTPResponse

URL = "https://dynamodb.example"
JSON = {"Content-Type": "application/x-amz-json-1.0"}

Reply = Callable[[AWSPreparedRequest], AWSResponse]
"""Answers a request that does not arrive, or raises what a connection raises."""


class Line:
    """Between a client and its server: requests meet `replies`, one each, and those after them arrive."""

    def __init__(self, client: Any) -> None:
        self.sent: list[AWSPreparedRequest] = []
        self.operations: list[str] = []
        self.replies: list[Reply] = []
        # botocore asks every handler and takes the first answer: moto's would carry out what has another reply here.
        client.meta.events.unregister("before-send", botocore_stubber)
        client.meta.events.register("before-send", self._send)

    def _send(self, event_name: str, request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        self.sent.append(request)
        self.operations.append(event_name.rpartition(".")[2])
        if self.replies:
            return self.replies.pop(0)(request)
        played: AWSResponse | None = botocore_stubber(event_name, request)  # moto, if it is there
        return played or URLLib3Session().send(request)


def an_answer(status: int, head: Mapping[str, Any], body: bytes) -> AWSResponse:
    headers = HTTPHeaders()
    for name, value in head.items():
        headers[name] = str(value)
    return AWSResponse(URL, status, headers, HTTPResponse(BytesIO(body), preload_content=False))


def raising(error: Exception) -> Reply:
    """A connection that fails."""

    def fail(_: AWSPreparedRequest) -> AWSResponse:
        raise error

    return fail
