"""How much memory a function has taken, and when it says so."""

import logging
import mmap

import pytest

from infrastructure.kernel.aws_lambda import memory as measuring
from infrastructure.kernel.aws_lambda.invocation import invoked
from infrastructure.kernel.aws_lambda.memory import MB
from infrastructure.kernel.aws_lambda.memory import Memory
from infrastructure.kernel.aws_lambda.memory import memory
from tests.kernel.infrastructure.aws_lambda.invocations import Invocation
from tests.kernel.service.settings import Settings

STATUS = """Name:\tpython3.11
VmPeak:\t  999999 kB
VmHWM:\t  102400 kB
VmRSS:\t   61440 kB
Threads:\t3
"""

on_linux = pytest.mark.skipif(not measuring.STATUS.exists(), reason="only Linux tells")


@pytest.fixture
def status(tmp_path, monkeypatch):
    """What Linux says of the process."""
    status = tmp_path / "status"
    status.write_text(STATUS)
    monkeypatch.setattr(measuring, "STATUS", status)
    return status


def test_memory_is_allocated_has_a_peak_and_a_limit_in_bytes_and_a_share_of_that(status):
    taken = memory(200)

    assert taken == Memory(allocated=60 * MB, peak=100 * MB, limit=200 * MB)
    assert taken.share == 0.5
    assert str(taken) == "60 MB allocated, 100 MB at the peak, 50% of 200 MB"


@pytest.mark.parametrize("told", [None, "Name:\tpython3.11\n", STATUS.replace("VmHWM", "VmOther")])
def test_where_the_system_does_not_tell_nothing_is_said(status, caplog, told):
    status.write_text(told) if told is not None else status.unlink()

    invoked(lambda payload: None, Settings())({}, Invocation())

    assert memory(512) is None
    assert caplog.records == []


@on_linux
def test_the_peak_stays_when_what_was_allocated_is_given_back():
    before = memory(512)
    with mmap.mmap(-1, 64 * MB) as pages:
        pages.write(b"x" * len(pages))
        full = memory(512)
    after = memory(512)

    assert before is not None
    assert full is not None
    assert after is not None
    assert full.allocated >= before.allocated + 60 * MB
    assert after.allocated < full.allocated
    assert after.peak >= full.allocated


@pytest.mark.parametrize(("limit_mb", "level"), [(200, "DEBUG"), (125, "DEBUG"), (124, "WARNING"), (50, "WARNING")])
def test_every_invocation_tells_of_its_memory_and_warns_above_the_threshold(status, caplog, limit_mb, level):
    handler = invoked(lambda payload: "done", Settings(memory_warning_share=0.8))

    with caplog.at_level(logging.DEBUG):
        answer = handler({}, Invocation(memory_mb=limit_mb))

    assert answer == "done"
    assert [(record.levelname, record.message) for record in caplog.records] == [(level, f"memory: {memory(limit_mb)}")]


def test_an_invocation_that_fails_tells_of_its_memory_too(status, caplog):
    def fail(payload):
        raise ValueError("no")

    handler = invoked(fail, Settings())

    with caplog.at_level(logging.DEBUG), pytest.raises(ValueError, match="no"):
        handler({}, Invocation())

    assert [record.levelname for record in caplog.records] == ["DEBUG"]
