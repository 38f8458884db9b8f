"""What an entity costs among so many: `python -m benchmarks.growth.worker memory 1000 ENDPOINT`, or `dynamodb`.

It prints a line of JSON: the seconds of CPU per entity of an import, of a walk through all pages, and of an export, and
the bytes that the export adds to the memory of the process at most. Few entities are taken several times. The imported
lines come in no particular sequence.
"""

import json
import os
import re
import sys
from collections.abc import Callable
from collections.abc import Iterator
from datetime import UTC
from datetime import datetime
from io import BytesIO
from itertools import islice
from pathlib import Path
from random import Random
from tempfile import TemporaryFile
from time import process_time
from typing import Any
from typing import BinaryIO

from benchmarks.data import TABLE
from benchmarks.data import basket
from benchmarks.service.container import Container
from benchmarks.service.container import Settings
from benchmarks.service.domain import BasketRepository
from benchmarks.service.imports import ImportBasket
from domain.kernel.events import EventFactory
from domain.kernel.repository import MAX_PAGE
from domain.kernel.repository import Everything
from infrastructure.kernel.ndjson import export_lines
from infrastructure.kernel.ndjson import import_lines
from infrastructure.kernel.wiring import new_id

ENTITIES = 2000
"""How many are taken at least."""


def main(adapter: str, size: int, endpoint: str) -> None:
    """Measures, and prints it."""
    times = max(1, ENTITIES // size)
    with TemporaryFile() as lines:
        _write(lines, size)
        for each in sorted({1, times}):  # the first time much is loaded
            baskets = _baskets(adapter, size, endpoint)
            importing = 0.0
            for _ in range(each):
                baskets = _baskets(adapter, size, endpoint) if adapter == "memory" else baskets
                importing += _cpu(1, _import, lines, size, baskets) / each
        added = _added(_export, baskets, size)
        walking = _cpu(times, _walk, baskets, size)
        exporting = _cpu(times, _export, baskets, size)
    measured = {"import": importing / size, "walk": walking / size, "export": exporting / size}
    print(json.dumps({**measured, "memory": added}))


def _baskets(adapter: str, size: int, endpoint: str) -> BasketRepository:
    container = Container()
    where: Any = {"persistence": adapter}
    if adapter == "dynamodb":
        where |= {"aws_region": "eu-west-1", "dynamodb_endpoint": endpoint, "dynamodb_table": f"{TABLE}-{size}"}
    container.settings.override(Settings(**where))
    container.persistence().open()
    return container.baskets()


def _write(lines: BinaryIO, size: int) -> None:
    numbers = [*range(size)]
    Random(size).shuffle(numbers)
    lines.writelines(json.dumps({"type": "Basket", **basket(number)}).encode() + b"\n" for number in numbers)


def _import(lines: BinaryIO, size: int, baskets: BasketRepository) -> None:
    lines.seek(0)
    case = ImportBasket(baskets, EventFactory(new_id, lambda: datetime.now(UTC)))
    outcomes = sum(1 for each in import_lines(lines, {"Basket": lambda: case}) if not (each.problem or each.exists))
    _require(outcomes == size, f"{outcomes} of {size} were imported")


def _walk(baskets: BasketRepository, size: int) -> None:
    seen = sum(1 for _ in islice(_walked(baskets), size + 1))
    _require(seen == size, f"{seen} of {size} were listed")


def _walked(baskets: BasketRepository) -> Iterator[Any]:
    page = baskets.page(Everything(), limit=MAX_PAGE)
    yield from page.items
    while page.has_more:
        page = baskets.page(Everything(), limit=MAX_PAGE, cursor=page.next_cursor)
        yield from page.items


def _export(baskets: BasketRepository, size: int) -> None:
    count, line = 0, b""
    exported = export_lines([baskets], lambda *unreadable: sys.exit(f"{unreadable} cannot be read"))
    with Path(os.devnull).open("wb") as nowhere:
        for line in islice(exported, size + 1):
            nowhere.write(line)
            count += 1
    _require(count == size, f"{count} of {size} were exported")
    _require(json.load(BytesIO(line)) == {"type": "Basket", **basket(size - 1)}, "the last line is another one")


def _cpu(times: int, call: Callable[..., None], *args: Any) -> float:
    """The seconds of each time."""
    before = process_time()
    for _ in range(times):
        call(*args)
    return (process_time() - before) / times


def _added(call: Callable[..., None], *args: Any) -> int:
    """How much more memory the process has during the call, at most. https://man7.org/linux/man-pages/man5/proc.5.html"""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # begins the peak anew
    before = _bytes("VmRSS")
    call(*args)
    return max(0, _bytes("VmHWM") - before)


def _bytes(name: str) -> int:
    found = re.search(rf"^{name}:\s+(\d+) kB$", Path("/proc/self/status").read_text(encoding="ascii"), re.MULTILINE)
    assert found is not None
    return int(found[1]) * 1024


def _require(is_so: bool, otherwise: str) -> None:
    if not is_so:
        sys.exit(otherwise)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
