"""The table: one transport, and the one loop in which every call to it is sent, watched and tried again."""

import json
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
from concurrent.futures import FIRST_EXCEPTION
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import wait
from contextlib import suppress
from contextvars import copy_context
from functools import partial
from typing import Any
from typing import TypeVar

from domain.kernel.errors import Misconfigured
from domain.kernel.errors import PartialFailure
from domain.kernel.errors import Unavailable
from infrastructure.kernel.dynamodb.answers import body_of
from infrastructure.kernel.dynamodb.answers import content_of
from infrastructure.kernel.dynamodb.answers import parsed
from infrastructure.kernel.dynamodb.attempts import Attempts
from infrastructure.kernel.dynamodb.attempts import Budget
from infrastructure.kernel.dynamodb.codec import joined
from infrastructure.kernel.dynamodb.codec import json_of
from infrastructure.kernel.dynamodb.codec import with_bytes
from infrastructure.kernel.dynamodb.errors import Unfinished
from infrastructure.kernel.dynamodb.errors import is_of_outage
from infrastructure.kernel.dynamodb.errors import may_pass
from infrastructure.kernel.dynamodb.errors import oversize
from infrastructure.kernel.dynamodb.errors import refusal
from infrastructure.kernel.dynamodb.errors import translated
from infrastructure.kernel.dynamodb.transport import Transport
from infrastructure.kernel.dynamodb.transport import TransportError
from infrastructure.kernel.dynamodb.watching import Watching
from usecases.kernel.deadline import OutOfTime
from usecases.kernel.deadline import bounded
from usecases.kernel.deadline import deadline
from usecases.kernel.observability import count
from usecases.kernel.observability import observers
from usecases.kernel.observability import operation_under_way
from usecases.kernel.observability import watched
from usecases.kernel.retries import Retry
from usecases.kernel.retries import SomeLeft
from usecases.kernel.retries import leaves_some

T = TypeVar("T")
U = TypeVar("U")

Report = Callable[[str, Mapping[str, Any]], None]

_REPORTED = {"ReturnConsumedCapacity": "INDEXES"}
_READS = {"GetItem", "BatchGetItem", "Query", "Scan"}
_WRITES = {"PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems", "BatchWriteItem"}


class Table:
    """A table and the transport that calls it, shared by all threads.

    Operations have DynamoDB's names, such as `GetItem`.

    Args:
        attempts: how often a request is sent at most, whatever turns it away.
        threads: how many requests of one batch are under way at once.
        report: is told the operation and the answer, ConsumedCapacity included, of every read and write of items.
    """

    def __init__(
        self, transport: Transport, name: str, *, attempts: int = 4, threads: int = 4, report: Report | None = None
    ) -> None:
        self.transport = transport
        self.name = self.names = name
        self.report = report
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="dynamodb")
        self._budget = Budget()
        self._until_passed = Retry(may_pass, attempts=attempts, unless=self._budget)
        self._until_done = Retry(leaves_some)

    def call(self, operation: str, **request: Any) -> Any:
        """The answer to one request. Binary values are bytes in both.

        Raises:
            Refused: a condition failed.
            Oversized: an item would be too large.
            ErrorAnswer: an error of DynamoDB's that is not expected.
            Unavailable: it was throttled, not answered in time, could not be sent, or it is too late to.
            Misconfigured: the table, an index, the credentials or a permission is missing.
        """
        return with_bytes(self.write(operation, json_of(request)))

    def read(self, operation: str, request: str, make: Callable[[bytes], T]) -> T:
        """What `make` makes of the answer to a read. Request and answer are JSON.

        Raises as `call`. If `make` raises `NoAnswer`, that was no answer.
        """
        return self._answered(operation, lambda: make(self._send(operation, request)))

    def write(self, operation: str, request: str) -> Any:
        """The answer to a write, whose request is JSON. Raises as `call`."""
        return self._answered(operation, lambda: content_of(operation, self._send(operation, request)))

    def in_batches(
        self,
        operation: str,
        batches: Iterable[dict[str, str]],
        *,
        ask: Callable[[Mapping[str, str]], str],
        take: Callable[[bytes], Iterable[str]],
    ) -> None:
        """Sends any number of requests, by id, a batch at a time and several at once.

        `ask` makes what RequestItems has of a batch, as JSON; `take` is given each answer, and says which ids are left.

        Raises:
            PartialFailure: some were left, even after asking again with backoff and jitter; names their ids.
            Unavailable: not one was served.
        """
        errors: list[Unavailable] = []

        def attempt(batch: dict[str, str]) -> None:
            request = joined({"RequestItems": joined({self.name: ask(batch)})})
            left = set(take(self._send(operation, request)))
            if left == batch.keys():
                raise Unfinished
            for id in batch.keys() - left:
                del batch[id]

        def serve(batch: dict[str, str], length: int) -> None:
            """Has some of a batch served, which had that length before any of it was."""
            if len(batch) < length:
                count("Retries")
            self._answered(operation, lambda: attempt(batch))
            if batch:
                raise SomeLeft

        def send(batch: dict[str, str]) -> None:
            with suppress(SomeLeft, Unfinished):
                try:
                    self._until_done(serve, batch, len(batch))
                except Unavailable as exc:
                    errors.append(exc)

        given = list(batches)
        asked = sum(map(len, given))
        try:
            self.in_parallel(send, given)
        except Unavailable as exc:
            errors.append(exc)
        undone = [id for batch in given for id in list(batch)]  # one that was given up may still be served
        cause = max(errors, key=lambda error: error.maybe_applied, default=None)
        if undone and cause is not None and len(undone) == asked:
            raise cause
        if undone:
            raise PartialFailure(*undone) from cause

    def in_parallel(self, work: Callable[[T], U], arguments: Iterable[T]) -> list[U]:
        """What `work` makes of each argument, in their order; a single one is done without another thread.

        When one raises an error, the others are not begun any more, and those that are under way end first.

        Raises:
            Unavailable: some were not begun by the deadline, or the table was closed.
        """
        given = list(arguments)
        if len(given) < 2:
            return [work(argument) for argument in given]
        limit = deadline()
        try:
            under_way = [self._pool.submit(copy_context().run, work, argument) for argument in given]
        except RuntimeError as exc:
            raise Unavailable("DynamoDB could not be called: the service is stopping") from exc
        wait(under_way, None if limit is None else limit.seconds_left(), FIRST_EXCEPTION)
        begun = [each for each in under_way if not each.cancel()]
        wait(begun)  # not for long: each keeps to the deadline by itself
        results = [each.result() for each in begun]
        if len(begun) < len(given):
            raise Unavailable("DynamoDB could not be called in time")
        return results

    def close(self) -> None:
        """Waits for the batches that are under way, and gives up the connections."""
        self._pool.shutdown()
        self.transport.close()

    def _answered(self, operation: str, send: Callable[[], T]) -> T:
        """The same as `_outcome`, watched."""
        if not observers():
            return self._outcome(operation, send)
        with watched("dynamodb", operation):
            return self._outcome(operation, send)

    def _outcome(self, operation: str, send: Callable[[], T]) -> T:
        """What `send` returns in the end, which sends one request of `operation`, and is called again if that may help."""
        attempts = Attempts()
        try:
            call = partial(self._until_passed, attempts.make, send)
            answer: T = call() if self.transport.ends_in_time else bounded(call)
        except OutOfTime as exc:
            ambiguous = operation in _WRITES and (attempts.unrefused or attempts.ambiguous)
            raise Unavailable(f"DynamoDB {exc}", maybe_applied=ambiguous) from exc
        except Misconfigured as exc:  # the credentials; an earlier attempt still had some
            if operation in _WRITES and attempts.ambiguous:
                raise Unavailable(str(exc), maybe_applied=True) from exc
            raise
        except TransportError as exc:
            if not is_of_outage(exc):
                self._budget.refill(attempts.outages)
            ambiguous = operation in _WRITES and attempts.ambiguous
            if error := refusal(exc, ambiguous=ambiguous) or oversize(exc, ambiguous=ambiguous):
                raise error from exc
            table = self.names if operation == "TransactWriteItems" else self.name  # it does not say which it means
            known = translated(exc, table=table, maybe_applied=ambiguous)
            if ambiguous and not isinstance(known, Unavailable):
                raise Unavailable(str(known or exc), maybe_applied=True) from exc
            if known is None:
                raise
            raise known from exc
        self._budget.refill(attempts.outages)
        return answer

    def _send(self, operation: str, request: str) -> bytes:
        """The answer to one attempt, which is no error."""
        watching = Watching.of(operation_under_way())
        if (self.report is None and watching is None) or operation not in _READS | _WRITES:
            return body_of(self.transport.send(operation, request.encode()))
        body = f"{request[:-1]},{json.dumps(_REPORTED)[1:]}".encode()
        try:
            answer = body_of(self.transport.send(operation, body))
        except TransportError as exc:
            if watching is not None:
                watching.failed(exc)
            raise
        with parsed(answer) as content:
            told: Mapping[str, Any] = content
        if self.report is not None:
            self.report(operation, told)
        if watching is not None:
            watching.answered(told, units="ReadUnits" if operation in _READS else "WriteUnits")
        return answer
