"""The public keys of an issuer of tokens, as OpenID Connect has it.

https://openid.net/specs/openid-connect-discovery-1_0.html
"""

import json
import logging
from collections.abc import Callable
from collections.abc import Mapping
from contextlib import suppress
from http.client import HTTPException
from threading import Lock
from time import monotonic
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler
from urllib.request import build_opener

import jwt

from domain.kernel.errors import Misconfigured
from domain.kernel.errors import Unavailable
from infrastructure.kernel.http.access import is_loopback
from usecases.kernel.deadline import OutOfTime
from usecases.kernel.deadline import bounded
from usecases.kernel.deadline import deadline
from usecases.kernel.deadline import within

logger = logging.getLogger(__name__)

DISCOVERY = "/.well-known/openid-configuration"
FRESH_SECONDS = 600
"""How long keys are used before they are fetched again."""
USABLE_SECONDS = 7200
"""How long keys are used while the issuer cannot be reached: as long as API Gateway caches them.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
"""
PAUSE_SECONDS = 10
"""How long nothing is fetched after an attempt, so that tokens with made-up keys cause no traffic."""
TIMEOUT_SECONDS = 3
FETCH_SECONDS = 2 * TIMEOUT_SECONDS
"""How long a fetch may take: two answers."""
MAX_ANSWER = 256 * 1024
"""How many bytes an issuer may answer with. Its keys are a few thousand."""
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Those that verify with a public key. API Gateway takes only those based on RSA."""

Keys = Mapping[str, jwt.PyJWK]


class _NoRedirects(HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        """An issuer that moved is configured anew; nobody is followed to another address."""


_opener = build_opener(_NoRedirects)
_opener.addheaders = [("User-Agent", "signing-keys/1"), ("Accept", "application/json")]
"""Firewalls, such as that of Auth0, refuse the name that urllib has by default."""


class SigningKeys:
    """Fetches the keys when the first is asked for, when they are old, and when a token names one that is unknown.

    One thread fetches at a time. The others go on with the keys that are there, or wait for the first ones. They do not
    wait for a key that is unknown: tokens with made-up keys could keep all threads busy while the issuer is slow.
    """

    def __init__(self, issuer: str, *, clock: Callable[[], float] = monotonic) -> None:
        self._issuer = issuer
        self._clock = clock
        self._keys: Keys = {}
        self._fetched_at = self._tried_at = clock() - USABLE_SECONDS
        self._failure: Misconfigured | Unavailable | None = None
        self._fetching = Lock()

    def find(self, key_id: str) -> jwt.PyJWK | None:
        """The key of that name; None if the issuer does not publish it.

        Raises:
            Unavailable: the issuer cannot be reached, or answers nonsense, and the keys are too old to be used.
            Misconfigured: the issuer calls itself otherwise, or publishes its keys where they are not safe.
        """
        if self._is_due(key_id) and self._fetching.acquire(timeout=0 if self._usable() else _seconds_left()):
            try:
                if self._is_due(key_id):
                    self._fetch()
            finally:
                self._fetching.release()
        is_due = self._is_due(key_id)  # asked first: a fetch that ends now has the key
        key = self._usable().get(key_id)
        if key is None and is_due:
            raise Unavailable("the keys of the issuer are not fetched yet")
        if key is None and self._failure is not None:
            raise type(self._failure)(str(self._failure)) from self._failure
        return key

    def _is_due(self, key_id: str) -> bool:
        now = self._clock()
        is_wanted = key_id not in self._keys or now - self._fetched_at >= FRESH_SECONDS
        return is_wanted and now - self._tried_at >= PAUSE_SECONDS

    def _usable(self) -> Keys:
        return self._keys if self._clock() - self._fetched_at < USABLE_SECONDS else {}

    def _fetch(self) -> None:
        """Does nothing if there is too little time, so that the next request has a try of its own."""
        here = deadline()
        if here is not None and here.is_too_late():
            return
        try:
            with within(_seconds_left(), buffer=0):
                self._keys = bounded(_published, self._issuer)
        except OutOfTime as exc:
            self._fail(Unavailable(f"the keys of the issuer cannot be fetched: {self._issuer} {exc}"))
        except (Misconfigured, Unavailable) as exc:
            self._fail(exc)
        else:
            self._failure = None
            self._fetched_at = self._clock()
        self._tried_at = self._clock()

    def _fail(self, failure: Misconfigured | Unavailable) -> None:
        logger.warning("%s", failure)
        self._failure = failure


def _seconds_left() -> float:
    """How long to wait for the keys: no longer than a request has, and not for an issuer that answers byte by byte."""
    here = deadline()
    return FETCH_SECONDS if here is None else max(0, min(FETCH_SECONDS, here.seconds_left()))


def _published(issuer: str) -> Keys:
    """The keys that the issuer publishes now, those left out that are not for verifying signatures."""
    told = _read(f"{issuer.rstrip('/')}{DISCOVERY}")
    if told.get("issuer") != issuer:
        raise Misconfigured(f"the issuer {issuer} calls itself {told.get('issuer')!r}; use that, letter for letter")
    where = told.get("jwks_uri")
    if not isinstance(where, str) or not _is_safe(where):
        raise Misconfigured(f"the issuer {issuer} publishes its keys at {where!r}, which is no https URL")
    published = _read(where).get("keys")
    found = {}
    for each in published if isinstance(published, list) else ():
        if _is_for_signatures(each):
            with suppress(jwt.PyJWTError):
                found[each["kid"]] = jwt.PyJWK(each)
    if not found:
        raise Unavailable(f"the keys of the issuer cannot be used: {where} has none")
    return found


def _is_for_signatures(published: Any) -> bool:
    match published:
        case {"d": _}:  # a private key, which everyone can sign with now
            return False
        case {"kid": str(), "kty": "RSA" | "EC" | "OKP"}:
            return published.get("alg", "RS256") in ALGORITHMS and published.get("use", "sig") == "sig"
    return False


def _is_safe(url: str) -> bool:
    """Whether it is a URL, and nobody on the way can put other keys in."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))


def _read(url: str) -> Mapping[str, Any]:
    try:
        with _opener.open(url, timeout=TIMEOUT_SECONDS) as answer:
            body = answer.read(MAX_ANSWER + 1)
        if len(body) > MAX_ANSWER:
            raise ValueError(f"the answer has more than {MAX_ANSWER} bytes")
        told = json.loads(body)
    except HTTPError as exc:
        exc.close()
        raise Unavailable(f"the keys of the issuer cannot be fetched: {url} answers with {exc.code}") from exc
    except (OSError, HTTPException, ValueError, RecursionError) as exc:
        raise Unavailable(f"the keys of the issuer cannot be fetched: {url}: {exc}") from exc
    if not isinstance(told, dict):
        raise Unavailable(f"the keys of the issuer cannot be fetched: {url} answers with no JSON object")
    return told
