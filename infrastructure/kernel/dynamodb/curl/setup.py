"""What libcurl is given, and when it has to leave DynamoDB to botocore, which knows every way to set AWS up."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec

from domain.kernel.errors import Misconfigured
from infrastructure.kernel.settings import Settings

# https://docs.aws.amazon.com/general/latest/gr/ddb.html; regions of other partitions have other host names.
_REGION = re.compile(r"(us|eu|ap|sa|ca|me|af|il|mx)-[a-z]+-[0-9]+")
_URL = re.compile(r"https?://([A-Za-z0-9._-]+|\[[0-9a-fA-F:]+\])(:[0-9]{1,5})?/?")
_NEEDS_BOTOCORE = {
    "AWS_USE_FIPS_ENDPOINT": "FIPS endpoints",
    "AWS_USE_DUALSTACK_ENDPOINT": "dual-stack endpoints",
    "AWS_ENDPOINT_URL": "an endpoint for all services",
    "AWS_ENDPOINT_URL_DYNAMODB": "an endpoint that is no setting of this service",
    "AWS_PROFILE": "a profile",
    "AWS_DEFAULT_PROFILE": "a profile",
}
"""Variables that change what botocore does, and what they ask for."""
_PROXIES = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"), "a proxy")
_THIS_MACHINE = re.compile(r"https?://(127\.[0-9.]+|localhost|\[::1\])(:[0-9]+)?/?")
_KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
_CONTAINER = ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI")


@dataclass(frozen=True)
class Setup:
    """Where requests go, and how long they may take.

    Attributes:
        url: the endpoint.
        region: the one to sign for.
        ca_bundle: a file with the certificates that are trusted.
        connect_seconds: for a connection, TLS included.
        seconds: for a request as a whole.
    """

    url: str
    region: str
    ca_bundle: str
    connect_seconds: float
    seconds: float


def reason_for_botocore(settings: Settings, environment: Mapping[str, str]) -> str | None:
    """What is asked for that only botocore can do; None if libcurl can do it all."""
    is_here = _THIS_MACHINE.fullmatch(settings.dynamodb_endpoint or "") is not None
    for name, reason in {**_NEEDS_BOTOCORE, **({} if is_here else _PROXIES)}.items():
        if _is_set(environment, name) or _is_set(environment, name.lower()):
            return f"{name} asks for {reason}"
    file = environment.get("AWS_CONFIG_FILE") or os.path.expanduser("~/.aws/config")
    if os.path.isfile(file):
        return "there is a configuration file of AWS"
    if not all(environment.get(name) for name in _KEYS) and not any(environment.get(name) for name in _CONTAINER):
        return "the credentials are neither in the environment nor at a container endpoint"
    region = _region(settings, environment)
    if region is not None and settings.dynamodb_endpoint is None and not _REGION.fullmatch(region):
        return f"the region {region} has another host name"
    return None


def create_setup(settings: Settings, environment: Mapping[str, str]) -> Setup:
    """What libcurl is given.

    Raises:
        Misconfigured: there is no region, or the endpoint is no URL.
    """
    region = _region(settings, environment)
    if region is None:
        raise Misconfigured("DynamoDB cannot be called: there is no region")
    url = settings.dynamodb_endpoint or f"https://dynamodb.{region}.amazonaws.com"
    if not _URL.fullmatch(url):
        raise Misconfigured(f"DynamoDB cannot be called: {url} is no URL of an endpoint")
    return Setup(
        url=url,
        region=region,
        ca_bundle=environment.get("AWS_CA_BUNDLE") or _ca_bundle_of_botocore(),
        connect_seconds=settings.dynamodb_connect_seconds,
        seconds=settings.dynamodb_connect_seconds + settings.dynamodb_read_seconds,
    )


def _region(settings: Settings, environment: Mapping[str, str]) -> str | None:
    return settings.aws_region or environment.get("AWS_DEFAULT_REGION") or None


def _is_set(environment: Mapping[str, str], name: str) -> bool:
    return environment.get(name, "").lower() not in ("", "false")


def _ca_bundle_of_botocore() -> str:
    """The certificates that botocore trusts, without importing it."""
    found = find_spec("botocore")
    folder = os.path.dirname(found.origin or "") if found is not None else ""
    return os.path.join(folder, "cacert.pem")
