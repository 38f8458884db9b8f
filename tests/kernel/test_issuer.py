"""The issuer as a command, for trying a service out."""

import signal
import subprocess
import sys

import jwt

from infrastructure.kernel.http.tokens import AccessTokens
from tests.kernel.ministack import free_port


def test_the_command_prints_a_token_whose_key_it_publishes_until_ctrl_c():
    command = [sys.executable, "-m", "tests.kernel.issuer"]
    arguments = ["crates", "crates:read", "crates:write"]

    with (
        free_port() as port,
        subprocess.Popen(
            [*command, str(port), *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as issuing,
    ):
        try:
            assert issuing.stdout is not None
            token = issuing.stdout.readline().strip()
            caller = AccessTokens(f"http://127.0.0.1:{port}", ["crates"])({"authorization": f"Bearer {token}"})
            issuing.send_signal(signal.SIGINT)
            _, complaints = issuing.communicate(timeout=60)
        finally:
            issuing.kill()

    assert jwt.get_unverified_header(token)["alg"] == "RS256"
    assert caller.scopes == {"crates:read", "crates:write"}
    assert (issuing.returncode, complaints) == (0, "")
