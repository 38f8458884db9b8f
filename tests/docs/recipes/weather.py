"""A service that has a secret."""

from pydantic import Field
from pydantic import SecretStr

from infrastructure.kernel import settings


class Settings(settings.Settings):
    """Set by environment variables that begin with `CLUB_SERVICE_`."""

    service = "club-service"

    weather_key: SecretStr = Field(default=SecretStr(""), description="The API key of the weather service.")


class WeatherService:
    """Asks a weather service, which wants an API key."""

    def __init__(self, settings: Settings) -> None:
        self._headers = {"authorization": f"Bearer {settings.weather_key.get_secret_value()}"}

    def sent(self) -> dict[str, str]:
        """The headers of every request."""
        return self._headers
