"""Requests per second over HTTP, beside bare routes of FastAPI: server and load generator are processes of their own."""

import json
import sys
from contextlib import ExitStack
from typing import Any
from typing import NamedTuple
from urllib.request import urlopen

from benchmarks.data import IDS
from benchmarks.data import basket
from benchmarks.processes import asked
from benchmarks.processes import cpu_seconds
from benchmarks.processes import running
from benchmarks.processes import told
from benchmarks.report import Line
from benchmarks.report import Table

TITLES = {"async": "bare `async def` route", "def": "bare `def` route", "service": "this service, in memory"}
PATHS = {"async": "/async", "def": "/def", "service": "/baskets"}
CONNECTIONS = (16, 1)
SECONDS = 0.4
"""How long the baseline is measured in a round, about."""
FIRST = 300
"""How many requests are sent before anything is measured."""


class Served(NamedTuple):
    """What the load generator needs to know of a variant, and the process that serves it."""

    pid: int
    port: int
    path: str
    body: str


def measured(rounds: int) -> Table:
    """A GET of one basket, over a few connections and over one."""
    with ExitStack() as stack:
        bare, service, load = (
            stack.enter_context(running(f"benchmarks.http.{module}", *arguments))
            for module, *arguments in (("server", "bare"), ("server", "service"), ("load",))
        )
        processes = {"async": bare, "def": bare, "service": service}
        ports = {bare.pid: told(bare), service.pid: told(service)}
        served = {variant: _served(process.pid, ports[process.pid], variant) for variant, process in processes.items()}
        return Table("http", TITLES, [line for count in CONNECTIONS for line in _lines(load, served, count, rounds)])


def _served(pid: int, port: int, variant: str) -> Served:
    path = f"{PATHS[variant]}/{IDS[0]}"
    with urlopen(f"http://127.0.0.1:{port}{path}") as answer:
        body: str = answer.read().decode()
    if json.loads(body) != basket(0):
        sys.exit(f"{variant}: the answer is another basket")
    return Served(pid, port, path, body)


def _lines(load: Any, served: dict[str, Served], connections: int, rounds: int) -> list[Line]:
    named = f"GET, {connections} connection{'s' if connections > 1 else ''}"
    rate, cpu = Line.of(f"{named}: requests", "rate"), Line.of(f"{named}: of the server", "cpu")
    for each in served.values():
        seconds = _seconds(load, each, connections, FIRST)
    requests = round(FIRST / seconds * SECONDS)
    for _ in range(rounds):
        for variant, each in served.items():
            before = cpu_seconds(each.pid)
            rate.add(variant, requests / _seconds(load, each, connections, requests))
            cpu.add(variant, (cpu_seconds(each.pid) - before) / requests)
    return [rate, cpu]


def _seconds(load: Any, served: Served, connections: int, requests: int) -> float:
    asks = {"port": served.port, "path": served.path, "body": served.body}
    seconds: float = asked(load, {**asks, "connections": connections, "requests": requests})
    return seconds
