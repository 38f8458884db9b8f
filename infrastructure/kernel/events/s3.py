"""Dead letters in a bucket of S3."""

import hashlib
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError
from botocore.exceptions import ClientError

from infrastructure.kernel.aws import create_aws_client
from infrastructure.kernel.aws import unusable
from infrastructure.kernel.events.dead_letters import DeadLetters
from infrastructure.kernel.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

PREFIX = "dead-letters/"
MAX_REASON = 1024
"""How much of the reason is kept: metadata may have 2 KB, https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html."""


class S3DeadLetters(DeadLetters):
    """Keeps each record as an object `dead-letters/<digest>.json`, with the reason in its metadata.

    The key is made of the record, so that one that is put again is there once.
    """

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def put(self, record: str, reason: str) -> None:
        body = record.encode()
        self._client.put_object(
            Bucket=self._bucket,
            Key=f"{PREFIX}{hashlib.sha256(body).hexdigest()}.json",
            Body=body,
            ContentType="application/json",
            Metadata={"reason": ascii(reason)[1:-1][:MAX_REASON]},
        )


def create_s3_dead_letters(settings: Settings) -> S3DeadLetters:
    """Dead letters in the bucket that the settings name, which is looked up: one is needed when it is too late to ask.

    Raises:
        Misconfigured: there is no such bucket, it may not be looked into, or there is no region.
        Unavailable: S3 throttles, fails, or does not answer.
    """
    bucket = settings.dead_letters.partition(":")[2]
    client = create_aws_client("s3", "S3", region=settings.aws_region)
    try:
        client.head_bucket(Bucket=bucket)
    except (BotoCoreError, ClientError) as exc:
        raise unusable(f"dead letters cannot be put into the bucket {bucket}", exc) from exc
    return S3DeadLetters(client, bucket)
