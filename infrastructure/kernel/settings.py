"""The settings that the kernel reads. A service adds its own in a subclass, and says what it is called."""

from collections.abc import Mapping
from typing import Any
from typing import ClassVar
from typing import Literal
from typing import Self

from pydantic import BaseModel
from pydantic import ConfigDict
from pydantic import Field
from pydantic import ValidationInfo
from pydantic import field_validator
from pydantic import model_validator

from infrastructure.kernel.environment import read_settings
from infrastructure.kernel.listing_shards import ListingShards
from infrastructure.kernel.tables import tables_by_kind


class Settings(BaseModel):
    """Each field is set by an environment variable: the name of the service, an underscore, the field, in capitals.

    Read here and not by pydantic-settings: where that is installed, dependency-injector imports it at every start,
    which the cold start of a Lambda function would pay for.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        hide_input_in_errors=True,  # a traceback has the text of the error, and an input may be a secret
    )

    service: ClassVar[str]
    """What the service is called: its distribution, the source of its events, and what its variables begin with."""

    renamed: ClassVar[Mapping[str, str]] = {"dynamodb_region": "aws_region"}
    """The settings that have a new name, by their old one. A variable with the old name is refused."""

    persistence: Literal["memory", "dynamodb"] = Field(
        default="memory", description="Where entities are stored. With `memory` they are lost when the process ends."
    )
    event_bus: str = Field(
        default="log",
        # The names and ARNs that PutEvents takes.
        pattern=r"^(log|memory|eventbridge:(arn:aws[a-z-]*:events:[a-z0-9-]+:[0-9]{12}:event-bus/)?[A-Za-z0-9_.-]{1,256})$",
        description="Where committed events go: `log`, `memory`, or `eventbridge:` and the name or ARN of a bus.",
    )
    dead_letters: str = Field(
        default="log",
        pattern=r"^(log|memory|s3:[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])$",
        description="The dead-letter queue, for events that cannot be published: `log`, `memory`, or `s3:` and the name "
        "of a bucket. In production set a bucket: the log is not durable.",
    )
    aws_region: str | None = Field(
        default=None,
        description="The AWS Region of table, event bus and bucket; by default AWS_DEFAULT_REGION, or that of the AWS profile.",
    )
    auth: Literal["jwt", "none"] = Field(
        default="jwt",
        description="`jwt`: each request needs an access token, except at `/health`. `none`: everyone may call everything.",
    )
    jwt_issuer: str | None = Field(
        default=None,
        validate_default=True,
        # http only on this machine, for tests: https://openid.net/specs/openid-connect-core-1_0.html#IDToken
        pattern=r"^(https://[^\s?#@]+|http://(127\.0\.0\.1|localhost|\[::1\])(:[0-9]+)?(/[^\s?#@]*)?)$",
        description="Who issues the access tokens, exactly as in their claim `iss`. `serve` gets the public keys from "
        "`/.well-known/openid-configuration` there. Without it `serve` listens on loopback only, and asks for no token.",
    )
    jwt_audience: str | None = Field(
        default=None,
        validate_default=True,
        description="The audiences of this service, separated by commas. A token must have one of them in `aud`, or in "
        "`client_id` if it has no `aud`.",
    )
    http_host: str = Field(default="127.0.0.1", description="The address that `serve` listens on.")
    http_port: int = Field(
        default=8080, ge=0, le=65535, description="The port that `serve` listens on; 0 picks a free one."
    )
    shutdown_seconds: int = Field(
        default=30, ge=0, description="How many seconds a stopping server waits for running requests."
    )
    threads: int = Field(default=40, ge=1, le=1000, description="How many requests run in parallel.")
    connections: int = Field(
        default=500,
        ge=1,
        description="How many connections the server keeps open; each takes a file descriptor. When there are more, the "
        "server closes the one that has waited longest for its client.",
    )
    client_seconds: int = Field(
        default=10,
        ge=1,
        description="How many seconds the server waits for a client: for a request, for the rest of its headers, for its "
        "body, or to read the answer.",
    )
    waiting_requests: int = Field(
        default=40,
        ge=0,
        le=10_000,
        description="How many requests may wait for a thread, `/health/ready` included. The server answers more of them "
        "at once, with 503 and Retry-After. `/health/live` needs no thread.",
    )
    deadline_buffer_seconds: float = Field(
        default=1,
        gt=0,
        le=60,
        description="How many seconds before a deadline are reserved. No new call starts in them.",
    )
    request_seconds: float = Field(
        default=30,
        le=3600,
        validate_default=True,
        description="How many seconds the server has for a request. On Lambda the timeout of the function counts instead.",
    )
    lambda_base_path: str | None = Field(
        default=None,
        description="The prefix that the Lambda handler removes from paths: the mapping key of a custom domain, such as "
        "`/v1`. For the default address of API Gateway (`…execute-api…`), the handler removes the stage instead.",
    )
    memory_warning_share: float = Field(
        default=0.9,
        gt=0,
        le=1,
        description="The share of a Lambda function's memory, from 0 to 1, above which a warning is logged.",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", description="The lowest level that is logged."
    )
    log_format: Literal["text", "json"] = Field(
        default="text",
        description="How log lines are written. `json`: an object per line, with the ids of request and trace.",
    )
    observers: str | None = Field(
        default=None,
        pattern=r"^(log|cloudwatch|otel)(,(log|cloudwatch|otel)){0,2}$",
        description="The observers of use cases and calls of the store, separated by commas: `log`, a line per use case; "
        "`cloudwatch`, metrics in the log; `otel`, OpenTelemetry, which needs the extra `otel`. By default nobody.",
    )
    dynamodb_table: str = Field(
        default="",
        pattern=r"^[a-zA-Z0-9_.-]{3,255}$",
        description="The name of the table; by default that of the service.",
    )
    dynamodb_tables: str | None = Field(
        default=None,
        description="The aggregates that have tables of their own, as in `Invoice=invoices,Receipt=receipts`.",
    )
    dynamodb_endpoint: str | None = Field(default=None, description="The URL of another DynamoDB server, for tests.")
    dynamodb_transport: Literal["botocore", "curl"] = Field(
        default="botocore",
        description="What sends requests to DynamoDB. `curl` is faster, and needs the extra `curl`.",
    )
    dynamodb_create_table: bool = Field(
        default=False, description="Whether to create the table at start, for local use."
    )
    dynamodb_attempts: int = Field(
        default=4,
        ge=1,
        le=20,
        description="How many times a request to DynamoDB is sent at most, the first time included.",
    )
    dynamodb_connect_seconds: float = Field(
        default=1, gt=0, description="How many seconds each attempt waits for a connection to DynamoDB."
    )
    dynamodb_read_seconds: float = Field(
        default=2, gt=0, description="How many seconds each attempt waits for the answer of DynamoDB."
    )
    dynamodb_batch_threads: int = Field(
        default=8,
        ge=1,
        le=100,
        description="How many requests of batch operations, such as `get_many`, run in parallel.",
    )
    dynamodb_listing_shards: ListingShards = Field(
        default="1",
        description="The number of shards of each listing without `by`, from 1 to 64. Two numbers, such as `1,4`, while you "
        "change it: writes keep both, and pages read the first. Follow the steps of docs/recipes/resharding.md.",
    )

    @model_validator(mode="before")
    @classmethod
    def _calls_the_table_like_the_service(cls, given: Any) -> Any:
        return {"dynamodb_table": cls.service, **given}

    @field_validator("dynamodb_tables")
    @classmethod
    def _names_tables_of_aggregates(cls, tables: str | None, info: ValidationInfo) -> str | None:
        tables_by_kind(tables, info.data.get("dynamodb_table", ""))
        return tables

    @field_validator("request_seconds")
    @classmethod
    def _outlasts_the_buffer(cls, seconds: float, info: ValidationInfo) -> float:
        buffer = info.data.get("deadline_buffer_seconds", 0)
        if seconds <= buffer:
            raise ValueError(f"must be more than the buffer of {buffer:g} s, or nothing would ever be called")
        return seconds

    @field_validator("jwt_issuer")
    @classmethod
    def _is_not_contradicted(cls, issuer: str | None, info: ValidationInfo) -> str | None:
        if issuer is not None and info.data.get("auth") == "none":
            raise ValueError(f"must not be set together with {cls.variable('auth')}=none")
        return issuer

    @field_validator("jwt_audience")
    @classmethod
    def _comes_with_its_issuer(cls, audience: str | None, info: ValidationInfo) -> str | None:
        is_set = bool((audience or "").strip(", "))
        if "jwt_issuer" in info.data and is_set != (info.data["jwt_issuer"] is not None):
            raise ValueError(f"must be set together with {cls.variable('jwt_issuer')}; neither protects anything alone")
        return audience

    @property
    def audiences(self) -> list[str]:
        """The audiences, one of which a token must have."""
        return [audience.strip() for audience in (self.jwt_audience or "").split(",") if audience.strip()]

    @property
    def event_bus_kind(self) -> str:
        """What stands before the name of the bus."""
        return self.event_bus.partition(":")[0]

    @property
    def dead_letters_kind(self) -> str:
        """What stands before the name of the bucket."""
        return self.dead_letters.partition(":")[0]

    @classmethod
    def variable(cls, field: str) -> str:
        """The environment variable that sets `field`."""
        return f"{cls.service.replace('-', '_')}_{field}".upper()

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """The settings in `environment`. A variable that is missing or empty leaves the default.

        A variable with our prefix that is no setting and resembles none is only logged as a warning, for others may
        set it. Those that Kubernetes sets are ignored. A value that begins with `ssm:` or `secretsmanager:` names a
        parameter or a secret of AWS, whose value is read now.

        Raises:
            Misconfigured: names every variable that is wrong, has the old name of a setting, or looks like a mistyped
                one, and why. A rule that a `model_validator` checks belongs to no one variable: `*` stands for its name.
                No message quotes a value that was read from AWS.
            Unavailable: AWS does not answer.
        """
        return read_settings(cls, environment)
