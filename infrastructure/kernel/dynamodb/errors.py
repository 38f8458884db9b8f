"""What DynamoDB and the client say, as errors of ours. A code that is not expected passes unchanged."""

import re
from collections.abc import Mapping
from collections.abc import Sequence
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
from domain.kernel.errors import ServiceError
from domain.kernel.errors import Unavailable
from infrastructure.kernel.aws import THROTTLED
from infrastructure.kernel.dynamodb.codec import Item

# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
_CONDITION_FAILED = "ConditionalCheckFailedException"
_TRANSACTION_CANCELED = "TransactionCanceledException"
_BUSY = {"TransactionConflictException", "TransactionInProgressException"}

# Reasons of https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
_REASON_CONDITION_FAILED = "ConditionalCheckFailed"
_REASON_INVALID = "ValidationError"
_REASONS_THAT_PASS = {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}

_MISCONFIGURED = {
    "AccessDeniedException": "the credentials do not permit it",
    "ExpiredTokenException": "the credentials have expired",
    "IncompleteSignatureException": "the credentials are incomplete",
    "InvalidSignatureException": "the credentials, or the clock of this machine, are wrong",
    "RequestExpired": "the clock of this machine is wrong",
    "RequestTimeTooSkewed": "the clock of this machine is wrong",
    "MissingAuthenticationTokenException": "there are no credentials",
    "UnrecognizedClientException": "the credentials are not known",
}
# There is no code for it.
_SAID_OF_OTHER_KEYS = ("key element", "key schema element", "Missing the key", "Type mismatch for", "specified index")
# It has no code either. A put says "Item size", an update "Item size to update"; an "Expression size" is something else.
_SAID_OF_TOO_LARGE = re.compile(r"\bItem size (to update )?has exceeded the maximum allowed size")
_UNANSWERED = (HTTPClientError, NoConnectionError)
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


class Refused(Exception):
    """Conditions failed and nothing was written, now.

    `old` has, for each write of the request, None if its condition held, else the item that was there, empty if none
    was. `ambiguous` tells that an earlier attempt of the same request may have been carried out.
    """

    def __init__(self, old: Sequence[Item | None], *, ambiguous: bool) -> None:
        self.old = old
        self.ambiguous = ambiguous
        super().__init__("conditions failed")


class Oversized(Exception):
    """DynamoDB found that a write would make an item too large, and wrote nothing, now.

    `places` are those of the writes in their transaction; empty if it does not say. `ambiguous` is as in `Refused`.
    """

    def __init__(self, places: Sequence[int], *, ambiguous: bool) -> None:
        self.places = places
        self.ambiguous = ambiguous
        super().__init__("an item would be too large")


def refusal(error: ClientError | BotoCoreError, *, ambiguous: bool) -> Refused | None:
    """The failed conditions that `error` tells of, if it does."""
    if not isinstance(error, ClientError):
        return None
    response: Mapping[str, Any] = error.response
    if _code(error) == _CONDITION_FAILED:
        return Refused([response.get("Item", {})], ambiguous=ambiguous)
    reasons = _reasons(error)
    if any(reason["Code"] == _REASON_CONDITION_FAILED for reason in reasons):
        failed = (reason.get("Item", {}) if reason["Code"] == _REASON_CONDITION_FAILED else None for reason in reasons)
        return Refused(list(failed), ambiguous=ambiguous)
    return None


class Unfinished(Exception):
    """DynamoDB got to nothing of a batch."""


def is_said(error: BaseException | None, *codes: str) -> bool:
    """Whether `error` is an answer of DynamoDB with one of the codes."""
    return isinstance(error, ClientError) and _code(error) in codes


def may_pass(error: BaseException) -> bool:
    """Whether the same request may be answered otherwise when it is sent again.

    That is safe for every request of this adapter: a write that was made is recognised by its id or its token.
    """
    if isinstance(error, ClientError):
        return _is_in_the_way(error) or is_of_outage(error)
    return is_of_outage(error) or isinstance(error, Unfinished)


def is_of_outage(error: BaseException | None) -> bool:
    """Whether DynamoDB is down, overloaded or out of reach, as far as one attempt can tell."""
    if isinstance(error, ClientError):
        return _code(error) in THROTTLED or _status(error) >= HTTPStatus.INTERNAL_SERVER_ERROR
    return isinstance(error, _UNANSWERED)


def _is_in_the_way(error: ClientError) -> bool:
    """Whether other transactions or throttling kept the call from being carried out."""
    codes = {reason["Code"] for reason in _reasons(error)} - {"None"}
    return _code(error) in _BUSY or (bool(codes) and codes <= _REASONS_THAT_PASS)


def _status(error: ClientError) -> int:
    return error.response["ResponseMetadata"].get("HTTPStatusCode", 0)


def oversize(error: ClientError | BotoCoreError, *, ambiguous: bool) -> Oversized | None:
    """The item too large that `error` tells of, if it does.

    The adapter measures what it sends. But an update leaves unknown attributes in the item, and costs some bytes for each
    attribute that it sets.
    """
    if not isinstance(error, ClientError):
        return None
    reasons = enumerate(_reasons(error))
    places = [place for place, reason in reasons if reason["Code"] == _REASON_INVALID and _is_of_size(reason)]
    is_said = _code(error) == "ValidationException" and _is_of_size(error.response["Error"])
    return Oversized(places, ambiguous=ambiguous) if places or is_said else None


def _is_of_size(told: Mapping[str, Any]) -> bool:
    return _SAID_OF_TOO_LARGE.search(told.get("Message") or "") is not None


def _code(error: ClientError) -> str:
    return error.response["Error"]["Code"]


def _reasons(error: ClientError) -> Sequence[Mapping[str, Any]]:
    """Why a transaction was cancelled, a reason per write; none for any other error."""
    response: Mapping[str, Any] = error.response
    return response.get("CancellationReasons", ()) if _code(error) == _TRANSACTION_CANCELED else ()


def _is_about_keys(error: ClientError) -> bool:
    """Whether the table, or its index, has other keys than the call took for granted."""
    of_reasons = (reason.get("Message", "") for reason in _reasons(error) if reason["Code"] == _REASON_INVALID)
    messages = [error.response["Error"].get("Message", "")] if _code(error) == "ValidationException" else of_reasons
    return any(said in message for message in messages for said in _SAID_OF_OTHER_KEYS)


def is_ambiguous(error: BaseException) -> bool:
    """Whether an attempt that ended so may have been carried out: no answer came, or DynamoDB failed on its side."""
    if isinstance(error, ClientError):
        return _status(error) >= HTTPStatus.INTERNAL_SERVER_ERROR
    return isinstance(error, _UNANSWERED) and not _is_of_before_sending(error)


def _is_of_before_sending(error: HTTPClientError | NoConnectionError) -> bool:
    """Whether no request can have left: there was no connection, no TLS, or a header that cannot be sent."""
    inner = getattr(error, "kwargs", {}).get("error")
    causes = [cause for cause in (inner, *getattr(inner, "args", ())) if isinstance(cause, BaseException)]
    raised_in = {frame.f_code.co_name for cause in causes for frame, _ in walk_tb(cause.__traceback__)}
    return isinstance(error, _NEVER_SENT) or not _BEFORE_SENDING.isdisjoint(raised_in)


def translated(error: ClientError | BotoCoreError, *, table: str, maybe_applied: bool) -> ServiceError | None:
    """The error of ours that `error` means, or None if it is not one to be expected."""
    if isinstance(error, ClientError):
        return _of_dynamodb(error, table, maybe_applied)
    if isinstance(error, _NO_CREDENTIALS):
        return Misconfigured(f"DynamoDB cannot be called: {error}")
    if isinstance(error, _UNANSWERED):
        return Unavailable(f"DynamoDB did not answer: {type(error).__name__}", maybe_applied=maybe_applied)
    return None


def _of_dynamodb(error: ClientError, table: str, maybe_applied: bool) -> ServiceError | None:
    found = _code(error)
    message = error.response["Error"].get("Message", "")
    if found == "ResourceNotFoundException":
        return Misconfigured(f"there is no table {table}, or it lacks an index: {message}")
    if found in _MISCONFIGURED:
        return Misconfigured(f"DynamoDB refused the call for table {table}: {_MISCONFIGURED[found]} ({found})")
    if _is_about_keys(error):
        return Misconfigured(f"table {table} has not the keys and indexes that it should have: {message}")
    if found in THROTTLED:
        return Unavailable("DynamoDB throttled the call", maybe_applied=maybe_applied)
    if _is_in_the_way(error):
        return Unavailable("other transactions keep the item busy", maybe_applied=maybe_applied)
    if _status(error) >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Unavailable(f"DynamoDB failed: {found}", maybe_applied=maybe_applied)
    return None
