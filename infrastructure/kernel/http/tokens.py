"""Access tokens that callers send over HTTP: JSON Web Tokens, signed by the issuer."""

import re
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any

import jwt

from infrastructure.kernel.api.errors import Unauthenticated
from infrastructure.kernel.http.signing_keys import SigningKeys
from usecases.kernel.caller import Caller

MAX_TOKEN = 10_240
"""How many bytes the header may have: what API Gateway takes of request line and headers together.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
"""
LEEWAY_SECONDS = 10
"""How far the clocks of issuer and service may be apart."""

_BEARER = re.compile(r"bearer +([A-Za-z0-9._~+/-]+=*)", re.IGNORECASE)
"""https://www.rfc-editor.org/rfc/rfc6750#section-2.1"""

_SAID_OF: Mapping[type[jwt.PyJWTError], str] = {
    jwt.ExpiredSignatureError: "has expired",
    jwt.ImmatureSignatureError: "is not valid yet",
    jwt.InvalidAudienceError: "is for another audience",
    jwt.InvalidIssuerError: "is of another issuer",
    jwt.InvalidSignatureError: "is not signed by the issuer",
    jwt.InvalidAlgorithmError: "is not signed with the algorithm of its key",
}


class AccessTokens:
    """Verifies the access token of each request: signature, issuer, audience and time.

    The rules are those of API Gateway's JWT authorizer, so that a service behaves alike behind both. Like it, this does
    not tell access tokens from ID tokens, for which there is no standard mark: those have no scopes.
    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
    """

    def __init__(self, issuer: str, audiences: Sequence[str]) -> None:
        self._issuer = issuer
        self._audiences = audiences
        self._keys = SigningKeys(issuer)

    def __call__(self, headers: Mapping[str, str]) -> Caller:
        """Who sent a request with these headers, names in lower case.

        Raises:
            Unauthenticated: it has no token, or one that is not valid here; says why.
            Unavailable: the keys of the issuer cannot be had.
            Misconfigured: the issuer does not publish keys as OpenID Connect has it.
        """
        claims = self._verified(_token(headers))
        caller = Caller.of(claims)
        if caller is None:
            raise Unauthenticated("the access token names nobody: it has neither sub nor client_id")
        return caller

    def _verified(self, token: str) -> Mapping[str, Any]:
        key = self._keys.find(_key_id(token))
        if key is None:
            raise Unauthenticated("the access token is signed with a key that the issuer does not publish")
        try:
            claims: Mapping[str, Any] = jwt.decode(
                token,
                key,
                algorithms=[key.algorithm_name],
                issuer=self._issuer,
                leeway=LEEWAY_SECONDS,
                options={"require": ["exp"], "verify_aud": False, "enforce_minimum_key_length": True},
            )
        except jwt.MissingRequiredClaimError as exc:
            raise Unauthenticated(f"the access token has no {exc.claim}") from exc
        except jwt.PyJWTError as exc:
            said = next((said for kind, said in _SAID_OF.items() if isinstance(exc, kind)), "cannot be verified")
            raise Unauthenticated(f"the access token {said}") from exc
        named = claims.get("aud", claims.get("client_id"))
        if not any(audience in self._audiences for audience in (named if isinstance(named, list) else [named])):
            raise Unauthenticated("the access token is for another audience")
        return claims


def _token(headers: Mapping[str, str]) -> str:
    given = headers.get("authorization")
    if given is None:
        raise Unauthenticated("the request has no access token", challenge="Bearer")
    if len(given) > MAX_TOKEN:
        raise Unauthenticated(f"the header Authorization must have at most {MAX_TOKEN} bytes")
    found = _BEARER.fullmatch(given)
    if found is None:
        raise Unauthenticated("the header Authorization must be given once, as: Bearer <access token>")
    return found[1]


def _key_id(token: str) -> str:
    """The key that signed, as the token says, which nobody has verified yet."""
    try:
        key_id = jwt.get_unverified_header(token).get("kid")
    except jwt.PyJWTError as exc:
        raise Unauthenticated("the access token is no JSON Web Token") from exc
    if not isinstance(key_id, str):
        raise Unauthenticated("the access token does not name its key: its header has no kid")
    return key_id
