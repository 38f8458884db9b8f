"""The command line of the tiny service: `python -m tests.kernel.service.cli`."""

import sys

from infrastructure.kernel.cli import run
from tests.kernel.service.container import Container
from tests.kernel.service.endpoints import ENDPOINTS

COMMAND = (sys.executable, "-m", "tests.kernel.service.cli")
"""Runs it in another process. Nothing has to be installed."""

if __name__ == "__main__":
    run(Container(), ENDPOINTS)
