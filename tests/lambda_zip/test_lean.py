"""The lean zip: the service from it does what it does elsewhere, and neither pydantic nor dependency-injector is imported."""

import shutil

import pytest

from deploy.kernel.lambda_zip import ROOT
from deploy.kernel.lambda_zip import packed
from deploy.kernel.lean import NAME
from deploy.kernel.lean.build import make_lean
from deploy.kernel.selection import files_in
from deploy.kernel.selection import our_packages
from tests.kernel.infrastructure.aws_lambda.test_api import a_request
from tests.lambda_zip.fixtures import HANDLERS
from tests.lambda_zip.package import loaded
from tests.lambda_zip.runtime import a_function

READY = a_request(path="/health/ready")
PAYLOADS = {"api": READY, "relay": {"Records": []}}


@pytest.mark.parametrize("name", PAYLOADS)
def test_a_handler_answers_and_has_neither_models_of_pydantic_nor_dependency_injector(lean, environment, name):
    answer, modules = loaded(lean, HANDLERS[name], environment, PAYLOADS[name])

    assert answer == {"batchItemFailures": []} or answer["statusCode"] == 200
    assert NAME in modules
    assert set(modules).isdisjoint({"pydantic.main", "dependency_injector.providers", "asyncio"})


def test_the_runtime_client_starts_it_and_it_answers_over_the_wire(lean, environment):
    with a_function(lean, HANDLERS["api"], environment) as function:
        function.started()
        answer = function.invoke(READY).answer

    assert answer["statusCode"] == 200, answer


def test_sources_are_those_of_the_ordinary_zip_and_only_byte_code_differs(package, lean):
    changed = [path for path in files_in(package) if (lean / path).read_bytes() != (package / path).read_bytes()]
    added = set(files_in(lean)) - set(files_in(package))

    assert {path.suffix for path in changed} == {".pyc"}
    assert {path.parts[0] for path in changed} == {*our_packages(ROOT)}
    assert {path.parts[0] for path in added} == {NAME}


def test_the_same_sources_make_the_same_bytes(package, lean, tmp_path):
    again = tmp_path / "again"
    shutil.copytree(package, again)

    make_lean(again, our_packages(ROOT))

    assert packed(again) == packed(lean)
