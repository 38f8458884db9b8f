"""The bucket that zips and templates are uploaded to, for Lambda and CloudFormation read them from there."""

from collections.abc import Callable
from hashlib import sha256
from io import BytesIO
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from deploy.kernel.aws import Aws
from domain.kernel.errors import Misconfigured

if TYPE_CHECKING:
    from mypy_boto3_s3.literals import BucketLocationConstraintType

_NO_CONSTRAINT = "us-east-1"
_SERVICE_LENGTH = 25
"""How much of the service's name fits into that of a bucket, which has 63 characters, beside account and Region."""


class Artifacts:
    """A private bucket per service, account and Region. Each object is named by its digest, and never changes."""

    def __init__(self, aws: Aws, service: str) -> None:
        self._s3 = aws.s3
        self._account = aws.account
        self._region = aws.region
        self.bucket = f"{service[:_SERVICE_LENGTH].rstrip('-')}-artifacts-{aws.account}-{aws.region}"

    def create(self) -> bool:
        """Makes the bucket if there is none, and says whether it did. Nobody outside the account can read it.

        Raises:
            Misconfigured: a bucket of that name belongs to another account, or the credentials do not reach it.
        """
        try:
            self._s3.head_bucket(Bucket=self.bucket, ExpectedBucketOwner=self._account)
        except ClientError as exc:
            code = exc.response["Error"]["Code"]
            if code == "403":
                reason = "belongs to another account, or the credentials may not read it"
                raise Misconfigured(f"the bucket {self.bucket} {reason}") from exc
            if code not in ("404", "NoSuchBucket"):
                raise
        else:
            return False
        if self._region == _NO_CONSTRAINT:
            self._s3.create_bucket(Bucket=self.bucket)
        else:
            where: BucketLocationConstraintType = self._region  # type: ignore[assignment]  # the stubs list Regions
            self._s3.create_bucket(Bucket=self.bucket, CreateBucketConfiguration={"LocationConstraint": where})
        self._s3.get_waiter("bucket_exists").wait(Bucket=self.bucket)
        self._s3.put_public_access_block(
            Bucket=self.bucket,
            PublicAccessBlockConfiguration={
                "BlockPublicAcls": True,
                "IgnorePublicAcls": True,
                "BlockPublicPolicy": True,
                "RestrictPublicBuckets": True,
            },
        )
        return True

    def put(self, content: bytes, suffix: str, progress: Callable[[int], object] = lambda sent: None) -> str:
        """Uploads what is not there yet, and returns its key. `progress` is called with the bytes sent since."""
        key = f"{sha256(content).hexdigest()}{suffix}"
        if self._has(key):
            progress(len(content))
        else:
            owned = {"ExpectedBucketOwner": self._account}
            self._s3.upload_fileobj(BytesIO(content), self.bucket, key, ExtraArgs=owned, Callback=progress)
        return key

    def url(self, key: str) -> str:
        """Where CloudFormation reads it."""
        return f"{self._s3.meta.endpoint_url}/{self.bucket}/{key}"

    def _has(self, key: str) -> bool:
        try:
            self._s3.head_object(Bucket=self.bucket, Key=key, ExpectedBucketOwner=self._account)
        except ClientError as exc:
            if exc.response["Error"]["Code"] not in ("404", "NoSuchKey"):
                raise
            return False
        return True
