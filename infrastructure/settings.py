"""The settings of this service: those of the kernel, and your own."""

from infrastructure.kernel import settings


class Settings(settings.Settings):
    """Set by environment variables that begin with `TEAM_SERVICE_`. A field that you add here is one more of them."""

    service = "team-service"
