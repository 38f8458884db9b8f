"""What is wrong with a request before any use case sees it, or with the service."""

from collections.abc import Iterable
from collections.abc import Mapping
from typing import Any

from domain.kernel.errors import ServiceError


class MalformedBody(ServiceError):
    """The body is not JSON."""


class Unauthenticated(ServiceError):
    """The request has no valid access token.

    Attributes:
        challenge: the value of `WWW-Authenticate` (RFC 6750): it names an error only if there was a token.
    """

    def __init__(self, detail: str, *, challenge: str = 'Bearer error="invalid_token"') -> None:
        self.challenge = challenge
        super().__init__(detail)


class Forbidden(ServiceError):
    """The access token lacks the scope that this endpoint requires."""

    def __init__(self, scope: str) -> None:
        self.scope = scope
        self.challenge = f'Bearer error="insufficient_scope", scope="{scope}"'
        super().__init__(f"the access token lacks the scope {scope}")

    @property
    def data(self) -> Mapping[str, Any]:
        return {"scope": self.scope}


class RouteNotFound(ServiceError):
    """Nothing is served at that path."""


class MethodNotAllowed(ServiceError):
    """The path does not take that method."""

    def __init__(self, detail: str, *, allowed: Iterable[str] = ()) -> None:
        self.allowed = tuple(allowed)
        super().__init__(detail)


class PreconditionFailed(ServiceError):
    """If-Match names no version of what is to be changed."""


class BodyTooLarge(ServiceError):
    """The body is larger than the service takes."""


class UnsupportedMediaType(ServiceError):
    """The body is not declared to be JSON."""


class InternalError(ServiceError):
    """Something is broken here; the log of the service says what."""
