"""The table: one client, and the one loop in which every call to it is sent, watched and tried again."""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from typing import TYPE_CHECKING
from typing import Any
from typing import TypeVar

from botocore.exceptions import BotoCoreError
from botocore.exceptions import ClientError
from botocore.retries.quota import RetryQuota
from tenacity import RetryCallState
from tenacity import Retrying
from tenacity import retry_if_exception
from tenacity import stop_after_attempt
from tenacity import wait_random_exponential
from tenacity.stop import stop_base

from domain.kernel.errors import PartialFailure
from domain.kernel.errors import Unavailable
from infrastructure.kernel.dynamodb.errors import Unfinished
from infrastructure.kernel.dynamodb.errors import is_ambiguous
from infrastructure.kernel.dynamodb.errors import may_pass
from infrastructure.kernel.dynamodb.errors import oversize
from infrastructure.kernel.dynamodb.errors import refusal
from infrastructure.kernel.dynamodb.errors import translated
from usecases.kernel.deadline import OutOfTime
from usecases.kernel.deadline import TooLate
from usecases.kernel.deadline import bounded

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

T = TypeVar("T")
U = TypeVar("U")

Report = Callable[[str, Mapping[str, Any]], None]

RETRY_COST = 5

_READS = {"get_item", "batch_get_item", "query"}
_WRITES = {"put_item", "update_item", "delete_item", "transact_write_items", "batch_write_item"}


@dataclass
class Attempts:
    """What is known of the attempts of a call, while it is under way and afterwards.

    Attributes:
        number: how many there were.
        unrefused: the last one may have been sent, and nothing has come back that says that it was not carried out.
        ambiguous: one of them may have been carried out without an answer that says so.
    """

    number: int = 0
    unrefused: bool = False
    ambiguous: bool = False

    def make(self, send: Callable[[], T]) -> T:
        """One attempt. It stays unrefused when it succeeds, which nobody hears who has given up."""
        self.number += 1
        self.unrefused = True
        try:
            return send()
        except BaseException as exc:
            self.ambiguous = self.ambiguous or is_ambiguous(exc)
            self.unrefused = False
            raise


class Budget(stop_base):
    """What all calls together may spend on retries, so that an outage is not multiplied by them.

    A retry takes 5 of 500, and a call that succeeds gives them back, or 1 if it was not retried. So while DynamoDB is
    down, a process retries 100 times, and sends each call once from then on. AWS's SDKs use these numbers,
    https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html.
    """

    def __init__(self) -> None:
        self._quota = RetryQuota(initial_capacity=500)

    def __call__(self, _: RetryCallState) -> bool:
        """Takes a retry; whether there is none left, which stops the call."""
        return not self._quota.acquire(RETRY_COST)

    def refill(self, *, was_retried: bool) -> None:
        self._quota.release(RETRY_COST if was_retried else 1)


class Table:
    """A table and the client that calls it, shared by all threads.

    Args:
        attempts: how often a request is sent at most, whatever turns it away, or how often what is left of a batch is.
        threads: how many requests of one batch are under way at once.
        report: is told the operation and the answer, ConsumedCapacity included, of every read and write of items.
    """

    def __init__(
        self, client: "DynamoDBClient", name: str, *, attempts: int = 4, threads: int = 4, report: Report | None = None
    ) -> None:
        self.client = client
        self.name = name
        self.report = report
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="dynamodb")
        self._budget = Budget()
        self._until_passed = Retrying(
            retry=retry_if_exception(may_pass),
            wait=wait_random_exponential(multiplier=0.05, max=1),
            stop=stop_after_attempt(attempts) | TooLate() | self._budget,
            reraise=True,
        )

    def call(self, operation: str, **request: Any) -> Any:
        """The answer to one request.

        Raises:
            Refused: a condition failed.
            Oversized: an item would be too large.
            ClientError: a code that is not expected.
            Unavailable: it was throttled, not answered in time, could not be sent, or it is too late to.
            Misconfigured: the table, an index, the credentials or a permission is missing.
        """
        return self._answered(operation, lambda: self._send(operation, request))

    def in_batches(
        self,
        operation: str,
        batches: Iterable[dict[str, T]],
        *,
        ask: Callable[[Mapping[str, T]], Any],
        take: Callable[[Any], Iterable[str]],
    ) -> None:
        """Sends any number of requests, by id, a batch at a time and several at once.

        `ask` makes the parameter RequestItems of a batch; `take` is given each answer, and says which ids are left.

        Raises:
            PartialFailure: some were left, even after asking again with backoff and jitter; names their ids.
            Unavailable: not one was served.
        """

        def send(batch: dict[str, T]) -> tuple[list[str], Unavailable | None]:
            """The ids that are left of one batch in the end, and what made an end of it, if it was not patience."""

            def attempt() -> None:
                left = set(take(self._send(operation, {"RequestItems": ask(batch)})))
                for id in batch.keys() - left:
                    del batch[id]
                if batch:
                    raise Unfinished

            try:
                self._answered(operation, attempt)
            except (Unavailable, Unfinished) as exc:
                return list(batch), exc if isinstance(exc, Unavailable) else None
            return [], None

        given = list(batches)
        asked = sum(map(len, given))

        outcomes = self.in_parallel(send, given)

        undone = [id for ids, _ in outcomes for id in ids]
        errors = [error for _, error in outcomes if error is not None]
        cause = max(errors, key=lambda error: error.maybe_applied, default=None)
        if undone and cause is not None and len(undone) == asked:
            raise cause
        if undone:
            raise PartialFailure(*undone) from cause

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

    def _answered(self, operation: str, send: Callable[[], T]) -> T:
        """What `send` returns in the end, which sends one request of `operation`, and is called again if that may help."""
        attempts = Attempts()
        try:
            answer: T = bounded(self._until_passed, attempts.make, send)
        except OutOfTime as exc:
            ambiguous = operation in _WRITES and (attempts.unrefused or attempts.ambiguous)
            raise Unavailable(f"DynamoDB {exc}", maybe_applied=ambiguous) from exc
        except (ClientError, BotoCoreError) as exc:
            ambiguous = operation in _WRITES and attempts.ambiguous
            error = (
                refusal(exc, ambiguous=ambiguous)
                or oversize(exc, ambiguous=ambiguous)
                or translated(exc, table=self.name, maybe_applied=ambiguous)
            )
            if error is None:
                raise
            raise error from exc
        self._budget.refill(was_retried=attempts.number > 1)
        return answer

    def _send(self, operation: str, request: Mapping[str, Any]) -> Any:
        costs = operation in _READS | _WRITES
        reported = {"ReturnConsumedCapacity": "INDEXES"} if self.report is not None and costs else {}
        answer = getattr(self.client, operation)(**request, **reported)
        if self.report is not None and costs:
            self.report(operation, answer)
        return answer
