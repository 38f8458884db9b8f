"""What can be set from outside, all of it by environment variables."""

from collections.abc import Mapping
from typing import Literal
from typing import Self

from pydantic import BaseModel
from pydantic import ConfigDict
from pydantic import Field
from pydantic import ValidationError

from domain.errors import Misconfigured

PREFIX = "TEAM_SERVICE_"


class Settings(BaseModel):
    """Each field is set by the environment variable of its name in capitals, after `TEAM_SERVICE_`.

    Read here and not by pydantic-settings: where that is installed, dependency-injector imports it at every start,
    which the cold start of a Lambda function would pay for.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    persistence: Literal["memory"] = Field(default="memory", description="Where entities are kept.")
    event_bus: Literal["log", "memory"] = Field(default="log", description="Where committed events go.")
    host: str = Field(default="127.0.0.1", description="The address that `serve` listens on.")
    port: int = Field(default=8080, ge=0, le=65535, description="The port that `serve` listens on; 0 picks a free one.")
    shutdown_seconds: int = Field(default=30, ge=0, description="How long a stopping server waits for its requests.")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(default="INFO", description="What is logged.")

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """The settings in `environment`; what is not set has its default.

        Raises:
            Misconfigured: names every variable that is wrong or unknown, and why.
        """
        given = {name: value for name, value in environment.items() if name.startswith(PREFIX)}
        try:
            return cls.model_validate({name.removeprefix(PREFIX).lower(): value for name, value in given.items()})
        except ValidationError as exc:
            wrong = (f"{PREFIX}{str(found['loc'][0]).upper()}: {found['msg']}" for found in exc.errors())
            raise Misconfigured("; ".join(wrong)) from exc
