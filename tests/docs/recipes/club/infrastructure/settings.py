"""The settings of the club."""

from typing import Literal

from pydantic import Field
from pydantic import SecretStr

from infrastructure.kernel import settings


class Settings(settings.Settings):
    """Set by environment variables that begin with `CLUB_SERVICE_`."""

    service = "club-service"

    persistence: Literal["memory", "dynamodb", "sqlite"] = Field(  # type: ignore[assignment]  # the kernel knows two
        default="memory", description="Where entities are kept."
    )
    sqlite_file: str = Field(default="club.sqlite", description="The file that SQLite keeps them in.")

    payments: str = Field(
        default="fake",
        pattern=r"^(fake|https?://.+)$",
        description="Who takes payments: `fake`, or the address of the gateway.",
    )
    payments_key: SecretStr = Field(default=SecretStr(""), description="The API key of the gateway.")
