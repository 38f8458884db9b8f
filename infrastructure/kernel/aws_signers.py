"""botocore's signatures by the clock of AWS, when that of this machine is wrong."""

from collections.abc import Mapping
from datetime import UTC
from datetime import datetime
from typing import Any

from botocore.auth import AUTH_TYPE_MAPS
from botocore.auth import SIGV4_TIMESTAMP
from botocore.auth import S3SigV4Auth
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.awsrequest import AWSResponse
from botocore.handlers import set_operation_specific_signer

from infrastructure.kernel.aws_codes import CLOCK_REFUSED
from infrastructure.kernel.clock_skew import explains_refusal
from infrastructure.kernel.clock_skew import is_skewed
from infrastructure.kernel.clock_skew import time_of_aws

_CORRECTED = "clock_corrected"
"""Marks the context of a request that has been signed and sent again."""


class _ByTheClockOfAWS(SigV4Auth):
    """botocore's own signature, but for its date. It has no other place to set that."""

    def _modify_request_before_signing(self, request: AWSRequest) -> None:
        request.context["timestamp"] = time_of_aws().strftime(SIGV4_TIMESTAMP)
        super()._modify_request_before_signing(request)  # type: ignore[misc]  # the stubs leave it out


class _ForS3ByTheClockOfAWS(_ByTheClockOfAWS, S3SigV4Auth):
    """The same for S3, which signs otherwise."""


_BY_THE_CLOCK_OF_AWS = {"v4": "v4-by-the-clock-of-aws", "s3v4": "s3v4-by-the-clock-of-aws"}
AUTH_TYPE_MAPS[_BY_THE_CLOCK_OF_AWS["v4"]] = _ByTheClockOfAWS
AUTH_TYPE_MAPS[_BY_THE_CLOCK_OF_AWS["s3v4"]] = _ForS3ByTheClockOfAWS


def choose_signer(signature_version: Any, context: Any, signing_name: str, **_: Any) -> str | None:
    """Called by botocore before it signs; None leaves everything as it is."""
    if not is_skewed():
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
    signed = _time_signed(context)
    if signed is None or not explains_refusal(signed, response[0].headers.get("Date", "")):
        return None
    context[_CORRECTED] = True
    return 0


def _time_signed(context: Mapping[str, Any]) -> datetime | None:
    signed = context.get("timestamp")
    return None if signed is None else datetime.strptime(signed, SIGV4_TIMESTAMP).replace(tzinfo=UTC)
