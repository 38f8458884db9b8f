"""Dead letters, read again from the bucket: those of the relay, and those of Lambda."""

from collections.abc import Iterator
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError
from botocore.exceptions import ClientError

from infrastructure.kernel.aws import CONNECTIONS
from infrastructure.kernel.aws import create_aws_client
from infrastructure.kernel.aws import unusable
from infrastructure.kernel.events.letters import Letter
from infrastructure.kernel.events.letters import Letters
from infrastructure.kernel.events.letters import found
from infrastructure.kernel.events.letters import letter_of_relay
from infrastructure.kernel.events.letters import letters_of_lambda
from infrastructure.kernel.events.s3 import PREFIX

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

OF_LAMBDA = "aws/lambda/"
"""What the keys of Lambda's own letters begin with."""


class S3Letters(Letters):
    """The letters in a bucket. One is named by its key; one of a batch also by its place in that, as in `key#2`."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def read(self, since: datetime | None = None) -> Iterator[Letter]:
        keys = self._keys(since)
        # One object after the other would take as many round trips.
        with ThreadPoolExecutor(CONNECTIONS) as threads:
            while group := list(islice(keys, CONNECTIONS)):
                for letters in threads.map(self._letters, group):
                    yield from letters

    def find(self, name: str) -> list[Letter]:
        key = name.partition("#")[0]
        return found(name, (letter for letter in self._letters(key) if name in (key, letter.name)))

    def _keys(self, since: datetime | None) -> Iterator[str]:
        """The keys of all letters that were not put before `since`, those of the relay first."""
        pages = self._client.get_paginator("list_objects_v2")
        for prefix in (PREFIX, OF_LAMBDA):
            with self._translated():
                for page in pages.paginate(Bucket=self._bucket, Prefix=prefix):
                    for item in page.get("Contents", ()):
                        if since is None or item["LastModified"] >= since:
                            yield item["Key"]

    def _letters(self, key: str) -> Sequence[Letter]:
        """The letters in an object; none, if there is no such object, or no longer."""
        with self._translated():
            try:
                answer = self._client.get_object(Bucket=self._bucket, Key=key)
            except self._client.exceptions.NoSuchKey:
                return ()
            body = answer["Body"].read()
        if key.startswith(OF_LAMBDA):
            return letters_of_lambda(key, body)
        return (letter_of_relay(key, body, answer["Metadata"].get("reason", "")),)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (BotoCoreError, ClientError) as exc:
            raise unusable(f"dead letters cannot be read from the bucket {self._bucket}", exc) from exc


def create_s3_letters(bucket: str, region: str | None) -> S3Letters:
    """The letters in a bucket.

    Raises:
        Misconfigured: there is no region.
    """
    return S3Letters(create_aws_client("s3", "S3", region=region), bucket)
