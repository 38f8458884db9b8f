"""Fixtures: what is in the zip, functions that are made of it, and a table for them."""

import shutil
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

import pytest

from deploy.kernel.lambda_zip import ROOT
from deploy.kernel.lambda_zip import NotMade
from deploy.kernel.lambda_zip import fill
from deploy.kernel.lambda_zip import this_architecture
from deploy.kernel.lean.build import NotLean
from deploy.kernel.lean.build import make_lean
from deploy.kernel.selection import our_packages
from infrastructure.settings import Settings
from tests.kernel.faults.processes import a_table
from tests.kernel.infrastructure.dynamodb.proxy import Proxy
from tests.kernel.infrastructure.dynamodb.proxy import running
from tests.lambda_zip.inside import Inside
from tests.lambda_zip.runtime import Function
from tests.lambda_zip.runtime import a_function

Start = Callable[..., AbstractContextManager[Function]]

HANDLERS: Mapping[str, str] = {
    name: f"infrastructure.aws_lambda.{name}.handler" for name in ("api", "consumers", "relay")
}


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is in the zip for this machine."""
    tree = tmp_path_factory.mktemp("package")
    fill(tree, this_architecture())
    return tree


@pytest.fixture(scope="session")
def package_with_curl(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is in the zip with libcurl. On Lambda that takes a later Python than it does here."""
    tree = tmp_path_factory.mktemp("package_with_curl")
    fill(tree, this_architecture(), curl=True)
    return tree


@pytest.fixture(scope="session")
def lean(package: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is in the lean zip for this machine."""
    tree = tmp_path_factory.mktemp("lean") / "package"
    shutil.copytree(package, tree)
    lean_or_skipped(lambda: make_lean(tree, our_packages(ROOT)))
    return tree


@pytest.fixture(scope="session", params=[False, True], ids=["ordinary", "lean"])
def inside(request: pytest.FixtureRequest, package: Path, tmp_path_factory: pytest.TempPathFactory) -> Inside:
    """What is in either zip for this machine, with the tests of the service."""
    inside = Inside(tmp_path_factory.mktemp("inside") / "package", is_lean=request.param)
    if inside.is_lean:
        lean_or_skipped(lambda: inside.fill(package))
    else:
        inside.fill(package)
    return inside


def lean_or_skipped(make: Callable[[], None]) -> None:
    """Makes a lean zip; where none can be made, there is nothing to test."""
    try:
        make()
    except (NotLean, NotMade) as exc:
        pytest.skip(f"there is no lean zip: {exc}")


@pytest.fixture(scope="module")
def settings() -> Iterator[Settings]:
    """Those of a service whose table is in a ministack of its own."""
    with a_table(Settings) as settings:
        yield settings


@pytest.fixture
def proxy(settings: Settings) -> Iterator[Proxy]:
    """What lies between the function and DynamoDB."""
    assert settings.dynamodb_endpoint is not None
    with running(settings.dynamodb_endpoint) as proxy:
        yield proxy


@pytest.fixture
def environment(proxy: Proxy) -> dict[str, str]:
    """What a function is set up with, and where its DynamoDB is. Who may call is tested elsewhere."""
    return {
        Settings.variable("persistence"): "dynamodb",
        Settings.variable("dynamodb_endpoint"): proxy.address,
        Settings.variable("auth"): "none",
    }


@pytest.fixture(params=["botocore", "curl"])
def api(request: pytest.FixtureRequest, environment: dict[str, str]) -> Start:
    """Starts the function of the API, with either transport."""
    package = request.getfixturevalue("package" if request.param == "botocore" else "package_with_curl")
    environment[Settings.variable("dynamodb_transport")] = request.param
    return partial(a_function, package, HANDLERS["api"], environment)
