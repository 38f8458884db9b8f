"""The account and Region that the environment leads to, and their services."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from typing import Self

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError
from botocore.exceptions import ClientError
from botocore.exceptions import NoCredentialsError
from botocore.exceptions import NoRegionError
from botocore.exceptions import ProfileNotFound

from domain.kernel.errors import Misconfigured
from domain.kernel.errors import Unavailable

if TYPE_CHECKING:
    from mypy_boto3_apigatewayv2 import ApiGatewayV2Client
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_s3 import S3Client

LOCAL_REGION = "eu-west-1"

_CONFIG = Config(retries={"mode": "standard", "total_max_attempts": 5}, connect_timeout=5, read_timeout=60)
_OF_CREDENTIALS = {
    *("ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "SignatureDoesNotMatch"),
    *("UnrecognizedClientException", "InvalidAccessKeyId", "AuthFailure"),
}
_OF_PERMISSIONS = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "403"}


@dataclass(frozen=True)
class Aws:
    """Who deploys, and where to. Without an endpoint that is AWS, or the server that AWS_ENDPOINT_URL names."""

    session: boto3.Session
    account: str
    endpoint: str | None = None

    @classmethod
    def of_environment(cls) -> Self:
        """That of the environment variables and profiles of AWS.

        Raises:
            Misconfigured: there are no credentials, they are not valid, or there is no Region.
            Unavailable: AWS does not answer.
        """
        try:
            session = boto3.Session(region_name=os.environ.get("AWS_REGION"))  # which boto3 by itself does not read
            if session.region_name is None:
                raise Misconfigured("no AWS Region: set AWS_REGION, or a region in the profile that AWS_PROFILE names")
            with translated():
                account = session.client("sts", config=_CONFIG).get_caller_identity()["Account"]
        except ProfileNotFound as exc:
            raise Misconfigured(f"AWS_PROFILE: {exc}") from exc
        return cls(session, account)

    @classmethod
    def local(cls, endpoint: str) -> Self:
        """A server of this machine that stands in for AWS, and takes any account for its owner's.

        Raises:
            Unavailable: it does not answer.
        """
        session = boto3.Session("test", "test", region_name=LOCAL_REGION)
        with translated():
            account = session.client("sts", config=_CONFIG, endpoint_url=endpoint).get_caller_identity()["Account"]
        return cls(session, account, endpoint)

    @property
    def region(self) -> str:
        """The Region that is deployed to."""
        return self.session.region_name

    @property
    def apigateway(self) -> "ApiGatewayV2Client":
        """A client of the HTTP APIs of API Gateway."""
        return self.session.client("apigatewayv2", config=_CONFIG, endpoint_url=self.endpoint)

    @property
    def cloudformation(self) -> "CloudFormationClient":
        """A client of CloudFormation."""
        return self.session.client("cloudformation", config=_CONFIG, endpoint_url=self.endpoint)

    @property
    def s3(self) -> "S3Client":
        """A client of S3."""
        return self.session.client("s3", config=_CONFIG, endpoint_url=self.endpoint)


@contextmanager
def translated() -> Iterator[None]:
    """Makes errors of AWS those of ours.

    Raises:
        Misconfigured: credentials are missing, expired or wrong, or do not permit the call, which is named.
        Unavailable: AWS did not answer, or rejected a call for another reason, which is named.
    """
    try:
        yield
    except NoCredentialsError as exc:
        raise Misconfigured(
            "no AWS credentials: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or log in with your tool"
        ) from exc
    except NoRegionError as exc:
        raise Misconfigured("no AWS Region: set AWS_REGION") from exc
    except ClientError as exc:
        code = exc.response["Error"]["Code"]
        if code in _OF_CREDENTIALS:
            raise Misconfigured(f"AWS does not accept the credentials: {exc}") from exc
        if code in _OF_PERMISSIONS:
            raise Misconfigured(f"the credentials may not do that: {exc}") from exc
        raise Unavailable(str(exc)) from exc
    except BotoCoreError as exc:
        raise Unavailable(str(exc)) from exc
