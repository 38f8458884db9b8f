"""What is watched while the service works: the observer port, and the operations that observers are told of.

    request ── use case ── store ── dynamodb      a request of a client
    command ── use case ── store ── dynamodb      a command that ends by itself, such as import
    relay ─┬─ publish                             a batch of committed events; `publish` belongs to the event's trace
    consumer ── use case ── store ── dynamodb     an event, in its trace

Without an observer no operation is made: only the trace of a request is known, for the log and for events.
"""

import logging
from abc import ABC
from abc import abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager
from contextlib import contextmanager
from contextlib import nullcontext
from contextvars import ContextVar
from threading import Lock
from time import perf_counter
from typing import Any
from typing import Literal
from typing import NamedTuple

from domain.kernel.entity import Entity
from domain.kernel.errors import Conflict
from domain.kernel.errors import EntityError
from domain.kernel.errors import TransactionFailed
from domain.kernel.trace import Trace
from domain.kernel.trace import valid_traceparent

logger = logging.getLogger(__name__)

Layer = Literal["request", "command", "use case", "store", "dynamodb", "relay", "publish", "consumer"]
"""Where an operation takes place."""
SUMMED_UP: frozenset[Layer] = frozenset({"use case", "relay"})
"""The layers whose operations tell all that was counted in them, in those inside of them included."""


class Aggregate(NamedTuple):
    """What an operation was about; the version is that of the stored entity, if that is known."""

    kind: str
    id: str
    version: int | None = None


class Operation:
    """Something that is under way, or over.

    Attributes:
        layer, name: what it is: a route, the class of a use case, a method of a store, a request of DynamoDB's.
        parent: the operation that it is part of.
        trace: its own, as soon as an observer has made a span of it; until then that of what it is part of.
        is_remote: whether it continues the trace of another process, or of a time before.
        aggregate: what it was about, if that is one entity.
        error: what it raised.
        seconds: how long it took.
        counts: what was counted in it, and in all that is part of it.
        facts: what else an observer may tell of it, as JSON values.
    """

    def __init__(self, layer: Layer, name: str, parent: "Operation | None", trace: Trace | None) -> None:
        self.layer = layer
        self.name = name
        self.parent = parent
        self.trace = trace
        self.is_remote = False
        self.aggregate: Aggregate | None = None
        self.error: BaseException | None = None
        self.seconds = 0.0
        self.counts: dict[str, float] = {}
        self.facts: dict[str, Any] = {}
        self.state: dict[type[Observer], Any] = {}
        """What each observer needs again at the end."""

    @property
    def error_kind(self) -> str | None:
        """The class of its error, whose message is left out: it may quote data."""
        return None if self.error is None else type(self.error).__name__

    def count(self, name: str, value: float = 1) -> None:
        """Counts something in this operation, and in those that it is part of."""
        with _counting:
            operation: Operation | None = self
            while operation is not None:
                operation.counts[name] = operation.counts.get(name, 0) + value
                operation = operation.parent

    def is_about(self, given: object) -> None:
        """Says what it is about, if `given` is, or tells of, one entity."""
        if isinstance(given, Entity):
            self.aggregate = Aggregate(type(given).__name__, given.id, given.version)
        elif isinstance(given, EntityError):
            self.aggregate = Aggregate(given.kind, given.id)


class Observer(ABC):
    """Is told of operations, in the thread that does them. It changes nothing; what it raises is logged, no more."""

    @abstractmethod
    def begin(self, operation: Operation) -> None:
        """An operation begins. An observer that makes spans sets its trace."""

    @abstractmethod
    def end(self, operation: Operation) -> None:
        """It is over: duration, error and counts are known."""

    def flush(self) -> None:  # noqa: B027  # most have sent all by now
        """Sends what it has kept. Called before Lambda freezes the process, and at the end of a command."""


_observers: tuple[Observer, ...] = ()
_counting = Lock()
_operation: ContextVar[Operation | None] = ContextVar("operation", default=None)
_trace: ContextVar[Trace | None] = ContextVar("trace", default=None)
_UNWATCHED = nullcontext()


def watch_with(*observers: Observer) -> None:
    """Tells these observers of all operations of the process from now on, and no others."""
    global _observers
    _observers = observers


def observers() -> tuple[Observer, ...]:
    """Those that are told now."""
    return _observers


def flush() -> None:
    """Has all observers send what they have kept."""
    for observer in _observers:
        try:
            observer.flush()
        except Exception:
            logger.exception("%s failed", type(observer).__name__)


def operation_under_way() -> Operation | None:
    """The innermost operation here; None if nobody watches."""
    return _operation.get()


def current_trace() -> Trace | None:
    """The trace of the request that is served here; None outside of requests."""
    return _trace.get()


def count(name: str, value: float = 1) -> None:
    """Counts something of your own, such as `count("PlacesSold", 2)`: a metric of the use case that is under way."""
    operation = _operation.get()
    if operation is not None:
        operation.count(name, value)


def watched(layer: Layer, name: str) -> AbstractContextManager[Operation | None]:
    """Tells the observers of what happens in the block; without any, does nothing."""
    return _watched(Operation(layer, name, _operation.get(), _trace.get())) if _observers else _UNWATCHED


def perform(use_case: Any, request: Any) -> Any:
    """What the use case returns, which is watched."""
    if not _observers:
        return use_case.execute(request)
    with watched("use case", type(use_case).__name__) as operation:
        result = use_case.execute(request)
        if operation is not None:
            operation.is_about(result)
        return result


def in_trace(
    layer: Layer, name: str, *, traceparent: object = None, request_id: object = None
) -> AbstractContextManager[Operation | None]:
    """Begins a request, or continues one in the trace that is given. Makes up a trace if that is missing or invalid.

    `current_trace` has it in the block, whether or not anybody watches.
    """
    given = Trace.of(traceparent, request_id)
    if not _observers:
        return _InTrace(given)
    operation = Operation(layer, name, _operation.get(), given)
    operation.is_remote = valid_traceparent(traceparent) is not None
    return _watched(operation, request_id=request_id)


class _InTrace(AbstractContextManager[None]):
    """A block in a trace that nobody watches. A class, for a generator takes twice as long."""

    def __init__(self, trace: Trace) -> None:
        self._given = trace

    def __enter__(self) -> None:
        self._token = _trace.set(self._given)

    def __exit__(self, *_: object) -> None:
        _trace.reset(self._token)


@contextmanager
def _watched(operation: Operation, **given: object) -> Iterator[Operation | None]:
    for observer in _observers:
        _tell(observer.begin, operation)
    if given and operation.trace is not None:
        operation.trace = Trace.of(operation.trace.traceparent, **given)
    at = _operation.set(operation), _trace.set(operation.trace)
    began = perf_counter()
    try:
        yield operation
    except BaseException as exc:
        operation.error = exc
        operation.is_about(exc)
        raise
    finally:
        operation.seconds = perf_counter() - began
        _sum_up(operation)
        for observer in reversed(_observers):
            _tell(observer.end, operation)
        _operation.reset(at[0])
        _trace.reset(at[1])


def _sum_up(operation: Operation) -> None:
    """Counts a call of the store in what it is part of."""
    if operation.layer == "store":
        operation.count("StoreCalls")
        operation.count("StoreSeconds", operation.seconds)
        failures = operation.error.failures if isinstance(operation.error, TransactionFailed) else ()
        if any(isinstance(failure.error, Conflict) for failure in failures):
            operation.count("Conflicts")


def _tell(told: Any, operation: Operation) -> None:
    try:
        told(operation)
    except Exception:  # the service goes on, whatever becomes of what is told of it
        logger.exception("%s failed", type(told.__self__).__name__)
