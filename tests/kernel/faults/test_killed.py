"""Whatever is killed and whatever fails: the events of all that was committed arrive, in order, and no others.

A round lets clients write, and kills the server, the relay or both in the midst of it; sometimes there are two relays.
What arrived is compared with what the clients wrote down. FAULTS_SEED makes the choices of an earlier run again.
"""

import json
import os
import sys
import threading
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from random import Random
from socket import create_connection
from time import monotonic
from typing import Any

import pytest

from tests.kernel.faults import processes
from tests.kernel.faults.client import Client
from tests.kernel.faults.client import Fact
from tests.kernel.ministack import free_port
from tests.kernel.service.settings import Settings

ROUNDS = 200
CLIENTS = 3
LONGEST_SECONDS = 0.25
START_SECONDS = 60

forks = get_context("forkserver")
forks.set_forkserver_preload([processes.__name__])


@pytest.fixture
def port() -> Iterator[int]:
    """That of every server in turn."""
    with free_port() as port:
        yield port


def test_the_events_of_all_that_was_committed_arrive_in_order_and_no_others(settings, port, tmp_path):
    seed = int(os.environ.get("FAULTS_SEED") or Random().randrange(2**32))
    sys.stdout.write(f"FAULTS_SEED={seed}\n")
    chance, file = Random(seed), tmp_path / "arrived.ndjson"
    clients = [Client(f"Client {number}", f"http://127.0.0.1:{port}", seed + number) for number in range(CLIENTS)]

    with everything_killed_in_the_end() as running:
        for _ in range(ROUNDS):
            if not running["server"]:
                running["server"].append(started(processes.serve, settings, port))
                wait_for(port)
            while len(running["relays"]) < chance.choice((1, 1, 2)):
                running["relays"].append(started(processes.carry, settings, file, chance.randrange(2**32)))
            play_a_round(clients, running, chance)
        if not running["server"]:
            running["server"].append(started(processes.serve, settings, port))
            wait_for(port)
        kill(running["relays"])
        doubts = sum(len(client.log.doubts) for client in clients)
        for client in clients:
            client.settle()
    carry_what_is_left(settings, file)

    committed = {id: sorted(facts) for client in clients for id, facts in client.log.committed.items()}
    arrived = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    changes = sum(map(len, committed.values()))
    sys.stdout.write(
        f"{ROUNDS} rounds, {changes} changes, {doubts} of them in doubt at first, {len(arrived)} deliveries\n"
    )
    assert first_arrivals(arrived) == committed
    assert len({json.dumps(envelope) for envelope in arrived}) == len({envelope["id"] for envelope in arrived})


def play_a_round(clients: list[Client], running: dict[str, list[BaseProcess]], chance: Random) -> None:
    """Has all clients write until something is killed."""
    is_over, wait = threading.Event(), threading.Event()

    def act(client: Client) -> None:
        while not is_over.is_set() and client.act():
            pass

    with ThreadPoolExecutor(CLIENTS) as threads:
        acting = [threads.submit(act, client) for client in clients]
        try:
            wait.wait(chance.uniform(0, LONGEST_SECONDS))
            for victim in chance.choice((["server"], ["relays"], ["server", "relays"], ["relays", "server"])):
                kill(running[victim])
                wait.wait(chance.uniform(0, LONGEST_SECONDS / 10))
        finally:
            is_over.set()
        for client in acting:
            client.result()


def first_arrivals(arrived: list[dict[str, Any]]) -> dict[str, list[Fact]]:
    """What arrived of each crate, in the order of the first arrivals. Other events of one version would show."""
    facts: defaultdict[str, list[Fact]] = defaultdict(list)
    seen = set()
    for envelope in arrived:
        if envelope["id"] not in seen:
            seen.add(envelope["id"])
            fact = Fact(envelope["aggregateversion"], envelope["type"], envelope["data"].get("name"))
            facts[envelope["subject"]].append(fact)
    return dict(facts)


def carry_what_is_left(settings: Settings, file: Path) -> None:
    """A relay that goes on where the last one was killed, and whose bus is sound."""
    for poller in processes.pollers(settings, processes.FileBus(file)):
        while poller.poll():
            pass


@contextmanager
def everything_killed_in_the_end() -> Iterator[dict[str, list[BaseProcess]]]:
    running: dict[str, list[BaseProcess]] = {"server": [], "relays": []}
    try:
        yield running
    finally:
        for victims in running.values():
            kill(victims)


def started(run: Any, *arguments: Any) -> BaseProcess:
    process = forks.Process(target=run, args=arguments, daemon=True)
    process.start()
    return process


def kill(victims: list[BaseProcess]) -> None:
    """SIGKILL: nothing is finished, nothing is tidied up."""
    while victims:
        victim = victims.pop()
        assert victim.is_alive(), f"it had ended by itself: {victim}"
        victim.kill()
        victim.join()


def wait_for(port: int) -> None:
    deadline = monotonic() + START_SECONDS
    while True:
        try:
            create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            assert monotonic() < deadline
        else:
            return
