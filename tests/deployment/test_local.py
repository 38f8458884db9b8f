"""`make deploy-local`, as a person uses it: it prints what can be tried, and stops when it is asked to."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from deploy.kernel.lambda_zip import ROOT
from tests.deployment.api import WITHIN_SECONDS
from tests.kernel.ministack import free_port
from tests.kernel.ministack import is_free

UP = "Ctrl-C stops it"


@pytest.fixture
def port() -> Iterator[int]:
    with free_port() as port:
        yield port


@pytest.fixture
def local(port) -> Iterator[subprocess.Popen[str]]:
    """The command, which is killed at the end if it still runs."""
    command = [sys.executable, "-m", "deploy.kernel.local", "--port", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    yield process
    process.kill()
    process.communicate()


def test_what_is_printed_works_and_ctrl_c_leaves_nothing(local, port):
    printed = ""
    for line in local.stdout:
        printed += line
        if line.startswith(UP):
            break

    commands = re.findall(r"^(?:TOKEN=|curl ).*$", printed, re.MULTILINE)
    answer = subprocess.run(["sh", "-c", "\n".join(commands)], capture_output=True, text=True, timeout=WITHIN_SECONDS)
    local.send_signal(signal.SIGINT)
    told, _ = local.communicate(timeout=WITHIN_SECONDS)

    assert answer.stdout.startswith("HTTP/1.1 200"), answer
    assert (local.returncode, told.strip()) == (0, "Stopped.")
    assert is_free(port)
