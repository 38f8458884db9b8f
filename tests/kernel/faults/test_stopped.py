"""A relay that is asked to stop finishes what it has begun."""

import os
import signal
import subprocess

import pytest

from tests.kernel.builders.crates import a_crate
from tests.kernel.faults.processes import a_container
from tests.kernel.service.cli import COMMAND
from tests.kernel.service.settings import PREFIX

STOP_SECONDS = 60


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_relay_command_carries_what_was_committed_and_ends_in_order_when_it_is_told_to(settings, number):
    name = f"Crate of {number}"
    container, crate = a_container(settings), a_crate(name)
    container.import_crate().execute(crate)
    environment = {
        f"{PREFIX}PERSISTENCE": "dynamodb",
        f"{PREFIX}AWS_REGION": "eu-west-1",
        f"{PREFIX}DYNAMODB_ENDPOINT": str(settings.dynamodb_endpoint),
    }

    with subprocess.Popen(
        [*COMMAND, "relay"], env={**os.environ, **environment}, stderr=subprocess.PIPE, text=True
    ) as relay:
        assert relay.stderr is not None
        told = next(line for line in relay.stderr if f'"{crate.id}"' in line)
        relay.send_signal(number)
        relay.wait(STOP_SECONDS)

    assert name in told
    assert relay.returncode == 0
