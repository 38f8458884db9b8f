"""Everything this service refuses or fails at.

ServiceError
├── InvalidArgument      a rule of the domain or of the call is broken
├── InvalidCursor        not a cursor of this listing
├── EntityError          about one entity
│   ├── NotFound         nothing is stored under that id
│   ├── AlreadyExists    the id is taken
│   ├── Conflict         it was changed since it was read
│   ├── TooLarge         more than the store can hold in one piece
│   ├── Unreadable       what is stored breaks a rule of this release
│   └── Undeliverable    an event that the bus can never take
├── TransactionFailed    a unit of work was refused, whole
├── PartialFailure       some of many were not read or not written
├── Unavailable          the store gave no usable answer
└── Misconfigured        the service is set up wrongly

None of them is a ValueError: pydantic would swallow one that a validator raises.
"""

from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any
from typing import NamedTuple
from typing import Self


class ServiceError(Exception):
    """The base of all errors of this service."""

    @property
    def retryable(self) -> bool:
        """Whether the whole use case may be run again: it can succeed, and nothing would be done twice."""
        return False

    @property
    def data(self) -> Mapping[str, Any]:
        """What a program would want to know, as plain JSON values."""
        return {}


class Violation(NamedTuple):
    """A rule that an input breaks."""

    input: str
    rule: str


class InvalidArgument(ServiceError):
    """A rule of the domain or of the call is broken; every violation is named."""

    def __init__(self, input: str, rule: str, *others: Violation) -> None:
        self.violations = (Violation(input, rule), *others)
        super().__init__("; ".join(f"{name}: {rule}" for name, rule in self.violations))

    @property
    def inputs(self) -> str:
        """What breaks a rule, without the rules, which may quote it."""
        return ", ".join(violation.input for violation in self.violations)

    @classmethod
    def of(cls, violations: Iterable[Violation]) -> Self:
        """The error of all `violations`, of which there is at least one."""
        first, *others = violations
        return cls(*first, *others)

    @property
    def data(self) -> Mapping[str, Any]:
        return {"errors": [violation._asdict() for violation in self.violations]}


class InvalidCursor(ServiceError):
    """The cursor is damaged, or was made for another listing."""

    def __init__(self) -> None:
        super().__init__("the cursor is damaged, or was made for another listing")


class EntityError(ServiceError):
    """Something about one entity."""

    def __init__(self, kind: str, id: str, detail: str) -> None:
        self.kind = kind
        self.id = id
        super().__init__(f"{kind} {id} {detail}")

    @property
    def data(self) -> Mapping[str, Any]:
        return {"kind": self.kind, "id": self.id}


class NotFound(EntityError):
    """Nothing is stored under that id."""

    def __init__(self, kind: str, id: str) -> None:
        super().__init__(kind, id, "does not exist")


class AlreadyExists(EntityError):
    """The id is taken."""

    def __init__(self, kind: str, id: str) -> None:
        super().__init__(kind, id, "exists already")


class Conflict(EntityError):
    """The entity was changed since it was read."""

    def __init__(self, kind: str, id: str, *, expected: int, found: int) -> None:
        self.expected = expected
        self.found = found
        other = f"not {expected}" if found != expected else "but was replaced since it was read"
        super().__init__(kind, id, f"is at version {found}, {other}")

    @property
    def retryable(self) -> bool:
        return True

    @property
    def data(self) -> Mapping[str, Any]:
        return {**super().data, "expected": self.expected, "found": self.found}


class TooLarge(EntityError):
    """More bytes than the store can hold in one piece."""

    def __init__(self, kind: str, id: str, *, size: int | None, limit: int) -> None:
        """`size` is None if only the store knows it: beside what is written it keeps data of others there."""
        self.size = size
        self.limit = limit
        taken = "too many" if size is None else size
        super().__init__(kind, id, f"takes {taken} bytes; the limit is {limit}")

    @property
    def data(self) -> Mapping[str, Any]:
        return {**super().data, "size": self.size, "limit": self.limit}


class Unreadable(EntityError):
    """What is stored breaks a rule of this release."""

    def __init__(self, kind: str, id: str, rule: str, *, where: str = "") -> None:
        """`where` is said instead of `rule`, if the rule may quote what is stored: it stays out of answers and logs."""
        self.rule = rule
        self.where = where
        super().__init__(kind, id, f"cannot be read: {f'{where} breaks a rule of this release' if where else rule}")

    @classmethod
    def together(cls, errors: Sequence[Self]) -> Self:
        """One error that names what all of `errors`, of which there is at least one, are about."""
        if len(errors) == 1:
            return errors[0]
        ids, rules = (", ".join(error.id for error in errors), "; ".join(error.rule for error in errors))
        return cls(errors[0].kind, ids, rules, where="each")


class Undeliverable(EntityError):
    """An event that the bus can never take, however often it is handed over."""

    def __init__(self, kind: str, id: str, rule: str) -> None:
        self.rule = rule
        super().__init__(kind, id, f"cannot be published: {rule}")


class Failure(NamedTuple):
    """Why one entity stood in the way of a unit of work."""

    kind: str
    id: str
    error: ServiceError


class TransactionFailed(ServiceError):
    """A unit of work was refused: nothing of it was written."""

    def __init__(self, *failures: Failure) -> None:
        self.failures = failures
        super().__init__("; ".join(str(failure.error) for failure in failures))

    @property
    def retryable(self) -> bool:
        return all(isinstance(failure.error, Conflict) for failure in self.failures)

    @property
    def data(self) -> Mapping[str, Any]:
        return {
            "failures": [
                {"kind": kind, "id": id, "error": type(error).__name__, "detail": str(error)}
                for kind, id, error in self.failures
            ]
        }


class PartialFailure(ServiceError):
    """Some of many were not read or not written, even after retries; all the others were."""

    def __init__(self, *ids: str) -> None:
        self.ids = ids
        super().__init__(f"{len(ids)} left undone: {', '.join(ids)}")

    @property
    def retryable(self) -> bool:
        return True

    @property
    def data(self) -> Mapping[str, Any]:
        return {"ids": list(self.ids)}


class Throttling(NamedTuple):
    """Which limit a call would have exceeded.

    Attributes:
        limit: the store's name of it.
        resource: what has the limit, such as a table or an index; empty if the store does not say.
        is_of_partition: whether one partition is too busy, though the whole resource may have room.
    """

    limit: str
    resource: str
    is_of_partition: bool


class Unavailable(ServiceError):
    """The store gave no usable answer: throttled, timed out or unreachable."""

    def __init__(self, reason: str, *, maybe_applied: bool = False, throttled_by: Sequence[Throttling] = ()) -> None:
        self.maybe_applied = maybe_applied
        self.throttled_by = tuple(throttled_by)
        super().__init__(f"{reason}; the change may have been applied" if maybe_applied else reason)

    @property
    def retryable(self) -> bool:
        return not self.maybe_applied

    @property
    def data(self) -> Mapping[str, Any]:
        throttled_by = [throttling._asdict() for throttling in self.throttled_by]
        return {"maybe_applied": self.maybe_applied, **({"throttled_by": throttled_by} if throttled_by else {})}


class Misconfigured(ServiceError):
    """The service is set up wrongly: a setting, a table, a permission."""
