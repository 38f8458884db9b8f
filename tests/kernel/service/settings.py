"""The settings of the tiny service."""

from infrastructure.kernel import settings


class Settings(settings.Settings):
    service = "tiny-service"


PREFIX = Settings.variable("")
SOURCE = Settings.service
