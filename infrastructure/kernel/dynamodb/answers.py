"""Whether an answer is DynamoDB's, and whole. botocore minds neither, and makes an empty answer of a page of HTML."""

import json
import re
import zlib
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from contextlib import contextmanager
from http import HTTPStatus
from traceback import walk_tb
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.exceptions import ResponseStreamingError
from botocore.model import OperationModel

_JSON = re.compile(r"application/(x-amz-)?json", re.IGNORECASE)
_ALWAYS_THERE = {
    "BatchGetItem": "Responses",
    "BatchWriteItem": "UnprocessedItems",
    "DescribeStream": "StreamDescription",
    "DescribeTable": "Table",
    "GetRecords": "Records",
    "GetShardIterator": "ShardIterator",
    "Query": "Items",
    "Scan": "Items",
}

WHOLE = "_whole"
"""Under this name, what the client returns has the bytes of the answer, and no other member of it."""


@contextmanager
def parsed(answer: bytes) -> Iterator[Any]:
    """What `answer`, which is JSON, has in it, for the block that looks into it.

    Raises:
        ResponseStreamingError: it is not JSON, or the block does not find what there must be.
    """
    try:
        yield json.loads(answer)
    except (AttributeError, LookupError, TypeError, ValueError) as exc:
        raise _unbelievable() from exc


def answer_to(call: Callable[..., Any], **request: Any) -> Any:
    """What a call of the client returns.

    Raises:
        ResponseStreamingError: the members of the answer have a shape that botocore can make nothing of.
    """
    try:
        return call(**request)
    except Exception as exc:
        if any(frame.f_globals["__name__"] == "botocore.parsers" for frame, _ in walk_tb(exc.__traceback__)):
            raise _unbelievable() from exc
        raise


def require_believable(http_response: AWSResponse, parsed: Mapping[str, Any], model: OperationModel, **_: Any) -> None:
    """Called by botocore with each answer: passes if it is DynamoDB's and whole.

    Raises:
        ResponseStreamingError: it is not. Nobody knows whether the request was carried out.
    """
    if not _is_believable(model.name, http_response, parsed):
        raise _unbelievable()


def _unbelievable() -> ResponseStreamingError:
    return ResponseStreamingError(error="an answer was cut short, or is none of DynamoDB's")


def _is_believable(operation: str, answer: AWSResponse, parsed: Mapping[str, Any]) -> bool:
    """A proxy that fails may answer in its own words; so a failure, which tells nothing of what was done, needs no proof."""
    content: bytes = answer.content
    if len(content) < int(answer.headers.get("Content-Length") or 0):
        return False
    if answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return True
    is_json = _JSON.match(answer.headers.get("Content-Type") or "") is not None
    is_object = content[:1] == b"{" and content[-1:] == b"}"
    checksum = answer.headers.get("x-amz-crc32")
    is_intact = checksum in (None, str(zlib.crc32(content)))
    is_parsed = answer.status_code == HTTPStatus.OK and WHOLE not in parsed
    is_complete = not is_parsed or _ALWAYS_THERE.get(operation) in (None, *parsed)
    return is_json and is_object and is_intact and is_complete
