"""A setting may name where its value is: a parameter, or a secret. It is read once, at start, and shown to nobody."""

import json
import logging
import os
import subprocess
import sys
import traceback
from collections.abc import Callable
from collections.abc import Iterator
from functools import lru_cache
from types import SimpleNamespace
from typing import Any
from typing import Self
from typing import cast
from unittest.mock import patch

import pytest
from botocore.session import get_session
from pydantic import Field
from pydantic import SecretStr
from pydantic import field_validator
from pydantic import model_validator
from ulid import ULID

from domain.kernel.errors import Misconfigured
from domain.kernel.errors import Unavailable
from infrastructure.kernel import references
from infrastructure.kernel.aws import create_aws_client
from tests.kernel.adapters import Adapter
from tests.kernel.fixtures import ADAPTERS
from tests.kernel.fixtures import once_for_each
from tests.kernel.infrastructure.aws import FakeAWS
from tests.kernel.infrastructure.aws import fake_aws
from tests.kernel.infrastructure.http.serving import wait_until
from tests.kernel.ministack import ENVIRONMENT
from tests.kernel.ministack import NOBODY
from tests.kernel.service import settings
from tests.kernel.service.container import Container
from tests.kernel.service.settings import PREFIX

REGION = "eu-west-1"
ENDPOINTS = ("AWS_ENDPOINT_URL_SSM", "AWS_ENDPOINT_URL_SECRETS_MANAGER")
SECRET = "Tr0ub4dor&3"

# Any of them tells of parameters and secrets alike, whatever its tables are.
adapter = once_for_each(*(adapter for adapter in ADAPTERS if adapter.name in ("moto", "ministack")))


class Settings(settings.Settings):
    """Those of a service that has secrets."""

    weather_key: SecretStr = SecretStr("")
    weather_days: int = Field(default=3, ge=1, le=9)
    weather_city: str = "Leeds"

    @field_validator("weather_city")
    @classmethod
    def _is_a_name(cls, city: str) -> str:
        if not city.istitle():
            raise ValueError(f"{city[::-1]} is no name backwards")
        return city

    @model_validator(mode="after")
    def _forecasts_little_without_a_key(self) -> Self:
        if self.weather_days > 5 and len(self.weather_key.get_secret_value()) < 5:
            raise ValueError(f"{self.weather_key.get_secret_value()!r} is no key for {self.weather_days} days")
        return self


def read(**variables: str) -> Settings:
    given = {f"{PREFIX}{name}": value for name, value in variables.items()}
    return Settings.from_environment({f"{PREFIX}AWS_REGION": REGION, **given})


def refusal(**variables: str) -> str:
    with pytest.raises(Misconfigured) as refused:
        read(**variables)
    told = "".join(traceback.format_exception(refused.value))
    assert SECRET not in told
    assert SECRET[::-1] not in told
    return str(refused.value)


@pytest.fixture(autouse=True)
def levels_as_they_were() -> Iterator[None]:
    of_aws = logging.getLogger("botocore")
    before = of_aws.level
    yield
    of_aws.setLevel(before)


@pytest.fixture
def client(adapter: Adapter, container: Container) -> Iterator[Callable[[str], Any]]:
    """boto's client of a service that the settings are read from."""
    address = container.settings().dynamodb_endpoint
    endpoints = {} if address is None else dict.fromkeys(ENDPOINTS, address)
    with patch.dict(os.environ, endpoints):
        yield lambda service: get_session().create_client(service, region_name=REGION)


@pytest.fixture
def a_parameter(client) -> Callable[[str], str]:
    """Stores a value, encrypted, and answers its name."""

    def put(value: str) -> str:
        name = f"/tests/{ULID()}"
        client("ssm").put_parameter(Name=name, Value=value, Type="SecureString")
        return name

    return put


@pytest.fixture
def a_secret(client) -> Callable[..., Any]:
    """Stores a value, and answers what Secrets Manager says of it."""
    return lambda value: client("secretsmanager").create_secret(Name=f"tests/{ULID()}", SecretString=value)


def test_a_parameter_is_read_and_decrypted(a_parameter):
    found = read(WEATHER_KEY=f"ssm:{a_parameter(SECRET)}")

    assert found.weather_key.get_secret_value() == SECRET
    assert SECRET not in repr(found)


@pytest.mark.parametrize("called", ["Name", "ARN"])
def test_a_secret_is_read_by_its_name_or_arn(a_secret, called):
    found = read(WEATHER_KEY=f"secretsmanager:{a_secret(SECRET)[called]}")

    assert found.weather_key.get_secret_value() == SECRET


@pytest.mark.parametrize("kept", [str, int], ids=["as text", "as a number"])
def test_a_member_of_a_json_secret_is_read_by_its_key(a_secret, kept):
    name = a_secret(json.dumps({"the key": SECRET, "days": kept(7)}))["Name"]

    found = read(WEATHER_KEY=f"secretsmanager:{name}#the key", WEATHER_DAYS=f"secretsmanager:{name}#days")

    assert (found.weather_key.get_secret_value(), found.weather_days) == (SECRET, 7)


def test_a_member_of_a_json_parameter_is_read_too(a_parameter):
    name = a_parameter(json.dumps({"key": SECRET}))

    assert read(WEATHER_KEY=f"ssm:{name}#key").weather_key.get_secret_value() == SECRET


def test_any_setting_may_be_a_reference_and_all_are_read_together(a_parameter, a_secret):
    values = {"LOG_LEVEL": "DEBUG", "HTTP_PORT": "81", "DYNAMODB_TABLE": "crates", "DYNAMODB_CREATE_TABLE": "true"}

    found = read(
        **{name: f"ssm:{a_parameter(value)}" for name, value in values.items()},
        WEATHER_CITY=f"secretsmanager:{a_secret('York')['Name']}",
    )

    assert (found.log_level, found.http_port, found.dynamodb_table, found.weather_city) == (
        "DEBUG",
        81,
        "crates",
        "York",
    )
    assert found.dynamodb_create_table is True


def test_what_does_not_exist_is_named_with_its_variable_beside_all_else_that_is_wrong(a_parameter, a_secret):
    name, there = a_secret("plain")["Name"], a_parameter("300")

    refused = refusal(
        WEATHER_KEY="ssm:/no/such/parameter",
        WEATHER_CITY="secretsmanager:no/such/secret",
        DYNAMODB_TABLE=f"secretsmanager:{name}#key",
        HTTP_PORT="x",
        WEATHER_DAYS=f"ssm:{there}",
    )

    assert refused.split("; ") == [
        f"{PREFIX}DYNAMODB_TABLE: secretsmanager:{name}#key is not JSON, which has keys",
        f"{PREFIX}HTTP_PORT: Input should be a valid integer, unable to parse string as an integer",
        f"{PREFIX}WEATHER_CITY: secretsmanager:no/such/secret does not exist",
        f"{PREFIX}WEATHER_DAYS: Input should be less than or equal to 9",
        f"{PREFIX}WEATHER_KEY: ssm:/no/such/parameter does not exist",
    ]


@pytest.fixture(scope="module")
def server() -> Iterator[FakeAWS]:
    with fake_aws() as server:
        yield server


@pytest.fixture(scope="module")
def kept_clients() -> Callable[..., Any]:
    """Makes each client once: that takes longer than a test."""
    return lru_cache(create_aws_client)


@pytest.fixture
def aws(server, kept_clients, nothing_set: pytest.MonkeyPatch) -> FakeAWS:
    """Parameter Store and Secrets Manager, which answer as a test says."""
    nothing_set.setattr(references, "create_aws_client", kept_clients)
    nothing_set.setattr("botocore.endpoint.time", SimpleNamespace(sleep=lambda _: None))
    for name, value in {**ENVIRONMENT, **dict.fromkeys(ENDPOINTS, server.address)}.items():
        nothing_set.setenv(name, value)
    server.asked.clear()
    server.answers.clear()
    return cast(FakeAWS, server)


def parameters(**values: str) -> dict[str, Any]:
    """What GetParameters answers."""
    return {"Parameters": [{"Name": name, "Value": value} for name, value in values.items()], "InvalidParameters": []}


def secret(name: str, **told: str) -> dict[str, Any]:
    return {"Name": name, "ARN": f"arn:aws:secretsmanager:{REGION}:123456789012:secret:{name}-AbCdEf", **told}


def secrets(*values: dict[str, Any], errors: tuple[dict[str, str], ...] = ()) -> dict[str, Any]:
    """What BatchGetSecretValue answers."""
    return {"SecretValues": list(values), "Errors": list(errors)}


def test_without_a_reference_nothing_is_asked_nor_loaded_for_it():
    script = f"""
import sys
from tests.kernel.service.settings import Settings
Settings.from_environment({{"{PREFIX}HTTP_PORT": "81"}})
assert not [name for name in sys.modules if name.startswith(("botocore", "{references.__name__}"))]
"""

    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_as_many_parameters_as_one_request_takes_are_read_together_and_each_once(aws):
    numbers = [name for name, field in Settings.model_fields.items() if field.annotation in (int, float)]
    fields = [name.upper() for name in numbers if name not in ("request_seconds", "deadline_buffer_seconds")]
    names = [f"p{number:02}" for number in range(11)]
    aws.answers = [parameters(**dict.fromkeys(some, "1")) for some in (names[:10], names[10:])]

    read(**dict(zip(fields, [*(f"ssm:{name}" for name in names), "ssm:p00"], strict=False)))

    assert [asked["Names"] for asked in aws.asked] == [names[:10], names[10:]]
    assert all(asked["WithDecryption"] for asked in aws.asked)


def test_a_secret_of_which_several_settings_have_a_member_is_read_once(aws):
    aws.answers = [secrets(secret("weather", SecretString='{"key": "k", "city": "York"}'))]

    found = read(WEATHER_KEY="secretsmanager:weather#key", WEATHER_CITY="secretsmanager:weather#city")

    assert (found.weather_key.get_secret_value(), found.weather_city) == ("k", "York")
    assert [asked["SecretIdList"] for asked in aws.asked] == [["weather"]]


def test_an_arn_may_lack_the_characters_that_secrets_manager_appends(aws):
    kept = secret("weather", SecretString=SECRET)
    aws.answers = [secrets(kept)]

    found = read(WEATHER_KEY=f"secretsmanager:{kept['ARN'].removesuffix('-AbCdEf')}")

    assert found.weather_key.get_secret_value() == SECRET


@pytest.mark.parametrize(
    ("kept", "key", "why"),
    [
        (SECRET, "#key", "is not JSON, which has keys"),
        (json.dumps([SECRET]), "#key", "has no such key"),
        (json.dumps({"other": SECRET}), "#key", "has no such key"),
        (json.dumps({"key": {"nested": SECRET}}), "#key", "is neither a text, a number, nor true or false"),
        (json.dumps({"key": None}), "#key", "is neither a text, a number, nor true or false"),
        (json.dumps({"key": ""}), "#key", "is empty"),
        ("", "", "is empty"),
    ],
)
def test_a_secret_of_another_form_than_the_reference_says_is_refused_and_not_quoted(aws, kept, key, why):
    aws.answers = [secrets(secret("weather", SecretString=kept))]

    assert (
        refusal(WEATHER_KEY=f"secretsmanager:weather{key}") == f"{PREFIX}WEATHER_KEY: secretsmanager:weather{key} {why}"
    )


def test_a_binary_secret_is_refused(aws):
    aws.answers = [secrets(secret("weather", SecretBinary="AAAA"))]

    assert refusal(WEATHER_KEY="secretsmanager:weather").endswith("secretsmanager:weather is binary, and not a text")


@pytest.mark.parametrize(
    "text", ["ssm:", "ssm:#key", "ssm:/a#", "ssm:/a b", "secretsmanager:", "secretsmanager:a#", "ssm:é"]
)
def test_what_only_begins_like_a_reference_is_refused(aws, text):
    prefix = text.partition(":")[0]

    assert refusal(WEATHER_KEY=text) == (
        f"{PREFIX}WEATHER_KEY: {text} is no reference, which is {prefix}:<name> or {prefix}:<name>#<key>"
    )
    assert aws.asked == []


def test_the_value_of_a_reference_is_no_reference(aws):
    aws.answers = [parameters(a="ssm:b")]

    assert read(WEATHER_KEY="ssm:a").weather_key.get_secret_value() == "ssm:b"
    assert len(aws.asked) == 1


def test_only_what_is_set_in_the_environment_is_a_reference(aws):
    assert Settings(weather_key=SecretStr("ssm:a")).weather_key.get_secret_value() == "ssm:a"
    assert aws.asked == []


def test_the_region_is_no_reference_for_it_says_where_they_are_read(aws):
    assert refusal(AWS_REGION="ssm:region", WEATHER_KEY="ssm:a") == (
        f"{PREFIX}AWS_REGION: must be the Region itself, since references are read there"
    )
    assert aws.asked == []


def test_without_a_region_nothing_can_be_read(nothing_set):
    with pytest.raises(Misconfigured, match=f"{PREFIX}WEATHER_KEY: ssm:a Parameter Store cannot be called: .*region"):
        Settings.from_environment({f"{PREFIX}WEATHER_KEY": "ssm:a"})


def test_a_value_that_breaks_a_rule_of_the_service_is_not_quoted(aws):
    aws.answers = [parameters(a=SECRET)]

    refused = refusal(WEATHER_CITY="ssm:a")

    assert refused == f"{PREFIX}WEATHER_CITY: the value of ssm:a breaks a rule of this setting"


def test_a_setting_whose_reference_cannot_be_read_is_wrong_for_that_alone(aws):
    aws.answers = [{"Parameters": [], "InvalidParameters": ["a"]}]

    assert refusal(WEATHER_DAYS="ssm:a") == f"{PREFIX}WEATHER_DAYS: ssm:a does not exist"


def test_a_rule_about_several_settings_does_not_quote_them_either(aws):
    aws.answers = [parameters(a="abc")]

    assert refusal(WEATHER_KEY="ssm:a", WEATHER_DAYS="9") == (
        f"{PREFIX}*: the value of a reference breaks a rule of this setting"
    )


def test_a_secret_that_is_set_itself_and_breaks_a_rule_is_not_quoted_by_a_traceback():
    class Strict(Settings):
        weather_key: SecretStr = Field(default=SecretStr(""), max_length=3)

    with pytest.raises(Misconfigured) as refused:
        Strict.from_environment({f"{PREFIX}WEATHER_KEY": SECRET})

    assert SECRET not in "".join(traceback.format_exception(refused.value))


def test_nothing_that_was_read_is_logged_however_much_is_logged(aws, caplog):
    caplog.set_level(logging.DEBUG)
    logging.getLogger("botocore").setLevel(logging.DEBUG)
    aws.answers = [parameters(a=SECRET), secrets(secret("weather", SecretString=SECRET))]

    read(WEATHER_KEY="ssm:a", DYNAMODB_ENDPOINT="secretsmanager:weather")

    assert len(aws.asked) == 2
    assert SECRET not in caplog.text


DENIED = "User: arn:aws:sts::123456789012:assumed-role/api is not authorized to perform: {} on resource: a"


def test_a_parameter_that_may_not_be_read_names_the_permission(aws):
    aws.answers = [(400, {"__type": "AccessDeniedException", "message": DENIED.format("ssm:GetParameters")})]

    refused = refusal(WEATHER_KEY="ssm:a", WEATHER_CITY="ssm:b")

    first, second = refused.split("; ")
    assert first.startswith(f"{PREFIX}WEATHER_CITY: ssm:b cannot be read: ")
    assert second.startswith(f"{PREFIX}WEATHER_KEY: ssm:a cannot be read: ")
    assert "not authorized to perform: ssm:GetParameters on resource: a" in second


def test_a_secret_that_may_not_be_read_names_the_permission(aws):
    message = DENIED.format("secretsmanager:GetSecretValue")
    denied = {"SecretId": "weather", "ErrorCode": "AccessDeniedException", "Message": message}
    aws.answers = [secrets(secret("city", SecretString="York"), errors=(denied,))]

    refused = refusal(WEATHER_KEY="secretsmanager:weather", WEATHER_CITY="secretsmanager:city")

    assert refused.startswith(f"{PREFIX}WEATHER_KEY: secretsmanager:weather cannot be read: ")
    assert "not authorized to perform: secretsmanager:GetSecretValue" in refused
    assert "WEATHER_CITY" not in refused


@pytest.mark.parametrize("reference", ["ssm:a", "secretsmanager:a"])
@pytest.mark.parametrize(
    ("status", "code"), [(400, "ThrottlingException"), (500, "InternalServerError"), (503, "ServiceUnavailable")]
)
def test_a_service_that_cannot_answer_now_is_unavailable_after_some_attempts(aws, reference, status, code):
    aws.answers = [(status, {"__type": code})] * 4

    with pytest.raises(Unavailable, match=f"{PREFIX}WEATHER_KEY: {reference} cannot be read: .*{code}"):
        read(WEATHER_KEY=reference)

    assert len(aws.asked) == 4


def test_a_secret_that_cannot_be_told_now_is_unavailable(aws):
    failed = {"SecretId": "a", "ErrorCode": "InternalServiceError", "Message": "try again"}
    aws.answers = [secrets(errors=(failed,))]

    with pytest.raises(Unavailable, match=r"secretsmanager:a cannot be read: .*InternalServiceError"):
        read(WEATHER_KEY="secretsmanager:a")


@pytest.mark.parametrize(("reference", "answer"), [("ssm:a", parameters()), ("secretsmanager:a", secrets())])
def test_an_answer_that_says_nothing_of_what_was_asked_is_unavailable(aws, reference, answer):
    aws.answers = [answer]

    with pytest.raises(Unavailable, match=f"{PREFIX}WEATHER_KEY: {reference} cannot be read: .* did not tell of it"):
        read(WEATHER_KEY=reference)


def test_a_service_that_is_not_there_is_unavailable(aws, monkeypatch):
    monkeypatch.setattr(references, "create_aws_client", create_aws_client)
    monkeypatch.setenv("AWS_ENDPOINT_URL_SSM", NOBODY)

    with pytest.raises(Unavailable, match=f"{PREFIX}WEATHER_KEY: ssm:a cannot be read: "):
        read(WEATHER_KEY="ssm:a")


def test_nobody_waits_for_long_for_a_service_that_does_not_answer(aws, monkeypatch):
    waits: list[float] = []

    def wait_until_it_is_asked(_: object, seconds: float) -> None:
        waits.append(seconds)
        wait_until(lambda: bool(aws.asked))

    monkeypatch.setattr("usecases.kernel.deadline.wait", wait_until_it_is_asked)
    monkeypatch.setattr("usecases.kernel.deadline.monotonic", lambda: 0.0)  # so that a pause makes nothing too late
    aws.answers = [None]

    with pytest.raises(Unavailable) as unavailable:
        read(WEATHER_KEY="ssm:a")

    assert str(unavailable.value) == (
        f"{PREFIX}WEATHER_KEY: ssm:a cannot be read: Parameter Store did not answer in time"
    )
    assert waits == [references.SECONDS - references.BUFFER_SECONDS / 2]
