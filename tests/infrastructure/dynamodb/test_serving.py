"""A service that finds its table, makes it, or has lost it."""

import warnings

import httpx
import pytest
from starlette.exceptions import StarletteDeprecationWarning

from domain.errors import Misconfigured
from domain.repository import Everything
from domain.sponsor import Sponsor
from infrastructure.aws_lambda.api import create_handler
from infrastructure.container import Container
from infrastructure.dynamodb.administration import create
from infrastructure.dynamodb.administration import delete
from infrastructure.http.app import create_app
from infrastructure.settings import Settings
from tests.builders.events import an_event
from tests.builders.sponsors import a_sponsor
from tests.infrastructure.aws_lambda.gateway import ApiGateway

with warnings.catch_warnings():
    warnings.simplefilter("ignore", StarletteDeprecationWarning)  # it would rather have httpx2; httpx serves as well
    from starlette.testclient import TestClient


def test_a_service_can_make_its_table_at_start(fresh, connect):
    settings = {"dynamodb_table": fresh.name, "dynamodb_create_table": True}

    stored = connect(**settings).sponsors.add(a_sponsor())

    assert connect(**settings).sponsors.get(stored.id) == stored


def test_a_restart_finds_the_data(connect):
    first = connect()
    stored = [first.sponsors.add(a_sponsor(f"Number {number}")) for number in range(3)]
    cursor = first.sponsors.page(Everything(), limit=1).next_cursor
    first.close()

    second = connect()

    assert second.sponsors.get_many(sponsor.id for sponsor in stored) == stored
    assert list(second.sponsors.page(Everything(), limit=5, cursor=cursor).items) == stored[1:]


def test_a_table_deleted_while_serving_is_a_wrong_setup_and_nothing_else(fresh, connect):
    persistence = connect(dynamodb_table=fresh.name, dynamodb_create_table=True)
    stored = persistence.sponsors.add(a_sponsor())
    delete(fresh)

    def commit():
        work = persistence.unit_of_work()
        work.of(Sponsor).save(stored)
        work.commit()

    for call in (
        lambda: persistence.sponsors.add(a_sponsor()),
        lambda: persistence.sponsors.get(stored.id),
        lambda: persistence.sponsors.get_many([stored.id]),
        lambda: persistence.sponsors.save(stored),
        lambda: persistence.sponsors.remove(stored),
        lambda: persistence.sponsors.remove(stored, an_event(stored)),
        lambda: persistence.sponsors.page(Everything(), limit=10),
        lambda: persistence.sponsors.put_many([stored]),
        lambda: persistence.sponsors.remove_many([stored.id]),
        lambda: persistence.unit_of_work().of(Sponsor).get(stored.id),
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
        return TestClient(create_app(hurried), raise_server_exceptions=False)
    return httpx.Client(transport=ApiGateway(create_handler(hurried)), base_url="http://testserver")


def test_a_request_without_the_time_for_it_changes_nothing_and_can_be_repeated(hurried, sponsors):
    answers = [hurried.post("/sponsors", json={"name": "Late"}), hurried.get("/sponsors"), hurried.get("/health/ready")]

    problem = answers[0].json()
    assert [(answer.status_code, answer.headers["retry-after"]) for answer in answers] == [(503, "1")] * 3
    assert problem["detail"] == "DynamoDB could not be called with less than 50 s left"
    assert problem["maybe_applied"] is False
    assert sponsors.page(Everything(), limit=1).items == ()


def test_a_service_whose_table_is_gone_lives_but_is_not_ready(fresh, container):
    settings = {**container.settings().model_dump(), "dynamodb_table": fresh.name}
    serving = Container()
    serving.settings.override(Settings.model_validate(settings))
    create(fresh)

    with TestClient(create_app(serving), raise_server_exceptions=False) as api:
        before = api.get("/health/ready").status_code
        delete(fresh)
        after = [api.get(path).status_code for path in ("/health/ready", "/health/live", "/sponsors", "/sponsors/x")]
        problem = api.get("/health/ready").json()

    assert before == 200
    assert after == [500, 200, 500, 500]
    assert fresh.name in problem["detail"]
