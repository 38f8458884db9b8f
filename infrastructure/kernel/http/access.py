"""Who may call the HTTP server. On Lambda, an authorizer of API Gateway asks first."""

import logging
from collections.abc import Callable
from collections.abc import Mapping
from ipaddress import ip_address

from domain.kernel.errors import Misconfigured
from infrastructure.kernel.settings import Settings
from infrastructure.kernel.wiring import lazily
from usecases.kernel.caller import Caller

logger = logging.getLogger(__name__)

Authenticator = Callable[[Mapping[str, str]], Caller | None]
"""Finds out who sent a request with these headers, names in lower case; None if nobody is asked. It raises as
`Authentication` does."""


def create_authenticator(settings: Settings, host: str) -> Authenticator:
    """What the settings choose for a server that listens on `host`.

    Raises:
        Misconfigured: the address is not of loopback, and the settings say neither who issues tokens nor `AUTH=none`.
    """
    if settings.jwt_issuer is not None:
        authenticator: Authenticator = lazily("infrastructure.kernel.http.tokens:AccessTokens")(
            settings.jwt_issuer, settings.audiences
        )
        return authenticator
    if settings.auth != "none" and not is_loopback(host):
        raise Misconfigured(
            f"{settings.variable('jwt_issuer')}: must be set to listen on {host}, or anyone could call the service; "
            f"if that is what you want, set {settings.variable('auth')}=none"
        )
    if not is_loopback(host):
        logger.warning("everyone who reaches %s may call everything: %s=none", host, settings.variable("auth"))
    return _nobody_is_asked


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a server that listens on `host`."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _nobody_is_asked(_: Mapping[str, str]) -> None:
    return None
