"""The issuer as a command, for trying a service out."""

import subprocess
import sys

from infrastructure.kernel.http.tokens import AccessTokens
from tests.kernel.ministack import free_port


def test_the_command_prints_a_token_and_publishes_its_key():
    port = free_port()
    command = [sys.executable, "-m", "tests.kernel.issuer", str(port), "crates", "crates:read", "crates:write"]

    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as issuing:
        assert issuing.stdout is not None
        try:
            token = issuing.stdout.readline().strip()
            caller = AccessTokens(f"http://127.0.0.1:{port}", ["crates"])({"authorization": f"Bearer {token}"})
        finally:
            issuing.kill()  # and not by Ctrl-C, which a process that was started in the background ignores

    assert caller.scopes == {"crates:read", "crates:write"}
