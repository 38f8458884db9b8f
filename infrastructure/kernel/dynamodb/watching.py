"""What observers are told of a call of DynamoDB: retries, throttling and consumed capacity."""

from collections.abc import Mapping
from typing import Any
from typing import NamedTuple
from typing import Self

from infrastructure.kernel.dynamodb.errors import is_throttled
from infrastructure.kernel.dynamodb.errors import throttled_by
from infrastructure.kernel.dynamodb.transport import ErrorAnswer
from infrastructure.kernel.dynamodb.transport import TransportError
from usecases.kernel.observability import Operation


class Watching(NamedTuple):
    """One attempt of a call that is watched."""

    call: Operation

    @classmethod
    def of(cls, call: Operation | None) -> Self | None:
        """The next attempt of a call; None if nobody watches."""
        if call is None or call.layer != "dynamodb":
            return None
        call.facts["attempts"] = call.facts.get("attempts", 0) + 1
        if call.facts["attempts"] > 1:
            call.count("Retries")
        return cls(call)

    def failed(self, error: TransportError) -> None:
        """It had no success. Throttling is counted by DynamoDB's reasons, `TableWriteKeyRangeThroughputExceeded`, too."""
        if isinstance(error, ErrorAnswer) and is_throttled(error):
            self.call.count("Throttles")
            limits = throttled_by(error)
            for limit in {each.limit for each in limits}:
                self.call.count(limit)
            if limits:
                self.call.facts["throttled_by"] = [each._asdict() for each in limits]

    def answered(self, answer: Mapping[str, Any], *, units: str) -> None:
        """It was answered. An answer to several tables, or items, tells the capacity of each. No odd answer raises here."""
        told = answer.get("ConsumedCapacity")
        consumed = [each for each in (told if isinstance(told, list) else [told]) if isinstance(each, dict)]
        capacity = [each.get("CapacityUnits") for each in consumed]
        self.call.count(units, sum(each for each in capacity if isinstance(each, int | float)))
