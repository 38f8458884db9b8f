"""A project to deploy."""

import pytest

from deploy.kernel import commands
from tests.kernel.deploy.projects import Project


@pytest.fixture
def project(tmp_path, monkeypatch) -> Project:
    """The project that the commands are run in."""
    monkeypatch.setattr(commands, "ROOT", tmp_path)
    return Project(tmp_path)
