"""Dead letters, read again: from a log, or from an object of the bucket.

Lambda's own, of a batch that it gave up, have the whole batch in `payload`:
https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
"""

import json
import re
from abc import ABC
from abc import abstractmethod
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.kernel.errors import InvalidArgument

_MARK = "dead letter: "
"""What `LogDeadLetters` begins a message with."""
_BEFORE_JSON = re.compile(r': (?=[{["])')


@dataclass(frozen=True)
class Letter:
    """One record that was not published, or what stands in the place of one.

    Attributes:
        name: where it stands in its source. No other letter of the source has it.
        record: as a Lambda function is given it.
        reason: why the relay gave it up; empty if Lambda did.
        problem: why there is no record; empty if there is one.
        is_of_batch: whether Lambda gave it up, with others. Then there may be nothing wrong with it.
        place: which one of its batch it is.
    """

    name: str
    record: Any = None
    reason: str = ""
    problem: str = ""
    is_of_batch: bool = False
    place: int = 1


class Letters(ABC):
    """A source of dead letters."""

    @abstractmethod
    def read(self, since: datetime | None = None) -> Iterator[Letter]:
        """All letters, one after the other. May leave out those of writes before `since`.

        Raises:
            Misconfigured: the source may not be read.
            Unavailable: the source does not answer.
        """

    @abstractmethod
    def find(self, name: str) -> list[Letter]:
        """The letters of that name: one, or all of a batch.

        Raises:
            InvalidArgument: there is none.
            Misconfigured: the source may not be read.
            Unavailable: the source does not answer.
        """


class LogLetters(Letters):
    """The letters in lines of a log: plain, or JSON with a `message`, as Lambda writes it. Other lines are passed over.

    A letter is named by the number of its line.
    """

    def __init__(self, lines: Iterable[bytes]) -> None:
        self._lines = lines

    def read(self, since: datetime | None = None) -> Iterator[Letter]:
        for number, line in enumerate(self._lines, 1):
            text = line.decode(errors="replace")
            if _MARK in text:
                yield _in_log(str(number), _message(text).partition(_MARK)[2].rstrip())

    def find(self, name: str) -> list[Letter]:
        return found(name, (letter for letter in self.read() if letter.name == name))


def letter_of_relay(name: str, body: bytes, reason: str) -> Letter:
    """The letter that the relay put into an object of its own."""
    try:
        return Letter(name, json.loads(body), reason)
    except (RecursionError, ValueError) as exc:
        return Letter(name, reason=reason, problem=f"is no JSON: {exc}")


def letters_of_lambda(name: str, body: bytes) -> list[Letter]:
    """The letters of a batch that Lambda gave up, each named by its place in it. One, if there is no batch."""
    try:
        invocation = json.loads(body)
        payload = invocation.get("payload") if isinstance(invocation, Mapping) else None
        batch = json.loads(payload) if isinstance(payload, str) else payload
    except (RecursionError, ValueError) as exc:
        return [Letter(name, problem=f"is no JSON: {exc}")]
    records = batch.get("Records") if isinstance(batch, Mapping) else None
    if not isinstance(records, list):
        return [Letter(name, problem="payload: must have the Records of a stream, as Lambda puts them into a bucket")]
    return [Letter(f"{name}#{place}", record, is_of_batch=True, place=place) for place, record in enumerate(records, 1)]


def found(name: str, letters: Iterable[Letter]) -> list[Letter]:
    """All of `letters`, which were looked for by `name`.

    Raises:
        InvalidArgument: there is none.
    """
    return list(letters) or _refuse(name)


def _refuse(name: str) -> list[Letter]:
    raise InvalidArgument(name, "there is no dead letter of that name")


def _message(line: str) -> str:
    """The message of a line: its member `message`, if it ends with an object that has one, else all of it."""
    try:
        told = json.loads(line[line.index("{") :])
    except (RecursionError, ValueError):
        return line
    message = told.get("message")
    return message if isinstance(message, str) else line


def _in_log(name: str, text: str) -> Letter:
    """The letter in `reason: record`. Either may have a colon in it, but only the record is JSON up to the end."""
    problem = "has no record"
    for match in _BEFORE_JSON.finditer(text):
        try:
            return Letter(name, json.loads(text[match.end() :]), text[: match.start()])
        except (RecursionError, ValueError):
            problem = "is cut off, or no JSON"
    return Letter(name, reason=text, problem=problem)
