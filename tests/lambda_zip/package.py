"""What is in the zip for this machine, and what a handler loads from it."""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.lambda_zip.runtime import PYTHON
from tests.lambda_zip.runtime import surroundings

OWN = ("domain", "usecases", "infrastructure")
"""Our packages."""

SCRIPT = """
import json, sys
from importlib import import_module

class Context:
    memory_limit_in_mb = "512"
    def get_remaining_time_in_millis(self):
        return 10_000

module, _, name = sys.argv[1].rpartition(".")
answer = getattr(import_module(module), name)(json.load(sys.stdin), Context())
json.dump([answer, sorted(sys.modules)], sys.stdout)
"""


def loaded(
    package: Path, handler: str, environment: Mapping[str, str], payload: Mapping[str, Any]
) -> tuple[Any, list[str]]:
    """The first answer of a handler, and the modules that are loaded then."""
    run = subprocess.run(
        [PYTHON, "-c", SCRIPT, handler],
        cwd=package,  # what is in it comes first
        input=json.dumps(payload),
        env={**surroundings(package), **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    answer, names = json.loads(run.stdout)
    return answer, names
