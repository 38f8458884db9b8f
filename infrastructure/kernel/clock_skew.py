"""Signing by the clock of AWS, when that of this machine is wrong.

AWS refuses a signature that is more than five minutes old, or of the future, and tells its own time in the answer.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html
"""

import logging
from collections.abc import Mapping
from datetime import UTC
from datetime import datetime
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from botocore.auth import AUTH_TYPE_MAPS
from botocore.auth import SIGV4_TIMESTAMP
from botocore.auth import S3SigV4Auth
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.awsrequest import AWSResponse
from botocore.handlers import set_operation_specific_signer

from infrastructure.kernel.aws_codes import CLOCK_REFUSED

logger = logging.getLogger(__name__)

TOLERATED = timedelta(minutes=4)
"""How far a signature may be from the time of AWS before the clock is taken for the reason: AWS tolerates five minutes."""

_CORRECTED = "clock_corrected"
"""Marks the context of a request that has been signed and sent again."""


class _Skew:
    """How far the clock of AWS is ahead of that of this machine, as far as it is known."""

    by = timedelta()


class _ByTheClockOfAWS(SigV4Auth):
    """botocore's own signature, but for its date. It has no other place to set that."""

    def _modify_request_before_signing(self, request: AWSRequest) -> None:
        request.context["timestamp"] = (datetime.now(UTC) + _Skew.by).strftime(SIGV4_TIMESTAMP)
        super()._modify_request_before_signing(request)  # type: ignore[misc]  # the stubs leave it out


class _ForS3ByTheClockOfAWS(_ByTheClockOfAWS, S3SigV4Auth):
    """The same for S3, which signs otherwise."""


_BY_THE_CLOCK_OF_AWS = {"v4": "v4-by-the-clock-of-aws", "s3v4": "s3v4-by-the-clock-of-aws"}
AUTH_TYPE_MAPS[_BY_THE_CLOCK_OF_AWS["v4"]] = _ByTheClockOfAWS
AUTH_TYPE_MAPS[_BY_THE_CLOCK_OF_AWS["s3v4"]] = _ForS3ByTheClockOfAWS


def forget_skew() -> None:
    """Takes the clock of this machine for right again, until AWS says otherwise."""
    _Skew.by = timedelta()


def choose_signer(signature_version: Any, context: Any, signing_name: str, **_: Any) -> str | None:
    """Called by botocore before it signs; None leaves everything as it is."""
    if not _Skew.by:
        return None
    chosen = set_operation_specific_signer(context, signing_name) or signature_version  # what it would answer itself
    return _BY_THE_CLOCK_OF_AWS.get(chosen)


def correct_clock(
    response: tuple[AWSResponse, Mapping[str, Any]] | None, request_dict: Mapping[str, Any], **_: Any
) -> float | None:
    """Called by botocore after each attempt: has a request that the clock was wrong for signed and sent again, once."""
    context = request_dict["context"]
    if response is None or response[1].get("Error", {}).get("Code") not in CLOCK_REFUSED or _CORRECTED in context:
        return None
    told, signed = _time_told(response[0].headers), _time_signed(context)
    if told is None or signed is None or abs(told - signed) < TOLERATED:
        return None
    context[_CORRECTED] = True
    _Skew.by = told - datetime.now(UTC)
    logger.warning("the clock of this machine is off by %s; requests are signed by that of AWS", abs(_Skew.by))
    return 0


def _time_told(headers: Mapping[str, str]) -> datetime | None:
    try:
        told = parsedate_to_datetime(headers.get("Date", ""))
    except ValueError:
        return None
    return told if told.tzinfo else told.replace(tzinfo=UTC)


def _time_signed(context: Mapping[str, Any]) -> datetime | None:
    signed = context.get("timestamp")
    return None if signed is None else datetime.strptime(signed, SIGV4_TIMESTAMP).replace(tzinfo=UTC)
