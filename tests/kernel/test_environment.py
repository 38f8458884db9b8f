"""No variable of the shell reaches a test that does not ask for it."""

import json
import os
import subprocess
import sys
from importlib.util import find_spec

import pytest

from tests.kernel.environment import LOOPBACK
from tests.kernel.environment import ROOT
from tests.kernel.environment import around_proxies
from tests.kernel.environment import of_tests
from tests.kernel.service.settings import PREFIX

FOREIGN = {
    "AWS_PROFILE": "nobody",
    "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
    "AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1:1",
    "AWS_CA_BUNDLE": "/nowhere/ca.pem",
    "AWS_ACCESS_KEY_ID": "real",
    "FORCE_COLOR": "1",
    "NO_COLOR": "1",
    "TERM": "xterm-256color",
    "COLUMNS": "20",
    f"{PREFIX}PERSISTENCE": "dynamodb",
    f"{PREFIX}NO_SETTING": "x",
}


@pytest.mark.parametrize("name", FOREIGN)
def test_a_variable_for_other_programs_reaches_no_test(name):
    assert name not in of_tests({"PATH": "/bin", **FOREIGN})


def test_the_rest_stays():
    kept = {
        "PATH": "/bin",
        "HOME": "/root",
        "PIP_INDEX_URL": "http://x",
        "HTTPS_PROXY": "http://x",
        "TEST_ADAPTERS": "moto",
    }

    assert of_tests({**kept, **FOREIGN}).items() >= kept.items()


def test_the_files_of_aws_are_not_read():
    kept = of_tests({"AWS_CONFIG_FILE": "config-of-somebody"})

    assert (kept["AWS_CONFIG_FILE"], kept["AWS_SHARED_CREDENTIALS_FILE"]) == (os.devnull, os.devnull)


@pytest.mark.parametrize("adapters", ["aws", "memory http://127.0.0.1:8000"])
def test_the_account_of_aws_stays_where_a_server_of_ones_own_is_asked_for(adapters):
    kept = of_tests({**FOREIGN, "TEST_ADAPTERS": adapters})

    assert (kept["AWS_PROFILE"], kept["AWS_ACCESS_KEY_ID"]) == ("nobody", "real")
    assert "FORCE_COLOR" not in kept


@pytest.mark.parametrize("name", ["NO_PROXY", "no_proxy"])
def test_no_proxy_stands_before_this_machine_and_other_exceptions_stay(name):
    kept = around_proxies({"HTTP_PROXY": "http://127.0.0.1:9", name: "intranet"})

    assert kept["HTTP_PROXY"] == "http://127.0.0.1:9"
    assert kept["NO_PROXY"] == kept["no_proxy"] == ",".join(("intranet", *LOOPBACK))
    assert around_proxies(kept) == kept


@pytest.mark.parametrize("conftest", ["tests.conftest", "tests.kernel.conftest"])
def test_the_tests_run_without_what_the_shell_has_set(conftest):
    if find_spec(conftest) is None:
        pytest.skip("the tests of the kernels stand alone here")
    code = f"import json, os, {conftest}; print(json.dumps(list(os.environ)))"
    run = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, **FOREIGN},
        capture_output=True,
        text=True,
        check=True,
    )

    assert FOREIGN.keys() & set(json.loads(run.stdout)) == set()
