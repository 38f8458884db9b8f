"""What a transport raises, as errors of ours. An error of DynamoDB's that is not expected passes unchanged."""

import re
from collections.abc import Sequence

from domain.kernel.errors import Misconfigured
from domain.kernel.errors import ServiceError
from domain.kernel.errors import Throttling
from domain.kernel.errors import Unavailable
from infrastructure.kernel.aws_codes import THROTTLED
from infrastructure.kernel.dynamodb.codec import Item
from infrastructure.kernel.dynamodb.transport import ErrorAnswer
from infrastructure.kernel.dynamodb.transport import NoAnswer
from infrastructure.kernel.dynamodb.transport import TransportError

# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
_CONDITION_FAILED = "ConditionalCheckFailedException"
_BUSY = {"TransactionConflictException", "TransactionInProgressException"}

# Reasons of https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
_REASON_CONDITION_FAILED = "ConditionalCheckFailed"
_REASON_INVALID = "ValidationError"
_REASONS_OF_THROTTLING = {"ThrottlingError", "ProvisionedThroughputExceeded"}
_REASONS_THAT_PASS = {"TransactionConflict", *_REASONS_OF_THROTTLING}

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


def refusal(error: TransportError, *, ambiguous: bool) -> Refused | None:
    """The failed conditions that `error` tells of, if it does."""
    if not isinstance(error, ErrorAnswer):
        return None
    if error.code == _CONDITION_FAILED:
        return Refused([error.item], ambiguous=ambiguous)
    failed = [reason.item if reason.code == _REASON_CONDITION_FAILED else None for reason in error.reasons]
    return None if all(item is None for item in failed) else Refused(failed, ambiguous=ambiguous)


class Unfinished(Exception):
    """DynamoDB got to nothing of a batch."""


def is_said(error: BaseException | None, *codes: str) -> bool:
    """Whether `error` is an answer of DynamoDB with one of the codes."""
    return isinstance(error, ErrorAnswer) and error.code in codes


def may_pass(error: BaseException) -> bool:
    """Whether the same request may be answered otherwise when it is sent again.

    That is safe for every request of this adapter: a write that was made is recognised by its id or its token.
    """
    is_in_the_way = isinstance(error, ErrorAnswer) and _is_in_the_way(error)
    return is_in_the_way or is_of_outage(error) or isinstance(error, Unfinished)


def is_of_outage(error: BaseException | None) -> bool:
    """Whether DynamoDB is down, overloaded or out of reach, as far as one attempt can tell."""
    if isinstance(error, ErrorAnswer):
        return error.code in THROTTLED or error.is_of_its_side
    return isinstance(error, TransportError)


def is_throttled(error: BaseException) -> bool:
    """Whether DynamoDB throttled a request, or a write of it."""
    return isinstance(error, ErrorAnswer) and (error.code in THROTTLED or bool(throttled_by(error)))


def throttled_by(error: ErrorAnswer) -> list[Throttling]:
    """Which limits the request would have exceeded. Of a cancelled transaction, DynamoDB does not say whose they are."""
    cancelled = [each.code for each in error.reasons if each.code in _REASONS_OF_THROTTLING]
    of_transaction = cancelled if _is_in_the_way(error) else ()
    return error.throttled_by or [Throttling(code, "", is_of_partition=False) for code in dict.fromkeys(of_transaction)]


def is_ambiguous(error: BaseException) -> bool:
    """Whether an attempt that ended so may have been carried out: no answer came, or DynamoDB failed on its side."""
    return isinstance(error, NoAnswer) or (isinstance(error, ErrorAnswer) and error.is_of_its_side)


def oversize(error: TransportError, *, ambiguous: bool) -> Oversized | None:
    """The item too large that `error` tells of, if it does.

    The adapter measures what it sends. But an update leaves unknown attributes in the item, and costs some bytes for each
    attribute that it sets.
    """
    if not isinstance(error, ErrorAnswer):
        return None
    invalid = ((place, reason.message) for place, reason in enumerate(error.reasons) if reason.code == _REASON_INVALID)
    places = [place for place, message in invalid if _SAID_OF_TOO_LARGE.search(message)]
    is_said = error.code == "ValidationException" and _SAID_OF_TOO_LARGE.search(error.message)
    return Oversized(places, ambiguous=ambiguous) if places or is_said else None


def translated(error: TransportError, *, table: str, maybe_applied: bool) -> ServiceError | None:
    """The error of ours that `error` means, or None if it is not one to be expected."""
    if not isinstance(error, ErrorAnswer):
        return Unavailable(f"DynamoDB did not answer: {error}", maybe_applied=maybe_applied)
    if error.code == "ResourceNotFoundException":
        return Misconfigured(f"there is no table {table}, or it lacks an index: {error.message}")
    if error.code in _MISCONFIGURED:
        return Misconfigured(
            f"DynamoDB refused the call for table {table}: {_MISCONFIGURED[error.code]} ({error.code})"
        )
    if about_keys := _said_of_keys(error):
        return Misconfigured(f"table {table} has not the keys and indexes that it should have: {about_keys}")
    if is_throttled(error):
        limits = throttled_by(error)
        reasons = ", ".join(f"{each.limit} of {each.resource or 'unknown'}" for each in limits)
        text = f"DynamoDB throttled the call{f': {reasons}' if reasons else ''}"
        return Unavailable(text, maybe_applied=maybe_applied, throttled_by=limits)
    if _is_in_the_way(error):
        return Unavailable("other transactions keep the item busy", maybe_applied=maybe_applied)
    if error.is_of_its_side:
        return Unavailable(f"DynamoDB failed: {error.code}", maybe_applied=maybe_applied)
    return None


def _is_in_the_way(error: ErrorAnswer) -> bool:
    """Whether other transactions or throttling kept the call from being carried out."""
    codes = {reason.code for reason in error.reasons} - {"None"}
    return error.code in _BUSY or (bool(codes) and codes <= _REASONS_THAT_PASS)


def _said_of_keys(error: ErrorAnswer) -> str | None:
    """What DynamoDB says if the table, or its index, has other keys than the call took for granted."""
    messages = [reason.message for reason in error.reasons if reason.code == _REASON_INVALID]
    if error.code == "ValidationException":
        messages.append(error.message)
    return next((message for message in messages if any(said in message for said in _SAID_OF_OTHER_KEYS)), None)
