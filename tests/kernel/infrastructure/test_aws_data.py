"""A client that is made of less data calls the same endpoint, and signs alike."""

from functools import cache
from typing import Any

import pytest
from botocore.client import ClientEndpointBridge
from botocore.loaders import Loader
from botocore.regions import EndpointResolver
from botocore.session import get_session

from infrastructure.kernel.aws import create_aws_client
from infrastructure.kernel.aws_data import REGIONAL
from infrastructure.kernel.aws_data import RegionalData
from tests.kernel.ministack import ENVIRONMENT

ALL = Loader()
REGIONS = [region for partition in ALL.load_data("partitions")["partitions"] for region in partition["regions"]]
PREFIXES = {"dynamodb": "dynamodb", "dynamodbstreams": "streams.dynamodb", "events": "events"}


@cache
def resolver(loader):
    return EndpointResolver(loader.load_data_with_path("endpoints")[0])


def endpoint(service, region, loader):
    bridge: Any = ClientEndpointBridge(resolver(loader), service_signing_name="dynamodb")
    found = bridge.resolve(PREFIXES[service], region)
    return {name: found[name] for name in ("endpoint_url", "signing_region", "signing_name", "signature_version")}


@pytest.mark.parametrize("service", sorted(REGIONAL))
def test_the_endpoint_of_every_region_is_the_same(service):
    regional = RegionalData(service)

    for region in REGIONS:
        if not region.endswith("-global"):
            assert endpoint(service, region, regional) == endpoint(service, region, ALL)


@pytest.mark.parametrize("fips", [False, True])
@pytest.mark.parametrize("service", sorted(REGIONAL))
def test_a_client_is_the_same(monkeypatch, service, fips):
    for name, value in {**ENVIRONMENT, "AWS_USE_FIPS_ENDPOINT": str(fips).lower()}.items():
        monkeypatch.setenv(name, value)

    ours = create_aws_client(service, "AWS", region="us-gov-west-1")
    theirs: Any = get_session().create_client(service, region_name="us-gov-west-1")

    assert ours.meta.endpoint_url == theirs.meta.endpoint_url
    assert ours._request_signer.signing_name == theirs._request_signer.signing_name
    assert ours._request_signer.region_name == theirs._request_signer.region_name
    assert ours.meta.config.signature_version == theirs.meta.config.signature_version
