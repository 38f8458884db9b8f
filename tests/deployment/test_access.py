"""Nobody gets in without a token that the issuer signed for this service, in time, with the scope of the endpoint."""

import time

import pytest

from infrastructure.kernel.api.problems import MEDIA_TYPE
from tests.deployment.api import GUARDED
from tests.deployment.api import named
from tests.kernel.issuer import Issuer

HOUR = 3600


@pytest.mark.parametrize("path", ["/health/live", "/health/ready"])
def test_health_needs_no_token(api, path):
    assert api.call("GET", path).status_code == 200


@pytest.mark.parametrize("endpoint", GUARDED, ids=named)
def test_without_a_token_nobody_gets_in(api, endpoint):
    assert api.try_out(endpoint).status_code == 401


@pytest.mark.parametrize("endpoint", GUARDED, ids=named)
def test_a_token_without_the_scope_is_forbidden(api, cloud, endpoint):
    assert api.try_out(endpoint, cloud.issuer.token("another:scope")).status_code == 403


@pytest.mark.parametrize("endpoint", GUARDED, ids=named)
def test_a_token_with_the_scope_reaches_the_function_and_the_table(api, cloud, endpoint):
    answer = api.try_out(endpoint, cloud.issuer.token(endpoint.scope))

    is_of_the_function = answer.is_success or answer.headers["content-type"] == MEDIA_TYPE
    assert is_of_the_function, answer.text
    assert answer.status_code < 500, answer.text
    assert answer.status_code not in (401, 405), answer.text
    assert "www-authenticate" not in answer.headers


def test_a_path_that_has_no_route_is_not_found(api, everything):
    assert api.call("GET", "/no/such/path", everything).status_code == 404


@pytest.mark.parametrize("endpoint", GUARDED[:1], ids=named)
@pytest.mark.parametrize(
    "wrong",
    ["garbage", "of a stranger", "expired", "for another audience", "of another issuer"],
)
def test_a_token_that_is_not_valid_is_rejected(api, cloud, endpoint, wrong):
    with Issuer(audience=cloud.issuer.audience) as stranger:
        tokens = {
            "garbage": "a.b.c",
            "of a stranger": stranger.token(endpoint.scope, iss=cloud.issuer.url),
            "expired": cloud.issuer.token(endpoint.scope, exp=int(time.time()) - HOUR),
            "for another audience": cloud.issuer.token(endpoint.scope, aud="another"),
            "of another issuer": stranger.token(endpoint.scope),
        }

        assert api.try_out(endpoint, tokens[wrong]).status_code == 401
