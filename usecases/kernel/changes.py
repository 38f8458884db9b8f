"""The bases of use cases that change what is stored. A subclass says what changes; the base does all the rest.

    base                  changes
    ChangeOne[E, R]       one aggregate
    RemoveOne[E, R]       one aggregate: removes it
    ChangeTogether[E, R]  one aggregate and others, all or none
    RemoveTogether[E, R]  one aggregate, which it removes, and others, all or none
    Transaction[R, T]     several aggregates, none of which is first: all or none

The request of the first four is a `ChangeRequest`: it names the aggregate, and perhaps the version that it expects.
Each of them reads consistently, requires that version, saves with the events, and runs again after a conflict.

Under an expected version a conflict of the aggregate that the request names ends the use case: its caller has to look
again. A conflict of another aggregate does not, because what the caller expects still holds. Without an expected
version every conflict leads to another attempt, up to 15, as long as the deadline allows.
"""

from abc import ABC
from abc import abstractmethod
from collections.abc import Callable
from typing import Generic
from typing import TypeVar
from typing import final

from domain.kernel.entity import E
from domain.kernel.errors import InvalidArgument
from domain.kernel.errors import NotFound
from domain.kernel.errors import TransactionFailed
from domain.kernel.events import Event
from domain.kernel.events import EventFactory
from domain.kernel.repository import Repository
from domain.kernel.unit_of_work import Aggregates
from domain.kernel.unit_of_work import UnitOfWork
from domain.kernel.value import Value
from usecases.kernel.conflicts import retry_conflicts
from usecases.kernel.conflicts import retry_failed_transactions
from usecases.kernel.generics import arguments_of
from usecases.kernel.requests import ChangeRequest

R = TypeVar("R", bound=Value)
C = TypeVar("C", bound=ChangeRequest)
T = TypeVar("T")


class Changed(Generic[E]):
    """The aggregate as it is to be saved, with the events that tell what happened."""

    def __init__(self, entity: E, *events: Event) -> None:
        self.entity = entity
        self.events = events


class Removed:
    """That the aggregate is to be removed, with its last events."""

    def __init__(self, *events: Event) -> None:
        self.events = events


class Retried(ABC, Generic[R, T]):
    """A use case that runs again, from its first read, after a conflict."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if cls.execute is not Retried.execute:
            raise TypeError(
                f"{cls.__name__} must not have an execute of its own, which would forget the version or the retry; "
                "write change, or remove, which the execute of its base calls"
            )

    @final
    def execute(self, request: R) -> T:
        """Does what the class says, as often as it takes.

        Raises:
            Conflict: others were faster, 15 times or until it was too late; or the aggregate that the request names
                is not at the version that it expects. Nothing was changed.
            TransactionFailed: the same, if others changed another aggregate; or a change was refused for good.
        """
        is_expecting = isinstance(request, ChangeRequest) and request.expected_version is not None
        retry = retry_failed_transactions if is_expecting else retry_conflicts
        return retry(self._attempt, request)

    @abstractmethod
    def _attempt(self, request: R) -> T:
        """Does it once, from the first read to the last write."""


class OfOne(Retried[C, T], Generic[E, C, T]):
    """A use case whose request names one aggregate, and perhaps the version that it expects."""


class _One(OfOne[E, C, T]):
    """Changes one aggregate."""

    def __init__(self, repository: Repository[E], events: EventFactory) -> None:
        self._repository = repository
        self._events = events

    def _attempt(self, request: C) -> T:
        entity = self._repository.get(request.id, consistent=True)
        request.require_version(entity)
        return self._write(entity, request)

    @abstractmethod
    def _write(self, entity: E, request: C) -> T:
        """Writes what the subclass makes of the entity."""


class ChangeOne(_One[E, C, E]):
    """Changes one aggregate.

    class RenameOrder(ChangeOne[Order, RenameOrderRequest]):
        def change(self, order: Order, request: RenameOrderRequest) -> Changed[Order]:
            renamed = order.rename(request.name)
            return Changed(renamed, self._events(OrderRenamed, renamed, name=renamed.name))
    """

    @abstractmethod
    def change(self, entity: E, request: C, /) -> Changed[E]:
        """The entity as it is to be saved. Called again after a conflict, with the entity as it is then."""

    def _write(self, entity: E, request: C) -> E:
        changed = self.change(entity, request)
        return self._repository.save(changed.entity, *changed.events)


class RemoveOne(_One[E, C, None]):
    """Removes one aggregate.

    class RemoveOrder(RemoveOne[Order, ChangeRequest]):
        def remove(self, order: Order, request: ChangeRequest) -> Removed:
            return Removed(self._events(OrderRemoved, order))
    """

    @abstractmethod
    def remove(self, entity: E, request: C, /) -> Removed:
        """The last events of the entity; raises if it must stay. Called again after a conflict."""

    def _write(self, entity: E, request: C) -> None:
        self._repository.remove(entity, *self.remove(entity, request).events)


class _Together(OfOne[E, C, T]):
    """Changes one aggregate, of the kind that the subclass puts for `E`, and others in the same unit of work."""

    def __init__(self, unit_of_work: Callable[[], UnitOfWork], events: EventFactory) -> None:
        self._unit_of_work = unit_of_work
        self._events = events

    def _attempt(self, request: C) -> T:
        kind: type[E] = arguments_of(_Together, type(self))[0]

        def write(work: UnitOfWork) -> T:
            aggregates = work.of(kind)
            entity = aggregates.get(request.id)
            request.require_version(entity)
            return self._write(aggregates, entity, request, work)

        try:
            return _committed(self._unit_of_work, write)
        except TransactionFailed as exc:
            for failure in exc.failures:
                if (failure.kind, failure.id) == (kind.__name__, request.id):
                    raise failure.error from exc  # the caller asked for this one; the others follow from it
            raise

    @abstractmethod
    def _write(self, aggregates: Aggregates[E], entity: E, request: C, work: UnitOfWork) -> T:
        """Adds what is to be written to `work`."""


class ChangeTogether(_Together[E, C, E]):
    """Changes one aggregate together with others: all of them, or none.

        class PlaceOrder(ChangeTogether[Order, ChangeRequest]):
            def change(self, order: Order, request: ChangeRequest, work: UnitOfWork) -> Changed[Order]:
                customer = work.of(Customer).get(order.customer_id)
                work.of(Customer).save(customer.charge(order.total))
                placed = order.place()
                return Changed(placed, self._events(OrderPlaced, placed))

    `change` reads and writes the others through `work`; the base saves the first one and commits. An error that it
    raises after it has read several is raised to the caller only if none of them was changed meanwhile.
    """

    @abstractmethod
    def change(self, entity: E, request: C, work: UnitOfWork, /) -> Changed[E]:
        """The entity as it is to be saved. Called again after a conflict, with another unit of work."""

    def _write(self, aggregates: Aggregates[E], entity: E, request: C, work: UnitOfWork) -> E:
        changed = self.change(entity, request, work)
        return aggregates.save(changed.entity, *changed.events)


class RemoveTogether(_Together[E, C, None]):
    """Removes one aggregate together with changes of others: all of it, or nothing. See `ChangeTogether`."""

    @abstractmethod
    def remove(self, entity: E, request: C, work: UnitOfWork, /) -> Removed:
        """The last events of the entity; raises if it must stay. Called again after a conflict."""

    def _write(self, aggregates: Aggregates[E], entity: E, request: C, work: UnitOfWork) -> None:
        aggregates.remove(entity, *self.remove(entity, request, work).events)


class Transaction(Retried[R, T]):
    """Changes several aggregates, all or none, for a request that names no single one of them to expect a version of.

    Raises:
        TypeError: when a subclass is made whose request has an expected version, which nothing would require.
    """

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        request, _ = arguments_of(Transaction, cls)
        if isinstance(request, type) and issubclass(request, ChangeRequest):
            raise TypeError(
                f"{cls.__name__}: {request.__name__} has an expected_version, which a Transaction does not require; "
                "use ChangeTogether or RemoveTogether, which do"
            )

    def __init__(self, unit_of_work: Callable[[], UnitOfWork], events: EventFactory) -> None:
        self._unit_of_work = unit_of_work
        self._events = events

    @abstractmethod
    def change(self, request: R, work: UnitOfWork, /) -> T:
        """Reads and writes through `work`; the base commits. Called again after a conflict, with another `work`.

        An error that it raises after it has read several aggregates is raised to the caller only if none of them was
        changed meanwhile.
        """

    def _attempt(self, request: R) -> T:
        return _committed(self._unit_of_work, lambda work: self.change(request, work))


def _committed(unit_of_work: Callable[[], UnitOfWork], write: Callable[[UnitOfWork], T]) -> T:
    """What `write` returns, committed. A rule that it found broken is raised if it is, see `UnitOfWork.confirm`."""
    with unit_of_work() as work:
        try:
            result = write(work)
        except (InvalidArgument, NotFound):
            work.confirm()
            raise
        work.commit()
        return result
