"""Who may call which endpoint, over HTTP and on Lambda."""

import pytest

from infrastructure.api.routes import ROUTES
from tests.kernel.infrastructure.http.answers import problem

PROTECTED = [endpoint for endpoint in ROUTES if endpoint.scope is not None]


def named(endpoint):
    return f"{endpoint.method} {endpoint.path}"


@pytest.mark.parametrize("endpoint", PROTECTED, ids=named)
def test_an_endpoint_is_served_to_nobody_without_a_token(api, endpoint):
    del api.headers["authorization"]

    assert api.request(endpoint.method, endpoint.path).status_code == 401


@pytest.mark.parametrize("endpoint", PROTECTED, ids=named)
def test_an_endpoint_is_served_to_nobody_without_its_scope(api, issuer, endpoint):
    others = {each.scope for each in PROTECTED} - {endpoint.scope}

    answer = api.request(endpoint.method, endpoint.path, headers={"authorization": f"Bearer {issuer.token(*others)}"})

    assert problem(answer) == (403, "forbidden")
    assert answer.json()["scope"] == endpoint.scope
