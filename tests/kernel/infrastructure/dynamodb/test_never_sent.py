"""What fails before a byte is sent was not applied, however odd the reason."""

import pytest

from tests.kernel.infrastructure.dynamodb.test_strangers import a_login_page
from tests.kernel.infrastructure.dynamodb.test_unavailable import WRITES
from tests.kernel.infrastructure.dynamodb.test_unavailable import failure

SETUPS = {
    "https to an http port": ("https", {}),
    "no CA file": ("https", {"AWS_CA_BUNDLE": "/nonexistent/ca.pem"}),
    "a newline in the key": ("http", {"AWS_ACCESS_KEY_ID": "local\nlocal"}),
    "a newline in the token": ("http", {"AWS_SESSION_TOKEN": "local\n"}),
}


@pytest.mark.parametrize(("scheme", "environment"), SETUPS.values(), ids=[name.replace(" ", "-") for name in SETUPS])
def test_what_could_not_be_sent_was_not_applied(connect, waits, monkeypatch, scheme, environment):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    with a_login_page(200) as endpoint:
        elsewhere = connect(dynamodb_endpoint=endpoint.replace("http", scheme))
        failures = {name: failure(call, elsewhere) for name, call in WRITES.items()}

    assert {name for name, error in failures.items() if error.maybe_applied} == set()
