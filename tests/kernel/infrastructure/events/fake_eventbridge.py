"""EventBridge in this process: keeps what it is sent, and refuses what it is told to."""

import json
from collections.abc import Callable
from itertools import chain
from itertools import repeat
from typing import Any

from botocore.exceptions import ClientError
from ulid import ULID

from domain.kernel.events import Event

WHY = "as the test wants it"

Answer = Callable[[list[Any]], list[dict[str, str]]]
"""What becomes of the entries of a request: the outcome of each, or an error."""


class FakeEventBridge:
    """Gives these answers, one to each request; afterwards it takes everything."""

    def __init__(self, *answers: Answer) -> None:
        self.requests: list[list[Any]] = []
        self.taken: list[str] = []
        """The ids of the events that it has taken."""
        self._answers = chain(answers, repeat(refusing("")))

    @property
    def sent(self) -> list[list[str]]:
        """The ids of the events of each request."""
        return [[event_id(entry) for entry in request] for request in self.requests]

    def put_events(self, Entries: list[Any]) -> Any:  # noqa: N803  # so it is called in boto3
        self.requests.append(Entries)
        outcomes = next(self._answers)(Entries)
        self.taken += [event_id(entry) for entry, told in zip(Entries, outcomes, strict=True) if "EventId" in told]
        return {"FailedEntryCount": sum("ErrorCode" in told for told in outcomes), "Entries": outcomes}


def refusing(code: str, *events: Event) -> Answer:
    """Takes all entries but those of `events`."""
    ids = {event.event_id for event in events}
    refusal = {"ErrorCode": code, "ErrorMessage": WHY}
    return lambda entries: [refusal if event_id(entry) in ids else {"EventId": str(ULID())} for entry in entries]


def failing(error: Exception) -> Answer:
    """Takes nothing, and answers nothing."""

    def answer(entries: list[Any]) -> list[dict[str, str]]:
        raise error

    return answer


def client_error(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": WHY}}, "PutEvents")


def event_id(entry: Any) -> str:
    return str(json.loads(entry["Detail"])["id"])


def size(entry: Any) -> int:
    """The bytes that EventBridge counts.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html
    """
    return 14 * ("Time" in entry) + sum(len(entry[name].encode()) for name in ("Source", "DetailType", "Detail"))
