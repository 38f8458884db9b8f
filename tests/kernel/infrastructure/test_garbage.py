"""Garbage is collected, though not as often."""

import gc
from weakref import ref

import pytest

from infrastructure.kernel.cli import run
from infrastructure.kernel.garbage import MADE_BETWEEN
from infrastructure.kernel.garbage import collect_rarely
from tests.kernel.builders.containers import an_in_memory_container
from tests.kernel.service.endpoints import ENDPOINTS


@pytest.fixture(autouse=True)
def _as_before():
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)


class Knot:
    """Refers to itself, so that nothing but the collector frees it."""

    def __init__(self) -> None:
        self.itself = self


def test_commands_look_for_garbage_rarely(monkeypatch):
    monkeypatch.setattr("sys.argv", ["tiny-service", "--help"])

    with pytest.raises(SystemExit):
        run(an_in_memory_container(), ENDPOINTS)

    assert gc.get_threshold()[0] == MADE_BETWEEN


def test_garbage_is_still_collected():
    collect_rarely()
    garbage = ref(Knot())

    for _ in range(3):
        kept: list[object] = [[] for _ in range(MADE_BETWEEN + 1)]

    assert kept
    assert garbage() is None


def test_a_start_that_makes_less_than_that_looks_for_none():
    collect_rarely()
    gc.collect()
    before = gc.get_stats()[0]["collections"]

    kept: list[object] = [[] for _ in range(MADE_BETWEEN // 2)]

    assert kept
    assert gc.get_stats()[0]["collections"] == before
