"""Run only if asked for: the zip is made, and processes are started."""

from collections.abc import Callable
from collections.abc import Iterator
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

import pytest

from deploy.lambda_zip import fill
from infrastructure.settings import PREFIX
from infrastructure.settings import Settings
from tests.asked_for import ignored
from tests.faults.processes import a_table
from tests.infrastructure.dynamodb.proxy import Proxy
from tests.infrastructure.dynamodb.proxy import running
from tests.lambda_zip.modules import this_architecture
from tests.lambda_zip.runtime import Function
from tests.lambda_zip.runtime import a_function

Start = Callable[..., AbstractContextManager[Function]]


def pytest_ignore_collect(config: pytest.Config) -> bool | None:
    return ignored(Path(__file__).parent, config)


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is in the zip for this machine."""
    tree = tmp_path_factory.mktemp("package")
    fill(tree, this_architecture())
    return tree


@pytest.fixture(scope="module")
def settings() -> Iterator[Settings]:
    """Those of a service whose table is in a ministack of its own."""
    with a_table() as settings:
        yield settings


@pytest.fixture
def proxy(settings: Settings) -> Iterator[Proxy]:
    """What lies between the function and DynamoDB."""
    assert settings.dynamodb_endpoint is not None
    with running(settings.dynamodb_endpoint) as proxy:
        yield proxy


@pytest.fixture
def environment(proxy: Proxy) -> dict[str, str]:
    """What a function is set up with, and where its DynamoDB is."""
    return {f"{PREFIX}PERSISTENCE": "dynamodb", f"{PREFIX}DYNAMODB_ENDPOINT": proxy.address}


@pytest.fixture
def api(package: Path, environment: dict[str, str]) -> Start:
    """Starts the function of the API."""
    return partial(a_function, package, "infrastructure.aws_lambda.api.handler", environment)
