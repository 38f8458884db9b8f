"""The bucket of zips and templates, which nobody else may own."""

import boto3
import pytest
from botocore.stub import Stubber

from deploy.kernel.artifacts import Artifacts
from deploy.kernel.aws import Aws
from domain.kernel.errors import Misconfigured

ACCOUNT = "111111111111"


class Answering(Aws):
    """An account whose S3 answers as it is told."""

    client = boto3.Session("any", "any", region_name="eu-west-1").client("s3")

    @property
    def s3(self):
        return self.client


def artifacts(service: str = "tiny-service", region: str = "eu-west-1") -> Artifacts:
    return Artifacts(Answering(boto3.Session(region_name=region), ACCOUNT), service)


@pytest.fixture
def s3():
    with Stubber(Answering.client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


@pytest.mark.parametrize("service", ["tiny-service", "a" * 60, "a" * 24 + "-" * 3 + "b"])
@pytest.mark.parametrize("region", ["us-east-1", "ap-southeast-7", "us-gov-west-1"])
def test_the_bucket_has_a_name_that_s3_takes(service, region):
    bucket = artifacts(service, region).bucket

    assert len(bucket) <= 63
    assert bucket.endswith(f"-artifacts-{ACCOUNT}-{region}")
    assert not bucket.removesuffix(f"-artifacts-{ACCOUNT}-{region}").endswith("-")


def test_a_bucket_of_another_account_is_not_used(s3):
    owned = {"Bucket": artifacts().bucket, "ExpectedBucketOwner": ACCOUNT}
    s3.add_client_error("head_bucket", "403", http_status_code=403, expected_params=owned)

    with pytest.raises(Misconfigured, match="belongs to another account, or the credentials may not read it"):
        artifacts().create()


@pytest.mark.parametrize(
    ("region", "where"),
    [("eu-west-1", {"CreateBucketConfiguration": {"LocationConstraint": "eu-west-1"}}), ("us-east-1", {})],
)
def test_the_bucket_is_made_in_the_region(s3, region, where):
    made = artifacts(region=region)
    s3.add_client_error("head_bucket", "404", http_status_code=404)
    s3.add_response("create_bucket", {}, {"Bucket": made.bucket, **where})
    s3.add_response("head_bucket", {"ResponseMetadata": {"HTTPStatusCode": 200}}, {"Bucket": made.bucket})
    s3.add_response("put_public_access_block", {})

    assert made.create()
