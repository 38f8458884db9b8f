"""The modules that are loaded when a handler has given its first answer. `python -m tests.lambda_zip.modules` pins them."""

import json
import platform
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from deploy.lambda_zip import fill
from infrastructure.aws import create_aws_client
from infrastructure.settings import PREFIX
from infrastructure.settings import Settings
from tests.faults.processes import a_table
from tests.infrastructure.aws_lambda.test_api import an_event
from tests.lambda_zip.runtime import PYTHON
from tests.lambda_zip.runtime import surroundings

PINS = Path(__file__).with_name("modules.json")
PROJECT = Path(__file__).parents[2] / "pyproject.toml"
BUS = "b"
OWN = ("domain", "usecases", "infrastructure")
EVENTS: Mapping[str, Any] = {"api": an_event(), "relay": {"Records": []}}

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
    package: Path, handler: str, environment: Mapping[str, str], event: Mapping[str, Any]
) -> tuple[Any, list[str]]:
    """The first answer of a handler, and the modules that are loaded then."""
    run = subprocess.run(
        [PYTHON, "-c", SCRIPT, handler],
        input=json.dumps(event),
        env={**surroundings(package), **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    answer, names = json.loads(run.stdout)
    return answer, names


def that_count(names: list[str]) -> list[str]:
    """Those that are not of the standard library, which is another in each Python, nor of an aggregate."""
    return [name for name in names if _is_foreign(name) or _is_machinery(name)]


def _is_foreign(name: str) -> bool:
    top = name.partition(".")[0]
    return not (top in sys.stdlib_module_names or top in OWN or top.startswith(("_", "cython")))


def _is_machinery(name: str) -> bool:
    return any(name == module or name.startswith(f"{module}.") for module in _MACHINERY)


def _machinery() -> list[str]:
    contracts = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
    modules: list[str] = next(each for each in contracts if "Machinery" in each["name"])["source_modules"]
    return modules


_MACHINERY = _machinery()


def environment_of(settings: Settings) -> dict[str, str]:
    """That of a function whose table and bus are there."""
    assert settings.dynamodb_endpoint is not None
    return {
        f"{PREFIX}PERSISTENCE": "dynamodb",
        f"{PREFIX}DYNAMODB_ENDPOINT": settings.dynamodb_endpoint,
        f"{PREFIX}EVENT_BUS": f"eventbridge:{BUS}",
        "AWS_ENDPOINT_URL_EVENTBRIDGE": settings.dynamodb_endpoint,
    }


def all_loaded(package: Path, settings: Settings) -> dict[str, list[str]]:
    """The modules that count, by handler."""
    bus = create_aws_client("events", "EventBridge", region="eu-west-1", endpoint=settings.dynamodb_endpoint)
    bus.create_event_bus(Name=BUS)
    found = {}
    for module, event in EVENTS.items():
        handler = f"infrastructure.aws_lambda.{module}.handler"
        answer, names = loaded(package, handler, environment_of(settings), event)
        assert answer == {"batchItemFailures": []} or answer["statusCode"] == 200, answer
        found[module] = that_count(names)
    return found


def this_architecture() -> str:
    """That of this machine, as Lambda calls it."""
    return "arm64" if platform.machine() in ("arm64", "aarch64") else "x86_64"


def main() -> None:
    """Pins what is loaded now."""
    with TemporaryDirectory() as package, a_table() as settings:
        fill(Path(package), this_architecture())
        PINS.write_text(json.dumps(all_loaded(Path(package), settings), indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
