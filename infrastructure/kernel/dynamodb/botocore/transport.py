"""Requests and answers as bytes, by an ordinary client of botocore: its public events let both past its own codec."""

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from traceback import walk_tb
from typing import Any

from botocore.exceptions import BotoCoreError
from botocore.exceptions import ClientError
from botocore.exceptions import ConnectionError as NoConnectionError
from botocore.exceptions import ConnectTimeoutError
from botocore.exceptions import CredentialRetrievalError
from botocore.exceptions import EndpointConnectionError
from botocore.exceptions import HTTPClientError
from botocore.exceptions import NoCredentialsError
from botocore.exceptions import NoRegionError
from botocore.exceptions import PartialCredentialsError
from botocore.exceptions import ProxyConnectionError
from botocore.exceptions import SSOError
from botocore.exceptions import TokenRetrievalError

from domain.kernel.errors import Misconfigured
from infrastructure.kernel.dynamodb.answers import unbelievable
from infrastructure.kernel.dynamodb.botocore.client import believed
from infrastructure.kernel.dynamodb.botocore.client import create_client
from infrastructure.kernel.dynamodb.transport import Answer
from infrastructure.kernel.dynamodb.transport import ErrorAnswer
from infrastructure.kernel.dynamodb.transport import NoAnswer
from infrastructure.kernel.dynamodb.transport import NotSent
from infrastructure.kernel.dynamodb.transport import Transport
from infrastructure.kernel.settings import Settings

_OF_BOTOCORE = (BotoCoreError, ClientError, AttributeError, LookupError, TypeError, ValueError)
"""What its client raises; when its parser can make nothing of an answer, that may be anything."""
_LOOKED_INTO: dict[str, dict[str, Any]] = {
    "BatchGetItem": {"RequestItems": {}},
    "BatchWriteItem": {"RequestItems": {}},
    "TransactWriteItems": {"TransactItems": []},
}
"""Parameters that botocore looks into for the endpoint, and has to find."""
_BEFORE_SENDING = {"_validate_conn", "putheader"}  # functions of urllib3 and http.client, all done before a byte leaves
_NEVER_SENT = (EndpointConnectionError, ConnectTimeoutError, ProxyConnectionError)
_NO_CREDENTIALS = (
    CredentialRetrievalError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
    SSOError,
    TokenRetrievalError,
)


@dataclass
class _Exchange:
    """A request, and what has come back, with the headers that say whether it can be believed."""

    body: bytes
    answer: Answer | None = None
    headers: Any = None


_exchange: ContextVar[_Exchange | None] = ContextVar("exchange", default=None)


def create(settings: Settings) -> Transport:
    """The transport of an ordinary client.

    Raises:
        Misconfigured: there is no region, or the endpoint is no URL.
    """
    return BotocoreTransport(create_client(settings))


class BotocoreTransport(Transport):
    """Signature, connections, credentials and endpoint are the client's; what it carries is not."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.client.meta.events.register("before-call.dynamodb", _replace_body)
        self.client.meta.events.register_first("before-send.dynamodb", _forget_answer)
        self.client.meta.events.register("before-parse.dynamodb", _keep_answer)

    def send(self, operation: str, body: bytes) -> Answer:
        exchange = _Exchange(body)
        token = _exchange.set(exchange)
        try:
            getattr(self.client, self._methods[operation])(**_LOOKED_INTO.get(operation, {}))
        except _OF_BOTOCORE as exc:
            if exchange.answer is None:
                known = _failure(exc)
                if known is None:
                    raise
                raise known from exc
        finally:
            _exchange.reset(token)
        if exchange.answer is None:
            raise NoAnswer("the client returned without an answer")
        return believed(exchange.answer, exchange.headers)

    def close(self) -> None:
        self.client.close()

    @cached_property
    def _methods(self) -> dict[str, str]:
        """Those of the client, by operation."""
        return {operation: method for method, operation in self.client.meta.method_to_api_mapping.items()}


def answer_to(call: Callable[..., Any], **request: Any) -> Any:
    """What a call of any client of DynamoDB returns.

    Raises:
        NotSent, NoAnswer, ErrorAnswer, Misconfigured: as `Transport.send`; an error of DynamoDB's, too.
    """
    try:
        return call(**request)
    except _OF_BOTOCORE as exc:
        known = _failure(exc)
        if known is None:
            raise
        raise known from exc


def _failure(error: Exception) -> Exception | None:
    """What an error of botocore's means, if it is one to be expected."""
    if isinstance(error, ClientError):
        response: Any = error.response
        said = {"__type": response["Error"]["Code"], "message": response["Error"].get("Message", "")}
        return ErrorAnswer(response["ResponseMetadata"].get("HTTPStatusCode", 0), {**response, **said})
    if isinstance(error, _NO_CREDENTIALS):
        return Misconfigured(f"DynamoDB cannot be called: {error}")
    if isinstance(error, (HTTPClientError, NoConnectionError)):
        return (NotSent if _is_of_before_sending(error) else NoAnswer)(type(error).__name__)
    if any(frame.f_globals["__name__"] == "botocore.parsers" for frame, _ in walk_tb(error.__traceback__)):
        return unbelievable()
    return None


def _is_of_before_sending(error: HTTPClientError | NoConnectionError) -> bool:
    """Whether no request can have left: there was no connection, no TLS, or a header that cannot be sent."""
    inner = getattr(error, "kwargs", {}).get("error")
    causes = [cause for cause in (inner, *getattr(inner, "args", ())) if isinstance(cause, BaseException)]
    raised_in = {frame.f_code.co_name for cause in causes for frame, _ in walk_tb(cause.__traceback__)}
    return isinstance(error, _NEVER_SENT) or not _BEFORE_SENDING.isdisjoint(raised_in)


def _replace_body(params: dict[str, Any], **_: Any) -> None:
    """Called by botocore with each request, before it is signed."""
    exchange = _exchange.get()
    if exchange is not None:
        params["body"] = exchange.body


def _forget_answer(**_: Any) -> None:
    """Called by botocore before each attempt: the one before, which the clock was wrong for, says nothing of this one."""
    exchange = _exchange.get()
    if exchange is not None:
        exchange.answer = None


def _keep_answer(response_dict: dict[str, Any], **_: Any) -> None:
    """Called by botocore with each answer, before it is parsed: leaves nothing of it to parse, unless it tells an error."""
    exchange = _exchange.get()
    if exchange is not None:
        status, body = response_dict["status_code"], response_dict["body"]
        exchange.answer, exchange.headers = Answer(status, body), response_dict["headers"]
        if status == HTTPStatus.OK:
            response_dict["body"] = b""
