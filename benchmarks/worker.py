"""A process that has one variant, and times what it is told to: `python -m benchmarks.worker VARIANT ENDPOINT`.

It reads a line of JSON at a time, `{"operation": …, "calls": …}`, and answers with one: the seconds of a call, by CPU and
by the wall. Of no calls it answers with the baskets that the operation returns.
"""

import json
import sys
from time import perf_counter
from time import process_time
from typing import Any

from benchmarks.operations import OPERATIONS
from benchmarks.variants import create


def main(name: str, endpoint: str) -> None:
    """Serves until its standard input ends."""
    variant = create(name, endpoint)
    prepared: dict[str, Any] = {}
    for line in sys.stdin:
        asked = json.loads(line)
        operation = asked["operation"]
        if operation not in prepared:
            prepared[operation] = OPERATIONS[operation].prepare(variant)
        call = prepared[operation]
        if asked["calls"]:
            answer: Any = _timed(call, asked["calls"])
        else:
            answer = [variant.plain(basket) for basket in call() or ()]
        print(json.dumps(answer), flush=True)
    variant.close()


def _timed(call: Any, calls: int) -> dict[str, float]:
    cpu, wall = process_time(), perf_counter()
    for _ in range(calls):
        call()
    return {"cpu": (process_time() - cpu) / calls, "wall": (perf_counter() - wall) / calls}


if __name__ == "__main__":
    main(*sys.argv[1:])
