"""What starts this service is there."""

import subprocess
import sys
from importlib import import_module

import pytest

from infrastructure import cli
from infrastructure.kernel.garbage import MADE_BETWEEN
from infrastructure.settings import Settings


@pytest.mark.parametrize("way", ["api", "relay", "consumers"])
def test_lambda_finds_a_handler_in_its_module(way):
    assert callable(import_module(f"infrastructure.aws_lambda.{way}").handler)


def test_lambda_looks_for_garbage_less_often():
    told = "import gc, infrastructure.aws_lambda; print(gc.get_threshold()[0])"

    run = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)

    assert int(run.stdout) == MADE_BETWEEN


def test_the_command_line_runs(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", [Settings.service, "--help"])

    with pytest.raises(SystemExit) as ended:
        cli.main()

    assert ended.value.code == 0
    assert "serve" in capsys.readouterr().out
