"""Tests that are run only if asked for, as `make verify` does: they take minutes, and start processes."""

from pathlib import Path

import pytest


def ignored(folder: Path, config: pytest.Config) -> bool | None:
    """What `pytest_ignore_collect` answers: True unless the command line names `folder`, or something in it."""
    arguments = (Path(argument.partition("::")[0]).resolve() for argument in config.args)
    return None if any(argument.is_relative_to(folder) for argument in arguments) else True
