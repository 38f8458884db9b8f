"""The modules that are loaded when a handler has given its first answer. `python -m tests.template_zip.modules` pins them."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from deploy.kernel.lambda_zip import fill
from deploy.kernel.lambda_zip import this_architecture
from infrastructure.kernel.aws import create_aws_client
from infrastructure.settings import Settings
from tests.kernel.faults.processes import a_table
from tests.kernel.infrastructure.aws_lambda.test_api import a_request
from tests.lambda_zip.fixtures import HANDLERS
from tests.lambda_zip.package import OWN
from tests.lambda_zip.package import loaded

PINS = Path(__file__).with_name("modules.json")
BUS = "b"
PAYLOADS: Mapping[str, Any] = {"api": a_request(path="/sponsors"), "relay": {"Records": []}}


def that_count(names: list[str]) -> list[str]:
    """Those of the kernels and of others, but for the standard library, which differs between Pythons."""
    return [name for name in names if _is_foreign(name) or "kernel" in name.split(".")[:2]]


def _is_foreign(name: str) -> bool:
    top = name.partition(".")[0]
    return not (top in sys.stdlib_module_names or top in OWN or top.startswith(("_", "cython")))


def environment_of(settings: Settings) -> dict[str, str]:
    """That of a function whose table and bus are there."""
    assert settings.dynamodb_endpoint is not None
    return {
        Settings.variable("persistence"): "dynamodb",
        Settings.variable("dynamodb_endpoint"): settings.dynamodb_endpoint,
        Settings.variable("auth"): "none",
        Settings.variable("event_bus"): f"eventbridge:{BUS}",
        "AWS_ENDPOINT_URL_EVENTBRIDGE": settings.dynamodb_endpoint,
    }


def all_loaded(package: Path, settings: Settings) -> dict[str, list[str]]:
    """The modules that count, by handler."""
    bus = create_aws_client("events", "EventBridge", region="eu-west-1", endpoint=settings.dynamodb_endpoint)
    bus.create_event_bus(Name=BUS)
    found = {}
    for name, payload in PAYLOADS.items():
        answer, names = loaded(package, HANDLERS[name], environment_of(settings), payload)
        assert answer == {"batchItemFailures": []} or answer["statusCode"] == 200, answer
        found[name] = that_count(names)
    return found


def main() -> None:
    """Pins what is loaded now."""
    with TemporaryDirectory() as package, a_table(Settings) as settings:
        fill(Path(package), this_architecture())
        PINS.write_text(json.dumps(all_loaded(Path(package), settings), indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
