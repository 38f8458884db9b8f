"""What starts this service is there."""

from importlib import import_module

import pytest

from infrastructure import cli
from infrastructure.settings import Settings


@pytest.mark.parametrize("way", ["api", "relay", "consumers"])
def test_lambda_finds_a_handler_in_its_module(way):
    assert callable(import_module(f"infrastructure.aws_lambda.{way}").handler)


def test_the_command_line_runs(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", [Settings.service, "--help"])

    with pytest.raises(SystemExit) as ended:
        cli.main()

    assert ended.value.code == 0
    assert "serve" in capsys.readouterr().out
