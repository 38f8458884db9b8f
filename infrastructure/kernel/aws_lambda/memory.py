"""How much memory the process has taken, of how much it may take."""

import re
from dataclasses import dataclass
from pathlib import Path

# https://man7.org/linux/man-pages/man5/proc_pid_status.5.html
STATUS = Path("/proc/self/status")
_LINE = re.compile(r"^(VmRSS|VmHWM):\s+(\d+) kB$", re.MULTILINE)
KB = 1024
MB = 1024 * KB


@dataclass(frozen=True)
class Memory:
    """Bytes of memory: `allocated` now, at its `peak` since the process started, and at most, the `limit`."""

    allocated: int
    peak: int
    limit: int

    @property
    def share(self) -> float:
        """How much of the limit was taken at the peak. Lambda ends a process that would need more than 1."""
        return self.peak / self.limit

    def __str__(self) -> str:
        sizes = f"{self.allocated / MB:.0f} MB allocated, {self.peak / MB:.0f} MB at the peak"
        return f"{sizes}, {self.share:.0%} of {self.limit / MB:.0f} MB"


def memory(limit_mb: int) -> Memory | None:
    """What this process has taken of so many MB; None where the system does not tell, as Linux, and so Lambda, does."""
    if not STATUS.exists():
        return None
    match dict(_LINE.findall(STATUS.read_text(encoding="ascii"))):
        case {"VmRSS": allocated, "VmHWM": peak}:
            return Memory(allocated=int(allocated) * KB, peak=int(peak) * KB, limit=limit_mb * MB)
    return None
