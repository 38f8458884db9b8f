"""An issuer of access tokens on loopback, as OpenID Connect has it: for tests, and to try a service out.

    with Issuer() as issuer:
        token = issuer.token("crates:read", "crates:write")

Its keys are made when it starts, and lost when it stops. As a command it prints a token, and runs until Ctrl-C:

    python -m tests.kernel.issuer PORT AUDIENCE SCOPE...
"""

import json
import signal
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from http.server import ThreadingHTTPServer
from threading import Event
from threading import Thread
from types import TracebackType
from typing import Any
from typing import Self

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

AUDIENCE = "under-test"
LIFETIME_SECONDS = 3600
DISCOVERY = "/.well-known/openid-configuration"
"""Where a service finds the address of the keys: https://openid.net/specs/openid-connect-discovery-1_0.html"""
KEYS = "/keys"


class Issuer:
    """Publishes its public keys over HTTP, and signs tokens.

    `answers` is what it serves, by path; a test may replace an answer, or remove it. `asked` is what it was asked for.
    `moved` sends everyone to another address. While `answering` is not set, whoever asks waits. `agents` is who asked, as
    they call themselves.
    """

    def __init__(self, audience: str = AUDIENCE, *, port: int = 0) -> None:
        self.audience = audience
        self.asked: list[str] = []
        self.agents: list[str] = []
        self.answering = Event()
        self.answering.set()
        self.answers: dict[str, bytes] = {}
        self.moved: str | None = None
        self._server = _Server(self, port)
        self._serving = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._generation = 0
        self.rotate()

    @property
    def url(self) -> str:
        """What stands in the claim `iss` of its tokens."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def public_key(self) -> Mapping[str, Any]:
        """The key that its tokens are verified with, as a JSON Web Key."""
        return {**RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True), "kid": self.key_id, "alg": "RS256"}

    @property
    def key_id(self) -> str:
        """The name of the key that signs."""
        return f"key-{self._generation}"

    def rotate(self) -> None:
        """Signs with a new key from now on, and no longer publishes the old one."""
        self._generation += 1
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.answers[DISCOVERY] = _json({"issuer": self.url, "jwks_uri": f"{self.url}{KEYS}"})
        self.answers[KEYS] = _json({"keys": [self.public_key]})

    def token(self, *scopes: str, **claims: Any) -> str:
        """A token with these scopes, valid for an hour. A claim replaces the issuer's own; None leaves it out."""
        now = int(time.time())
        told = {
            "iss": self.url,
            "aud": self.audience,
            "sub": "somebody",
            "iat": now,
            "exp": now + LIFETIME_SECONDS,
            "scope": " ".join(scopes),
            **claims,
        }
        given = {name: value for name, value in told.items() if value is not None}
        return jwt.encode(given, self.key, algorithm="RS256", headers={"kid": self.key_id})

    def authorized(self, headers: Mapping[str, str]) -> dict[str, str] | None:
        """What a JWT authorizer of API Gateway makes of a request: the claims as texts, or None if it says 401."""
        scheme, _, token = headers.get("authorization", "").partition(" ")
        try:
            claims = jwt.decode(
                token, self.key.public_key(), algorithms=["RS256"], audience=self.audience, issuer=self.url
            )
        except jwt.PyJWTError:
            return None
        if scheme.lower() != "bearer":
            return None
        return {
            name: f"[{' '.join(value)}]" if isinstance(value, list) else str(value) for name, value in claims.items()
        }

    def close(self) -> None:
        """Stops answering."""
        self.answering.set()
        if self._serving.is_alive():
            self._server.shutdown()
            self._serving.join()
        self._server.server_close()

    def __enter__(self) -> Self:
        self._serving.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, issuer: Issuer, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.issuer = issuer

    def handle_error(self, *_: Any) -> None:
        """Says nothing: a client may leave before it is answered."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        issuer = self.server.issuer
        issuer.asked.append(self.path)
        issuer.agents.append(self.headers["User-Agent"])
        issuer.answering.wait()
        if issuer.moved is not None:
            self.send_response(302)
            self.send_header("Location", f"{issuer.moved}{self.path}")
            self.end_headers()
            return
        answer = issuer.answers.get(self.path)
        self.send_response(404 if answer is None else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer or b"")))
        self.end_headers()
        self.wfile.write(answer or b"")

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


def _json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value).encode()


def main(port: str, audience: str, *scopes: str) -> None:
    """Prints a token with these scopes, and publishes its key until Ctrl-C."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell has its background jobs ignore it
    with Issuer(audience, port=int(port)) as issuer, suppress(KeyboardInterrupt):
        sys.stdout.write(f"{issuer.token(*scopes)}\n")
        sys.stdout.flush()
        Event().wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
