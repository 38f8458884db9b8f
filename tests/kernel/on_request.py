"""Tests that are run only if asked for, as `make verify` does: they take long, and start processes."""

from pathlib import Path

import pytest


def ignored(path: Path, config: pytest.Config) -> bool | None:
    """What `pytest_ignore_collect` answers: True unless the command line names `path`, or something in it."""
    arguments = (Path(argument.partition("::")[0]).resolve() for argument in config.args)
    return None if any(argument.is_relative_to(path) for argument in arguments) else True
