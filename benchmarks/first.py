"""A process that starts, and gets a basket: `python -m benchmarks.first VARIANT ENDPOINT ID`; of several ids, one by one.

It prints what it got last, the seconds of CPU that it took, those of the interpreter included, and the peak of its memory.
"""

import json
import re
import sys
from pathlib import Path
from time import process_time

from benchmarks.variants import create


def main(name: str, endpoint: str, *ids: str) -> None:
    """Prints a line of JSON."""
    variant = create(name, endpoint)
    for id in ids:
        basket = variant.get(id)
    cpu = process_time()
    peak = re.search(r"^VmHWM:\s+(\d+) kB$", Path("/proc/self/status").read_text(encoding="ascii"), re.MULTILINE)
    assert peak is not None
    print(json.dumps({"basket": variant.plain(basket), "cpu": cpu, "peak": int(peak[1]) * 1024}))


if __name__ == "__main__":
    main(*sys.argv[1:])
