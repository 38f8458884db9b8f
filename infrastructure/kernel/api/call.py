"""A request of the API and the answer to it, whoever received it."""

from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field

from infrastructure.kernel.api.errors import Unauthenticated
from usecases.kernel.caller import Caller

Authentication = Callable[[], Caller | None]
"""Finds out who sent a request, when it is called; None where `AUTH=none` says that nobody is asked.

Raises:
    Unauthenticated: the request has no valid access token.
    Unavailable: the keys of the issuer cannot be had, so there is no telling.
"""


REQUEST_ID = "x-request-id"
"""The header that names a request: taken from the client, if it is valid, and sent back in every answer."""
TRACEPARENT = "traceparent"
"""The header in which a client says which trace its request belongs to: https://www.w3.org/TR/trace-context/."""


def _without_token() -> Caller:
    raise Unauthenticated("the request has no access token", challenge="Bearer")


@dataclass(frozen=True)
class Call:
    """A request as it arrived: names of headers in lower case, path and query percent-decoded."""

    path: Mapping[str, str] = field(default_factory=dict)
    query: Sequence[tuple[str, str]] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    authentication: Authentication = _without_token


@dataclass(frozen=True)
class Answer:
    """What goes back."""

    status: int
    headers: Mapping[str, str]
    body: bytes = b""
