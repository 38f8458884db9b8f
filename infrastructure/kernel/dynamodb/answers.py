"""Whether an answer is DynamoDB's, and whole, and what it says. A proxy that fails may answer in its own words."""

import json
import re
import zlib
from collections.abc import Iterator
from collections.abc import Mapping
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

from infrastructure.kernel.dynamodb.transport import Answer
from infrastructure.kernel.dynamodb.transport import ErrorAnswer
from infrastructure.kernel.dynamodb.transport import NoAnswer

_JSON = re.compile(r"application/(x-amz-)?json", re.IGNORECASE)
_ALWAYS_THERE = {
    "BatchGetItem": "Responses",
    "BatchWriteItem": "UnprocessedItems",
    "DescribeTable": "Table",
    "Query": "Items",
    "Scan": "Items",
}
_COUNTS = {"Count", "ScannedCount"}
"""Members that are numbers. All others are objects or arrays."""


def require_believable(
    answer: Answer, *, content_type: str | None, length: str | None = None, checksum: str | None = None
) -> None:
    """Passes if an answer is DynamoDB's, and not damaged, by three of its headers.

    A failure of the server tells nothing of what was done, so it needs no proof.

    Raises:
        NoAnswer: it is not. Nobody knows whether the request was carried out.
    """
    status, body = answer
    if len(body) < int(length or 0):
        raise unbelievable()
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return
    is_json = _JSON.match(content_type or "") is not None
    is_object = body[:1] == b"{" and body[-1:] == b"}"
    is_intact = checksum in (None, str(zlib.crc32(body)))
    if not (is_json and is_object and is_intact):
        raise unbelievable()


def unbelievable() -> NoAnswer:
    return NoAnswer("an answer was cut short, or is none of DynamoDB's")


def body_of(answer: Answer) -> bytes:
    """The body of an answer that is no error.

    Raises:
        ErrorAnswer: it is one.
        NoAnswer: it is none of DynamoDB's.
    """
    if answer.status == HTTPStatus.OK:
        return answer.body
    if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR and answer.body[:1] != b"{":
        raise ErrorAnswer(answer.status, {})
    with parsed(answer.body) as content:
        raise ErrorAnswer(answer.status, content)


@contextmanager
def parsed(body: bytes) -> Iterator[Any]:
    """What `body`, which is JSON, has in it, for the block that looks into it.

    Raises:
        NoAnswer: it is not JSON, or the block does not find what there must be.
    """
    try:
        yield json.loads(body)
    except (AttributeError, LookupError, TypeError, ValueError) as exc:
        raise unbelievable() from exc


def content_of(operation: str, body: bytes) -> Mapping[str, Any]:
    """What the answer to `operation` has in it.

    Raises:
        NoAnswer: it lacks what there always is, or has members of another shape than any of DynamoDB's.
    """
    with parsed(body) as content:
        is_complete = _ALWAYS_THERE.get(operation) in (None, *content)
        members = (member for name, member in content.items() if name not in _COUNTS)
        if not (is_complete and all(isinstance(member, dict | list) for member in members)):
            raise unbelievable()
        found: Mapping[str, Any] = content
        return found
