"""How far the clock of this machine is from that of AWS, when AWS has refused a signature for it.

AWS refuses a signature that is more than five minutes old, or of the future, and tells its own time in the answer.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html
"""

import logging
from datetime import UTC
from datetime import datetime
from datetime import timedelta

from infrastructure.kernel.copies import in_each_copy

logger = logging.getLogger(__name__)

TOLERATED = timedelta(minutes=4)
"""How far a signature may be from the time of AWS before the clock is taken for the reason: AWS tolerates five minutes."""


class _Skew:
    """How far the clock of AWS is ahead of that of this machine, as far as it is known."""

    by = timedelta()


@in_each_copy
def forget_skew() -> None:
    """Takes the clock of this machine for right again, until AWS says otherwise."""
    _Skew.by = timedelta()


def is_skewed() -> bool:
    """Whether the clock of this machine is known to be wrong."""
    return bool(_Skew.by)


def time_of_aws() -> datetime:
    """The time by the clock of AWS, as far as it is known."""
    return datetime.now(UTC) + _Skew.by


def explains_refusal(signed: datetime, date: str) -> bool:
    """Whether the clock is why a request, signed at `signed`, was refused by an answer whose header `Date` is `date`.

    If so, its skew is known from now on.
    """
    from email.utils import parsedate_to_datetime  # hardly ever needed, and takes long to import

    try:
        told = parsedate_to_datetime(date)
    except ValueError:
        return False
    told = told if told.tzinfo else told.replace(tzinfo=UTC)
    if abs(told - signed) < TOLERATED:
        return False
    _Skew.by = told - datetime.now(UTC)
    logger.warning("the clock of this machine is off by %s; requests are signed by that of AWS", abs(_Skew.by))
    return True
