"""Credentials without botocore: those of the environment, and of the container endpoint, which are renewed in time.

The container endpoint is that of ECS, of EKS, and of Lambda functions with SnapStart:
https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
"""

import json
import re
from abc import ABC
from abc import abstractmethod
from collections.abc import Callable
from collections.abc import Mapping
from datetime import UTC
from datetime import datetime
from datetime import timedelta
from threading import Lock
from typing import NamedTuple

from domain.kernel.errors import Misconfigured
from domain.kernel.errors import Unavailable

RENEWED = timedelta(minutes=15)
"""How long before their end credentials are renewed. If that fails, they are used on until their end."""
TRIED_AGAIN = timedelta(minutes=1)
"""How long after that fails it is tried again."""
_OF_ECS = "http://169.254.170.2"
_LOCAL = re.compile(
    r"https://.+|http://(169\.254\.170\.(2|23)|\[fd00:ec2::23\]|localhost|127\.[0-9.]+|\[::1\])([:/].*)?"
)
"""Where a container endpoint may be: the link-local addresses of ECS and EKS, this machine, or anywhere by TLS."""


class Keys(NamedTuple):
    """A pair of keys, and the token that comes with temporary ones."""

    id: str
    secret: str
    token: str | None


class Credentials(ABC):
    """Where keys come from."""

    @abstractmethod
    def keys(self) -> Keys:
        """The keys to sign with now.

        Raises:
            Misconfigured: what gives them says that there are none.
            Unavailable: what gives them does not answer.
        """

    @abstractmethod
    def forget(self) -> None:
        """Has keys that end fetched again. Those that never end are kept."""


class FixedCredentials(Credentials):
    """Keys that stay."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    def keys(self) -> Keys:
        return self._keys

    def forget(self) -> None:
        pass


class ContainerCredentials(Credentials):
    """Keys from the container endpoint, which end after some hours.

    Args:
        fetch: what the endpoint answers to a GET with these headers. Raises OSError if it does not answer with 200.
    """

    def __init__(self, environment: Mapping[str, str], fetch: Callable[[str, Mapping[str, str]], bytes]) -> None:
        """
        Raises:
            Misconfigured: the endpoint is one that nobody should tell secrets to.
        """
        relative = environment.get("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")
        self._url = f"{_OF_ECS}{relative}" if relative else environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"]
        if not _LOCAL.fullmatch(self._url):
            raise Misconfigured("AWS_CONTAINER_CREDENTIALS_FULL_URI must be by https, or on this machine")
        self._environment = environment
        self._fetch = fetch
        self._lock = Lock()
        self._keys: Keys | None = None
        self._end = self._due = datetime.min.replace(tzinfo=UTC)

    def keys(self) -> Keys:
        now, keys = datetime.now(UTC), self._keys
        if keys is not None and now < self._due:
            return keys
        has_to_wait = keys is None or now >= self._end
        if not self._lock.acquire(blocking=has_to_wait) and keys is not None:
            return keys  # another thread renews them
        try:
            if self._keys is None or now >= self._due:
                self._keys = self._renewed(now)
            return self._keys
        finally:
            self._lock.release()

    def forget(self) -> None:
        with self._lock:
            self._keys = None

    def _renewed(self, now: datetime) -> Keys:
        """Those that the endpoint gives; those from before, if it gives none and they can be used on."""
        try:
            told = json.loads(self._fetch(self._url, self._headers()))
            keys = Keys(told["AccessKeyId"], told["SecretAccessKey"], told.get("Token"))
            self._end = datetime.fromisoformat(told["Expiration"])
            self._due = self._end - RENEWED
        except (OSError, LookupError, TypeError, ValueError) as exc:
            if self._keys is None or now >= self._end:
                error = Unavailable if isinstance(exc, OSError) else Misconfigured
                raise error("the container endpoint gives no credentials") from exc
            self._due = now + TRIED_AGAIN
            return self._keys
        return keys

    def _headers(self) -> dict[str, str]:
        """The token may be in a file, which changes."""
        file = self._environment.get("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")
        token = self._environment.get("AWS_CONTAINER_AUTHORIZATION_TOKEN")
        if file:
            with open(file, encoding="utf-8") as opened:
                token = opened.read().strip()
        return {"Authorization": token} if token else {}
