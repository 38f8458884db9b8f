"""docs/recipes/secrets.md does what it says."""

import re
from pathlib import Path

import boto3
import pytest

from tests.docs.recipes.weather import Settings
from tests.docs.recipes.weather import WeatherService
from tests.kernel.moto import moto

PAGE = Path(__file__).parents[3] / "docs" / "recipes" / "secrets.md"
WAYS = re.findall(r"^(CLUB_SERVICE_WEATHER_KEY)=(\S+)", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
REGION = "eu-west-1"


@pytest.fixture(autouse=True)
def stored():
    with moto():
        boto3.client("secretsmanager", REGION).create_secret(Name="club/weather", SecretString='{"key": "k-123"}')
        boto3.client("ssm", REGION).put_parameter(Name="/club/weather-key", Value="k-123", Type="SecureString")
        yield


@pytest.mark.parametrize(("variable", "value"), [*WAYS, ("CLUB_SERVICE_WEATHER_KEY", "k-123")])
def test_the_key_is_read_and_shown_to_nobody(variable, value):
    settings = Settings.from_environment({variable: value, "CLUB_SERVICE_AWS_REGION": REGION})

    assert len(WAYS) == 2
    assert WeatherService(settings).sent() == {"authorization": "Bearer k-123"}
    assert "k-123" not in f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()}"
