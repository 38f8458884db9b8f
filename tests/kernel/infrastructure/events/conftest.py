"""S3, as moto plays it."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from tests.kernel.infrastructure.events.buckets import BUCKET
from tests.kernel.infrastructure.events.buckets import REGION
from tests.kernel.infrastructure.events.buckets import keys
from tests.kernel.moto import moto


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A client, and a bucket, which is empty."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "moto")
    with moto():
        client = boto3.client("s3", REGION)
        client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        yield client
        for key in keys(client):
            client.delete_object(Bucket=BUCKET, Key=key)
        client.delete_bucket(Bucket=BUCKET)
