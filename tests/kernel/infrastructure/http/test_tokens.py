"""Access tokens that do not let anybody in, and why."""

import base64
import json
import time
from collections.abc import Callable
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import ECAlgorithm
from jwt.algorithms import OKPAlgorithm

from infrastructure.kernel.http.tokens import MAX_TOKEN
from tests.kernel.infrastructure.http.answers import problem
from tests.kernel.infrastructure.http.clients import ask_for_tokens
from tests.kernel.infrastructure.http.clients import over_http
from tests.kernel.infrastructure.http.serving import DEADLINE_SECONDS
from tests.kernel.infrastructure.http.serving import serving
from tests.kernel.issuer import KEYS
from tests.kernel.issuer import Issuer
from tests.kernel.service.endpoints import ENDPOINTS
from tests.kernel.service.endpoints import READ

NOW = int(time.time())
DAY = 86_400


@pytest.fixture
def issuer():
    """One for each test, for some change it."""
    with Issuer() as issuer:
        yield issuer


@pytest.fixture
def api(container, portal, issuer) -> httpx.Client:
    """The API over HTTP, which asks for tokens."""
    return over_http(container, ENDPOINTS, portal, issuer)


def asked(api: httpx.Client, token: str) -> httpx.Response:
    return api.get("/crates", headers={"authorization": f"Bearer {token}"})


def claims_of(issuer: Issuer) -> dict[str, object]:
    return {"iss": issuer.url, "aud": issuer.audience, "sub": "ann", "exp": NOW + DAY, "scope": READ}


def unsigned(issuer: Issuer) -> str:
    return jwt.encode(claims_of(issuer), "", algorithm="none", headers={"kid": issuer.key_id})


def signed_with_the_public_key(issuer: Issuer) -> str:
    """HS256, with the public key for a secret: what a verifier takes that believes the token's own header."""
    public = issuer.key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    header = {"alg": "HS256", "typ": "JWT", "kid": issuer.key_id}
    head, body = (_encoded(json.dumps(part).encode()) for part in (header, claims_of(issuer)))
    signature = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256).sign(
        f"{head}.{body}".encode(), public
    )
    return f"{head}.{body}.{_encoded(signature)}"


def signed_by_another(issuer: Issuer) -> str:
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return jwt.encode(claims_of(issuer), other, algorithm="RS256", headers={"kid": issuer.key_id})


def of_an_unknown_key(issuer: Issuer) -> str:
    return jwt.encode(claims_of(issuer), issuer.key, algorithm="RS256", headers={"kid": "unheard-of"})


def without_a_key(issuer: Issuer) -> str:
    return jwt.encode(claims_of(issuer), issuer.key, algorithm="RS256")


def with_another_algorithm(issuer: Issuer) -> str:
    return jwt.encode(claims_of(issuer), issuer.key, algorithm="RS512", headers={"kid": issuer.key_id})


def changed_afterwards(issuer: Issuer) -> str:
    head, _, signature = issuer.token("nothing").split(".")
    return f"{head}.{_encoded(json.dumps(claims_of(issuer)).encode())}.{signature}"


def with_a_deep_header(_: Issuer) -> str:
    return f"{_encoded(b'[' * 5000)}.e30.e30"


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


TOKENS: dict[str, tuple[Callable[[Issuer], str], str]] = {
    "garbage": (lambda _: "garbage", "is no JSON Web Token"),
    "garbage in three parts": (lambda _: "a.b.c", "is no JSON Web Token"),
    "a header that is deep": (with_a_deep_header, "is no JSON Web Token"),
    "expired": (lambda issuer: issuer.token(READ, exp=NOW - DAY), "has expired"),
    "without an end": (lambda issuer: issuer.token(READ, exp=None), "has no exp"),
    "not yet valid": (lambda issuer: issuer.token(READ, nbf=NOW + DAY), "is not valid yet"),
    "issued in the future": (lambda issuer: issuer.token(READ, iat=NOW + DAY), "is not valid yet"),
    "for another audience": (lambda issuer: issuer.token(READ, aud="another"), "is for another audience"),
    "for other audiences": (lambda issuer: issuer.token(READ, aud=["a", {}, 7]), "is for another audience"),
    "for no audience": (lambda issuer: issuer.token(READ, aud=None), "is for another audience"),
    "for nobody, of a client": (lambda issuer: issuer.token(READ, aud=[], client_id="under-test"), "another audience"),
    "of another client": (lambda issuer: issuer.token(READ, aud=None, client_id="x"), "is for another audience"),
    "of another issuer": (lambda issuer: issuer.token(READ, iss="https://example.com"), "is of another issuer"),
    "of no issuer": (lambda issuer: issuer.token(READ, iss=None), "has no iss"),
    "of nobody": (lambda issuer: issuer.token(READ, sub=None), "names nobody"),
    "unsigned": (unsigned, "is not signed with the algorithm of its key"),
    "signed with the public key": (signed_with_the_public_key, "is not signed with the algorithm of its key"),
    "signed by another": (signed_by_another, "is not signed by the issuer"),
    "of an unknown key": (of_an_unknown_key, "a key that the issuer does not publish"),
    "without a key": (without_a_key, "does not name its key"),
    "with another algorithm": (with_another_algorithm, "is not signed with the algorithm of its key"),
    "changed afterwards": (changed_afterwards, "is not signed by the issuer"),
}


@pytest.mark.parametrize(("make", "reason"), TOKENS.values(), ids=TOKENS)
def test_a_token_is_refused_and_the_answer_says_why(api, issuer, make, reason):
    answer = asked(api, make(issuer))

    assert problem(answer) == (401, "unauthenticated")
    assert reason in answer.json()["detail"]
    assert answer.headers["www-authenticate"] == 'Bearer error="invalid_token"'


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Basic YTpi",
        "Bearer a b",
        "Bearer a, Bearer b",
        "a.b.c",
        "Bearer ü".encode().decode("latin-1"),
    ],
    ids=ascii,
)
def test_a_header_that_is_no_bearer_token_is_refused(api, header):
    answer = api.get("/crates", headers={"authorization": header.encode("latin-1")})

    assert problem(answer) == (401, "unauthenticated")
    assert "must be given once, as: Bearer <access token>" in answer.json()["detail"]


def test_two_headers_are_refused_though_both_are_valid(api, issuer):
    token = f"Bearer {issuer.token(READ)}"

    answer = api.get("/crates", headers=[("authorization", token), ("authorization", token)])

    assert problem(answer) == (401, "unauthenticated")


def test_a_request_without_a_token_is_told_of_no_error_in_it(api):
    answer = api.get("/crates")

    assert problem(answer) == (401, "unauthenticated")
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("size", [MAX_TOKEN, 100_000])
def test_a_token_that_is_too_long_is_refused_before_anything_is_done_with_it(api, issuer, size):
    answer = asked(api, "a" * size)

    assert problem(answer) == (401, "unauthenticated")
    assert f"at most {MAX_TOKEN} bytes" in answer.json()["detail"]
    assert issuer.asked == []


def test_a_header_may_be_as_long_as_the_limit(api):
    answer = api.get("/crates", headers={"authorization": "Bearer ".ljust(MAX_TOKEN, "a")})

    assert "is no JSON Web Token" in answer.json()["detail"]


def test_an_id_token_lets_nobody_do_anything(api, issuer):
    token = issuer.token(scope=None, token_use="id", nonce="n")

    assert problem(asked(api, token)) == (403, "forbidden")


def test_a_token_of_100_kb_is_answered_over_the_wire_and_the_server_goes_on(container, issuer):
    ask_for_tokens(container, issuer)
    with serving(container) as served, httpx.Client(base_url=served.url, timeout=DEADLINE_SECONDS) as client:
        refused = client.get("/crates", headers={"authorization": f"Bearer {'a' * 100_000}"})
        alive = client.get("/health/live")

    assert problem(refused) == (401, "unauthenticated")
    assert alive.status_code == 200


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_a_valid_token_lets_its_caller_in_whatever_case_the_scheme_has(api, issuer, scheme):
    assert api.get("/crates", headers={"authorization": f"{scheme} {issuer.token(READ)}"}).status_code == 200


@pytest.mark.parametrize(
    "claims",
    [{"aud": ["another", "under-test"]}, {"aud": None, "client_id": "under-test"}, {"sub": None, "client_id": "x"}],
    ids=str,
)
def test_an_audience_among_others_or_a_client_is_enough(api, issuer, claims):
    assert asked(api, issuer.token(READ, **claims)).status_code == 200


def test_clocks_may_be_a_few_seconds_apart(api, issuer):
    assert asked(api, issuer.token(READ, nbf=int(time.time()) + 5)).status_code == 200


CURVES: dict[str, tuple[Any, Callable[[], Any]]] = {
    "ES256": (ECAlgorithm, lambda: ec.generate_private_key(ec.SECP256R1())),
    "ES384": (ECAlgorithm, lambda: ec.generate_private_key(ec.SECP384R1())),
    "ES512": (ECAlgorithm, lambda: ec.generate_private_key(ec.SECP521R1())),
    "EdDSA": (OKPAlgorithm, ed25519.Ed25519PrivateKey.generate),
}


@pytest.mark.parametrize("algorithm", CURVES)
@pytest.mark.parametrize("named", [True, False], ids=["with-alg", "without-alg"])
def test_keys_on_a_curve_are_taken_too(api, issuer, algorithm, named):
    kind, make = CURVES[algorithm]
    key = make()
    published = {**kind.to_jwk(key.public_key(), as_dict=True), "kid": "curve"} | ({"alg": algorithm} if named else {})
    issuer.answers[KEYS] = json.dumps({"keys": [published]}).encode()
    token = jwt.encode(claims_of(issuer), key, algorithm=algorithm, headers={"kid": "curve"})

    assert asked(api, token).status_code == 200


def test_a_key_that_is_too_short_lets_nobody_in(api, issuer):
    key = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    published = {**jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True), "kid": "short"}
    issuer.answers[KEYS] = json.dumps({"keys": [published]}).encode()
    head, body = (_encoded(json.dumps(part).encode()) for part in ({"alg": "RS256", "kid": "short"}, claims_of(issuer)))
    signature = jwt.algorithms.RSAAlgorithm(jwt.algorithms.RSAAlgorithm.SHA256).sign(f"{head}.{body}".encode(), key)

    assert problem(asked(api, f"{head}.{body}.{_encoded(signature)}")) == (401, "unauthenticated")
