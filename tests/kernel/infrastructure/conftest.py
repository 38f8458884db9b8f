"""What stands around the adapters."""

import logging
import signal
from collections.abc import Iterator

import pytest

from tests.kernel.infrastructure.observability.recorder import Recorder
from usecases.kernel.observability import watch_with


@pytest.fixture
def process_as_it_was() -> Iterator[None]:
    """A command sets up logging and signals for its process, which here is that of all tests."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    signals = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell has its background jobs ignore it
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    for number, handler in signals.items():
        signal.signal(number, handler)


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    """Is told of everything that is observed."""
    recorder = Recorder()
    watch_with(recorder)
    yield recorder
    watch_with()
