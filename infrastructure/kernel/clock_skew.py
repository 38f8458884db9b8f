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
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.exceptions import ClientError

logger = logging.getLogger(__name__)

TOLERATED = timedelta(minutes=4)
"""How far the clocks may be apart before signatures are dated otherwise: AWS tolerates five minutes."""

_REFUSED = {"InvalidSignatureException", "RequestExpired", "RequestTimeTooSkewed", "SignatureDoesNotMatch"}
_VERSION = "v4-by-the-clock-of-aws"


class _Skew:
    """How far the clock of AWS is ahead of that of this machine, as far as it is known."""

    by = timedelta()


class _ByTheClockOfAWS(SigV4Auth):
    """botocore's own signature, but for its date. It has no other place to set that."""

    def _modify_request_before_signing(self, request: AWSRequest) -> None:
        request.context["timestamp"] = (datetime.now(UTC) + _Skew.by).strftime(SIGV4_TIMESTAMP)
        super()._modify_request_before_signing(request)  # type: ignore[misc]  # the stubs leave it out


AUTH_TYPE_MAPS[_VERSION] = _ByTheClockOfAWS


def choose_signer(**_: Any) -> str | None:
    """Called by botocore before it signs; None leaves everything as it is."""
    return _VERSION if _Skew.by else None


def is_corrected(error: BaseException) -> bool:
    """Whether a request was refused because of the clock of this machine, and is signed otherwise from now on."""
    if not isinstance(error, ClientError) or error.response["Error"]["Code"] not in _REFUSED:
        return False
    told = _time_told(error.response["ResponseMetadata"].get("HTTPHeaders", {}))
    if told is None or abs(told - (datetime.now(UTC) + _Skew.by)) < TOLERATED:
        return False
    _Skew.by = told - datetime.now(UTC)
    logger.warning("the clock of this machine is wrong by %s; requests are signed by that of AWS", abs(_Skew.by))
    return True


def _time_told(headers: Mapping[str, str]) -> datetime | None:
    try:
        told = parsedate_to_datetime(headers.get("date", ""))
    except ValueError:
        return None
    return told if told.tzinfo else told.replace(tzinfo=UTC)
