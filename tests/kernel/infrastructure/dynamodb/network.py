"""What lies between a client and its server, and what can go wrong on the way."""

import json
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from io import BytesIO
from itertools import chain
from itertools import repeat
from threading import Lock
from typing import Any
from typing import NamedTuple

from botocore.awsrequest import AWSPreparedRequest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ConnectionClosedError
from botocore.exceptions import EndpointConnectionError
from botocore.hooks import first_non_none_response
from botocore.httpsession import URLLib3Session
from moto.core.models import botocore_stubber
from urllib3 import HTTPResponse

URL = "https://dynamodb.example"
JSON = {"Content-Type": "application/x-amz-json-1.0"}


class Sent(NamedTuple):
    """A request that left the client."""

    operation: str
    body: bytes

    @property
    def parameters(self) -> Any:
        return json.loads(self.body)


class Delivery:
    """A request on its way; calling it takes it to the server and brings the answer."""

    def __init__(self, sent: Sent, take: Callable[[], AWSResponse]) -> None:
        self.sent = sent
        self._take = take

    def __call__(self) -> AWSResponse:
        return self._take()


Fault = Callable[[Delivery], AWSResponse]
"""What becomes of a request: delivers it or not, and answers or raises as the client would."""


class Network:
    """All that `client` sends, taken to the server by `courier`, unless a fault comes in between."""

    def __init__(self, client: Any, courier: Any = None) -> None:
        self.sent: list[Sent] = []
        self._courier = courier
        self._faults: Iterator[Fault] = repeat(deliver)
        self._one_at_a_time = Lock()
        # botocore asks every handler and takes the first answer: moto's would carry out what is lost or failed here.
        client.meta.events.unregister("before-send", botocore_stubber)
        service = client.meta.service_model.service_id.hyphenize()
        client.meta.events.register(f"before-send.{service}", self._send)

    def will(self, *faults: Fault) -> None:
        """The next requests meet these faults, one each; those after them arrive and are answered."""
        self._faults = chain(faults, repeat(deliver))

    def always(self, fault: Fault) -> None:
        """Every request from now on meets this fault."""
        self._faults = repeat(fault)

    def operations(self) -> list[str]:
        """What was asked for, in order."""
        return [sent.operation for sent in self.sent]

    def _send(self, event_name: str, request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        def to_server() -> AWSResponse:
            answers = self._courier.meta.events.emit(event_name, request=request)  # moto answers here, if it is there
            answer: AWSResponse | None = first_non_none_response(answers)
            return answer or URLLib3Session().send(request)

        with self._one_at_a_time:
            assert isinstance(request.body, bytes)
            sent = Sent(event_name.rpartition(".")[2], request.body)
            self.sent.append(sent)
            fault = next(self._faults)
        return fault(Delivery(sent, to_server))


def an_answer(status: int, head: Mapping[str, Any], body: bytes) -> AWSResponse:
    headers = HTTPHeaders()
    for name, value in head.items():
        headers[name] = str(value)
    return AWSResponse(URL, status, headers, HTTPResponse(BytesIO(body), preload_content=False))


def deliver(delivery: Delivery) -> AWSResponse:
    """No fault."""
    return delivery()


def lose_the_answer(delivery: Delivery) -> AWSResponse:
    """The request arrives; its answer does not."""
    delivery()
    raise ConnectionClosedError(endpoint_url=URL)


def lose_the_request(delivery: Delivery) -> AWSResponse:
    """The request does not arrive, which looks no different from here."""
    raise ConnectionClosedError(endpoint_url=URL)


def lose_the_end(delivery: Delivery) -> AWSResponse:
    """The request arrives; its answer but for the last byte, too."""
    whole = delivery()
    return an_answer(whole.status_code, {**whole.headers, "Content-Length": len(whole.content)}, whole.content[:-1])


def refuse_the_connection(delivery: Delivery) -> AWSResponse:
    """Nobody listens."""
    raise EndpointConnectionError(endpoint_url=URL)


def after(fault: Fault, happens: Callable[[], Any]) -> Fault:
    """`fault`, and then something else `happens` before the client can try again."""

    def meet(delivery: Delivery) -> AWSResponse:
        try:
            return fault(delivery)
        finally:
            happens()

    return meet


def answering(status: int, code: str = "", **fields: Any) -> Fault:
    """The request does not arrive; something on the way answers it, with an error of that code if there is one."""
    if code:
        fields = {"message": "as the test wants it", "__type": f"com.amazonaws.dynamodb.v20120810#{code}", **fields}
    body = json.dumps(fields).encode()

    def meet(delivery: Delivery) -> AWSResponse:
        return an_answer(status, JSON, body)

    return meet


throttled = answering(400, "ProvisionedThroughputExceededException")
failed = answering(500, "InternalServerError")
