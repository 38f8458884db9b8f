"""The environment of the tests, whatever the shell that starts them has set for other programs."""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]

NO_AWS: Mapping[str, str] = {
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}
"""What keeps botocore from the files of this machine's owner, and from looking for credentials on the network."""
LOOPBACK = ("127.0.0.1", "localhost", "::1")
OF_TERMINALS = {
    *("FORCE_COLOR", "NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "TTY_COMPATIBLE", "TTY_INTERACTIVE", "COLUMNS", "LINES"),
    *("TERM", "COLORTERM"),
}
"""What changes how the command line prints."""
OF_SERVICES = ("ANY_SERVICE_", "CLUB_SERVICE_", "TINY_SERVICE_")
"""How the settings of the services begin that only tests have."""
OF_SERVERS = {"FORWARDED_ALLOW_IPS", "WEB_CONCURRENCY"}
"""What uvicorn reads by itself."""


def without_aws(environment: Mapping[str, str]) -> dict[str, str]:
    """`environment` without an account, a profile or an endpoint of AWS."""
    kept = {name: value for name, value in environment.items() if not name.startswith(("AWS_", "BOTO"))}
    return {**kept, **NO_AWS}


def around_proxies(environment: Mapping[str, str]) -> dict[str, str]:
    """`environment`, in which no proxy stands before this machine itself."""
    names = ("no_proxy", "NO_PROXY")
    excepted = [host for name in names for host in environment.get(name, "").split(",") if host]
    return {**environment, **dict.fromkeys(names, ",".join(dict.fromkeys([*excepted, *LOOPBACK])))}


def of_tests(environment: Mapping[str, str]) -> dict[str, str]:
    """What of `environment` may reach a test: no settings of a service, and nothing that another program reads there.

    What TEST_ADAPTERS asks for stays: the account of AWS, if a server other than moto and ministack needs one.
    """
    asked = environment.get("TEST_ADAPTERS", "").split()
    has_account = any(name == "aws" or "://" in name for name in asked)
    kept = environment if has_account else without_aws(environment)
    foreign = (_own_prefix(), *OF_SERVICES)
    return around_proxies(
        {
            name: value
            for name, value in kept.items()
            if not name.startswith(foreign) and name not in OF_TERMINALS | OF_SERVERS
        }
    )


def forget_the_shell() -> None:
    """Makes `of_tests` the environment of this process."""
    kept = of_tests(os.environ)
    for name in os.environ.keys() - kept.keys():
        del os.environ[name]
    os.environ.update(kept)


def _own_prefix() -> str:
    """What the variables of the service around the kernels begin with."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return f"{project['name'].replace('-', '_').upper()}_"
