"""A cold start imports what its handler needs, and no server and no command line."""

import subprocess
import sys

import pytest

NOT_FOR_LAMBDA = (
    "infrastructure.kernel.http",
    "infrastructure.kernel.cli",
    "infrastructure.kernel.commands",
    "infrastructure.kernel.costs",
    "infrastructure.kernel.store_commands",
    "infrastructure.kernel.terminal",
    "uvicorn",
    "httptools",
    "typer",
    "rich",
)


@pytest.mark.parametrize("handler", ["api", "consumers", "relay"])
def test_importing_a_handler_imports_no_server_and_no_command_line(handler):
    script = f"import sys, infrastructure.kernel.aws_lambda.{handler}; print(*sys.modules)"

    imported = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True).stdout.split()

    assert f"infrastructure.kernel.aws_lambda.{handler}" in imported
    assert [name for name in imported if f"{name}.".startswith(tuple(f"{each}." for each in NOT_FOR_LAMBDA))] == []
