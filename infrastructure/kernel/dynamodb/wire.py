"""Requests and answers as JSON, by an ordinary client of botocore: its public events let both past its own codec."""

from collections.abc import Mapping
from contextvars import ContextVar
from http import HTTPStatus
from typing import TYPE_CHECKING
from typing import Any
from typing import NamedTuple

from infrastructure.kernel.dynamodb.answers import WHOLE
from infrastructure.kernel.dynamodb.answers import answer_to

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

READS = {"get_item", "batch_get_item", "query", "scan"}


class _Exchange(NamedTuple):
    body: bytes
    reads: bool


_exchange: ContextVar[_Exchange | None] = ContextVar("exchange", default=None)


class Wire:
    """Sends requests to one table. Everything else is the client's: signature, connections, errors."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._asked = _parameters(table)
        events: Any = client.meta.events
        for event, handler in (("before-call", _replace_body), ("before-parse", _keep_whole)):
            events.register(f"{event}.dynamodb", handler, unique_id=f"wire-{event}")  # once, whatever tables it calls

    def send(self, operation: str, request: str) -> Any:
        """The answer: of a read, its bytes; of a write, as botocore has parsed it. Raises what the client does."""
        reads = operation in READS
        token = _exchange.set(_Exchange(request.encode(), reads))
        try:
            answer = answer_to(getattr(self._client, operation), **self._asked[operation])
        finally:
            _exchange.reset(token)
        return answer[WHOLE] if reads else answer


def _parameters(table: str) -> Mapping[str, Mapping[str, Any]]:
    """What the client is called with: as little as it takes for a request of that operation to that table."""
    return {
        "get_item": {"TableName": table, "Key": {}},
        "query": {"TableName": table},
        "put_item": {"TableName": table, "Item": {}},
        "update_item": {"TableName": table, "Key": {}},
        "batch_get_item": {"RequestItems": {table: {"Keys": [{}]}}},
        "batch_write_item": {"RequestItems": {table: [{}]}},
        "transact_write_items": {"TransactItems": [{}]},
    }


def _replace_body(params: dict[str, Any], **_: Any) -> None:
    """Called by botocore with each request, before it is signed."""
    exchange = _exchange.get()
    if exchange is not None:
        params["body"] = exchange.body


def _keep_whole(response_dict: dict[str, Any], customized_response_dict: dict[str, Any], **_: Any) -> None:
    """Called by botocore with each answer, before it is parsed: leaves nothing of it to parse, unless it tells an error."""
    exchange = _exchange.get()
    if exchange is not None and exchange.reads and response_dict["status_code"] == HTTPStatus.OK:
        customized_response_dict[WHOLE] = response_dict["body"]
        response_dict["body"] = b""
