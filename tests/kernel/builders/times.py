"""Times for tests."""

from datetime import datetime
from datetime import timedelta
from datetime import tzinfo


class ClockChange(tzinfo):
    """A zone whose clocks are put back by an hour: `fold` tells the two hours of one name apart."""

    def utcoffset(self, moment: datetime | None) -> timedelta:
        return timedelta(hours=1 if moment is not None and moment.fold else 2)

    def dst(self, moment: datetime | None) -> timedelta:
        return self.utcoffset(moment) - timedelta(hours=1)

    def tzname(self, moment: datetime | None) -> str:
        return f"UTC+{self.utcoffset(moment)}"
