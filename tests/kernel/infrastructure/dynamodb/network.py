"""What lies between a table and its server, and what can go wrong on the way."""

import json
from collections.abc import Callable
from collections.abc import Iterator
from contextvars import Context
from itertools import chain
from itertools import repeat
from threading import Lock
from typing import Any
from typing import NamedTuple

from infrastructure.kernel.dynamodb.answers import require_believable
from infrastructure.kernel.dynamodb.table import Table
from infrastructure.kernel.dynamodb.transport import Answer
from infrastructure.kernel.dynamodb.transport import NoAnswer
from infrastructure.kernel.dynamodb.transport import NotSent
from infrastructure.kernel.dynamodb.transport import Transport
from usecases.kernel.deadline import require_time


class Sent(NamedTuple):
    """A request that left the table."""

    operation: str
    body: bytes

    @property
    def parameters(self) -> Any:
        return json.loads(self.body)


class Delivery:
    """A request on its way; calling it takes it to the server and brings the answer."""

    def __init__(self, sent: Sent, take: Callable[[str, bytes], Answer]) -> None:
        self.sent = sent
        self._take = take

    def __call__(self) -> Answer:
        return self._take(*self.sent)


Fault = Callable[[Delivery], Answer]
"""What becomes of a request: delivers it or not, and answers or raises as a transport would."""


class Network(Transport):
    """All that `tables` send, taken to the server by the transport that they had, unless a fault comes in between."""

    def __init__(self, *tables: Table) -> None:
        self.sent: list[Sent] = []
        self._transport = tables[0].transport
        self._faults: Iterator[Fault] = repeat(deliver)
        self._one_at_a_time = Lock()
        for table in tables:
            table.transport = self

    def will(self, *faults: Fault) -> None:
        """The next requests meet these faults, one each; those after them arrive and are answered."""
        self._faults = chain(faults, repeat(deliver))

    def always(self, fault: Fault) -> None:
        """Every request from now on meets this fault."""
        self._faults = repeat(fault)

    def operations(self) -> list[str]:
        """What was asked for, in order."""
        return [sent.operation for sent in self.sent]

    def send(self, operation: str, body: bytes) -> Answer:
        require_time()
        with self._one_at_a_time:
            sent = Sent(operation, body)
            self.sent.append(sent)
            fault = next(self._faults)
        return fault(Delivery(sent, self._deliver))

    def close(self) -> None:
        self._transport.close()

    def _deliver(self, operation: str, body: bytes) -> Answer:
        """Takes a request to the server outside of its context: one that was held back arrives however late it is."""
        return Context().run(self._transport.send, operation, body)


def deliver(delivery: Delivery) -> Answer:
    """No fault."""
    return delivery()


def lose_the_answer(delivery: Delivery) -> Answer:
    """The request arrives; its answer does not."""
    delivery()
    raise NoAnswer("lost")


def lose_the_request(delivery: Delivery) -> Answer:
    """The request does not arrive, which looks no different from here."""
    raise NoAnswer("lost")


def lose_the_end(delivery: Delivery) -> Answer:
    """The request arrives; its answer but for the last byte, too."""
    status, body = delivery()
    require_believable(Answer(status, body[:-1]), content_type="application/json", length=str(len(body)))
    raise AssertionError("an answer that is cut short was believed")


def refuse_the_connection(delivery: Delivery) -> Answer:
    """Nobody listens."""
    raise NotSent("nobody listens")


def after(fault: Fault, happens: Callable[[], Any]) -> Fault:
    """`fault`, and then something else `happens` before the table can try again."""

    def meet(delivery: Delivery) -> Answer:
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
    return lambda _: Answer(status, body)


throttled = answering(400, "ProvisionedThroughputExceededException")
failed = answering(500, "InternalServerError")
