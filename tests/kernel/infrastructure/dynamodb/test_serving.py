"""A service that finds its table, makes it, or has lost it."""

import warnings

import httpx
import pytest
from starlette.exceptions import StarletteDeprecationWarning

from domain.kernel.errors import Misconfigured
from domain.kernel.repository import Everything
from infrastructure.kernel.aws_lambda.api import create_api_handler
from infrastructure.kernel.dynamodb.administration import create
from infrastructure.kernel.dynamodb.administration import delete
from infrastructure.kernel.http.app import create_app
from tests.kernel.builders.crates import a_crate
from tests.kernel.builders.events import an_event
from tests.kernel.infrastructure.aws_lambda.gateway import ApiGateway
from tests.kernel.infrastructure.aws_lambda.gateway import of_somebody
from tests.kernel.service.container import Container
from tests.kernel.service.domain import Crate
from tests.kernel.service.endpoints import ENDPOINTS
from tests.kernel.service.endpoints import READ
from tests.kernel.service.endpoints import WRITE
from tests.kernel.service.settings import Settings

with warnings.catch_warnings():
    warnings.simplefilter("ignore", StarletteDeprecationWarning)  # it would rather have httpx2; httpx serves as well
    from starlette.testclient import TestClient


def test_a_service_can_make_its_table_at_start(fresh, connect):
    settings = {"dynamodb_table": fresh.name, "dynamodb_create_table": True}

    stored = connect(**settings).crates.add(a_crate())

    assert connect(**settings).crates.get(stored.id) == stored


def test_a_restart_finds_the_data(connect):
    first = connect()
    stored = [first.crates.add(a_crate(f"Number {number}")) for number in range(3)]
    cursor = first.crates.page(Everything(), limit=1).next_cursor
    first.close()

    second = connect()

    assert second.crates.get_many(crate.id for crate in stored) == stored
    assert list(second.crates.page(Everything(), limit=5, cursor=cursor).items) == stored[1:]


def test_a_table_deleted_while_serving_is_a_wrong_setup_and_nothing_else(fresh, connect):
    persistence = connect(dynamodb_table=fresh.name, dynamodb_create_table=True)
    stored = persistence.crates.add(a_crate())
    delete(fresh)

    def commit():
        work = persistence.unit_of_work()
        work.of(Crate).save(stored)
        work.commit()

    for call in (
        lambda: persistence.crates.add(a_crate()),
        lambda: persistence.crates.get(stored.id),
        lambda: persistence.crates.get_many([stored.id]),
        lambda: persistence.crates.save(stored),
        lambda: persistence.crates.remove(stored),
        lambda: persistence.crates.remove(stored, an_event(stored)),
        lambda: persistence.crates.page(Everything(), limit=10),
        lambda: persistence.crates.put_many([stored]),
        lambda: persistence.crates.remove_many([stored.id]),
        lambda: persistence.unit_of_work().of(Crate).get(stored.id),
        commit,
        persistence.check,
    ):
        with pytest.raises(Misconfigured) as wrong:
            call()
        assert fresh.name in str(wrong.value)


@pytest.fixture(params=["http", "lambda"])
def hurried(request, container):
    """The API, with too little time for anything, once per way of serving it."""
    no_time = {"deadline_buffer_seconds": 50, "request_seconds": 50.000001}
    hurried = Container()
    hurried.settings.override(Settings.model_validate({**container.settings().model_dump(), **no_time}))
    if request.param == "http":
        return TestClient(create_app(hurried, ENDPOINTS, host="127.0.0.1"), raise_server_exceptions=False)
    gateway = ApiGateway(create_api_handler(hurried, ENDPOINTS), authorizer=lambda _: of_somebody(READ, WRITE))
    return httpx.Client(transport=gateway, base_url="http://testserver")


def test_a_request_without_the_time_for_it_changes_nothing_and_can_be_repeated(hurried, crates):
    answers = [hurried.post("/crates", json={"name": "Late"}), hurried.get("/crates"), hurried.get("/health/ready")]

    problem = answers[0].json()
    assert [(answer.status_code, answer.headers["retry-after"]) for answer in answers] == [(503, "1")] * 3
    assert problem["detail"] == "DynamoDB could not be called with less than 50 s left"
    assert problem["maybe_applied"] is False
    assert crates.page(Everything(), limit=1).items == ()


def test_a_service_whose_table_is_gone_lives_but_is_not_ready(fresh, container):
    settings = {**container.settings().model_dump(), "dynamodb_table": fresh.name}
    serving = Container()
    serving.settings.override(Settings.model_validate(settings))
    create(fresh, container.persistence().indexes)

    with TestClient(create_app(serving, ENDPOINTS, host="127.0.0.1"), raise_server_exceptions=False) as api:
        before = api.get("/health/ready").status_code
        delete(fresh)
        after = [api.get(path).status_code for path in ("/health/ready", "/health/live", "/crates", "/crates/x")]
        problem = api.get("/health/ready").json()

    assert before == 200
    assert after == [500, 200, 500, 500]
    assert fresh.name in problem["detail"]
