"""What an endpoint creates can be read, and its event arrives on the bus, by way of the stream and the relay."""

from collections.abc import Callable
from collections.abc import Iterator

import pytest

from tests.deployment.api import CREATING
from tests.deployment.api import eventually
from tests.deployment.api import named
from tests.deployment.fixtures import arriving

NAME = "everything"


@pytest.fixture(scope="module")
def arrived(cloud, stack) -> Iterator[Callable[[], str]]:
    """All that has arrived on the bus so far."""
    with arriving(cloud, stack, NAME) as arrived:
        yield arrived


@pytest.mark.parametrize("endpoint", CREATING, ids=named)
def test_what_is_created_can_be_read_where_the_answer_says(api, everything, endpoint):
    created = api.try_out(endpoint, everything)

    read = api.call("GET", created.headers["location"], everything)

    assert (created.status_code, read.status_code) == (endpoint.status, 200)
    assert read.json() == created.json()
    assert read.headers["etag"] == created.headers["etag"]


@pytest.mark.parametrize("endpoint", CREATING, ids=named)
def test_the_event_of_what_is_created_arrives_on_the_bus(api, everything, arrived, endpoint):
    created = api.create(endpoint, everything)

    eventually(arrived, lambda bodies: created["id"] in bodies)
