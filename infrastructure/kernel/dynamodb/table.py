"""The table: one client, and how every call to it is made, watched and tried again."""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from contextvars import copy_context
from dataclasses import dataclass
from http import HTTPStatus
from itertools import islice
from typing import TYPE_CHECKING
from typing import Any
from typing import TypeVar

from botocore.exceptions import BotoCoreError
from botocore.exceptions import ClientError
from botocore.exceptions import ResponseStreamingError
from tenacity import RetryError
from tenacity import Retrying
from tenacity import retry_if_exception
from tenacity import retry_if_result
from tenacity import stop_after_attempt
from tenacity import wait_random_exponential

from domain.kernel.errors import PartialFailure
from domain.kernel.errors import Unavailable
from infrastructure.kernel.bounded import OutOfTime
from infrastructure.kernel.bounded import bounded
from infrastructure.kernel.dynamodb.errors import is_ambiguous
from infrastructure.kernel.dynamodb.errors import is_believable
from infrastructure.kernel.dynamodb.errors import is_in_the_way
from infrastructure.kernel.dynamodb.errors import refusal
from infrastructure.kernel.dynamodb.errors import translated
from usecases.kernel.deadline import TooLate

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

T = TypeVar("T")
U = TypeVar("U")

Send = Callable[[Mapping[str, T]], Iterable[str]]
Report = Callable[[str, Mapping[str, Any]], None]

_READS = {"get_item", "batch_get_item", "query"}
_WRITES = {"put_item", "update_item", "delete_item", "transact_write_items", "batch_write_item"}


@dataclass
class Attempts:
    """What is known of the attempts of a call, while it is under way.

    Attributes:
        unrefused: the last one may have been sent, and nothing has come back that says that it was not carried out.
        ambiguous: an earlier one may have been carried out without an answer that says so.
        disbelieved: the answer to the last one is none of DynamoDB's, or not all of it; botocore would take it for an
            empty one.
    """

    unrefused: bool = False
    ambiguous: bool = False
    disbelieved: bool = False


_attempts: ContextVar[Attempts] = ContextVar("attempts")


class Table:
    """A table and the client that calls it, shared by all threads.

    Args:
        attempts: how often a call is tried that other transactions or throttling turned away, and how often the rest of
            a batch is asked for again; the client retries what it retries by itself before that.
        threads: how many requests of one batch are under way at once.
        report: is told the operation and the answer, ConsumedCapacity included, of every read and write of items.
    """

    def __init__(
        self, client: "DynamoDBClient", name: str, *, attempts: int = 5, threads: int = 4, report: Report | None = None
    ) -> None:
        self.client = client
        self.name = name
        self.report = report
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="dynamodb")
        backoff: dict[str, Any] = {
            "wait": wait_random_exponential(multiplier=0.05, max=1),
            "stop": stop_after_attempt(attempts) | TooLate(),
        }
        self._until_passed = Retrying(retry=retry_if_exception(is_in_the_way), reraise=True, **backoff)
        self._until_done = Retrying(retry=retry_if_result(bool), **backoff)
        client.meta.events.register_first("before-send.dynamodb", _begin, unique_id=f"{__name__}.begin")
        client.meta.events.register("needs-retry.dynamodb", _end, unique_id=f"{__name__}.end")

    def call(self, operation: str, **request: Any) -> Any:
        """The answer to one request.

        Raises:
            Refused: a condition failed.
            ClientError: a code that is not expected.
            Unavailable: it was throttled, not answered in time, could not be sent, or it is too late to.
            Misconfigured: the table, an index, the credentials or a permission is missing.
        """
        costs = operation in _READS | _WRITES
        if self.report is not None and costs:
            request["ReturnConsumedCapacity"] = "INDEXES"
        attempts = Attempts()
        token = _attempts.set(attempts)
        try:
            answer = bounded(self._until_passed, _whole, getattr(self.client, operation), **request)
        except OutOfTime as exc:
            ambiguous = operation in _WRITES and (attempts.unrefused or attempts.ambiguous)
            raise Unavailable(f"DynamoDB {exc}", maybe_applied=ambiguous) from exc
        except (ClientError, BotoCoreError) as exc:
            ambiguous = operation in _WRITES and attempts.ambiguous
            error = refusal(exc, ambiguous=ambiguous) or translated(exc, table=self.name, maybe_applied=ambiguous)
            if error is None:
                raise
            raise error from exc
        finally:
            _attempts.reset(token)
        if self.report is not None and costs:
            self.report(operation, answer)
        return answer

    def in_batches(self, requests: Mapping[str, T], size: int, send: Send[T]) -> None:
        """Sends any number of requests, by id, `size` at a time and several at once; `send` says which are left.

        Raises:
            PartialFailure: some were left, even after asking again with backoff and jitter; names their ids.
            Unavailable: not one was served.
        """
        batches: list[dict[str, T]] = []
        left = dict(requests)
        while left:
            batches.append({id: left.pop(id) for id in list(islice(left, size))})

        outcomes = self.in_parallel(lambda batch: self._send_all_of(batch, send), batches)

        undone = [id for ids, _ in outcomes for id in ids]
        errors = [error for _, error in outcomes if error is not None]
        cause = max(errors, key=lambda error: error.maybe_applied, default=None)
        if undone and cause is not None and len(undone) == len(requests):
            raise cause
        if undone:
            raise PartialFailure(*undone) from cause

    def _send_all_of(self, batch: dict[str, T], send: Send[T]) -> tuple[list[str], Unavailable | None]:
        """The ids that are left of one batch in the end, and what made an end of it, if it was not patience."""

        def attempt() -> bool:
            left = set(send(batch))
            for id in batch.keys() - left:
                del batch[id]
            return bool(batch)

        try:
            self._until_done(attempt)
        except Unavailable as exc:
            return list(batch), exc
        except RetryError:
            return list(batch), None
        return [], None

    def in_parallel(self, work: Callable[[T], U], arguments: Iterable[T]) -> list[U]:
        """What `work` makes of each argument, in their order; a single one is done without another thread."""
        given = list(arguments)
        if len(given) < 2:
            return [work(argument) for argument in given]
        under_way = [self._pool.submit(copy_context().run, work, argument) for argument in given]
        return [each.result() for each in under_way]

    def close(self) -> None:
        """Waits for what is under way and gives up the connections."""
        self._pool.shutdown()
        self.client.close()


def _whole(send: Callable[..., Any], **request: Any) -> Any:
    """The answer to a request, if it is DynamoDB's and all of it arrived."""
    attempts = _attempts.get()
    try:
        answer = send(**request)
    except ClientError as exc:
        if attempts.disbelieved:
            raise ResponseStreamingError(error="an error was cut short, or is none of DynamoDB's") from exc
        raise
    if attempts.disbelieved:
        raise ResponseStreamingError(error="an answer was cut short, or is none of DynamoDB's")
    return answer


def _begin(**_: Any) -> None:
    """Called by botocore before each attempt of a call, and before the clock is looked at.

    In the other order there would be a moment in which an attempt that is sent could be taken for one that is not.
    """
    if (attempts := _attempts.get(None)) is not None:
        attempts.unrefused = True
        attempts.disbelieved = False


def _end(
    response: tuple[Any, Mapping[str, Any]] | None, operation: Any, caught_exception: Exception | None, **_: Any
) -> None:
    """Called by botocore after each attempt of a call."""
    if (attempts := _attempts.get(None)) is None:
        return
    status = response[0].status_code if response is not None else None
    attempts.disbelieved = response is not None and not is_believable(operation.name, *response)
    if attempts.disbelieved or is_ambiguous(caught_exception, status):
        attempts.ambiguous = True
    attempts.unrefused = status == HTTPStatus.OK  # which whoever has given up does not hear any more
