"""Sponsors on boto3 alone keep the contract of every repository, and what is promised when DynamoDB fails."""

from collections import Counter
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSPreparedRequest
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.exceptions import ConnectionClosedError
from botocore.exceptions import EndpointConnectionError
from moto.core.models import botocore_stubber

from domain.kernel.errors import AlreadyExists
from domain.kernel.errors import Conflict
from domain.kernel.errors import Misconfigured
from domain.kernel.errors import NotFound
from domain.kernel.errors import PartialFailure
from domain.kernel.errors import Unavailable
from domain.kernel.errors import Unreadable
from domain.kernel.events import Event
from domain.kernel.repository import Everything
from domain.sponsor import Sponsor
from infrastructure.container import Container
from infrastructure.kernel.dynamodb.table import Table
from infrastructure.kernel.dynamodb.transport import NoAnswer
from infrastructure.kernel.dynamodb.transport import NotSent
from tests.builders.sponsors import a_sponsor
from tests.builders.sponsors import changed
from tests.docs.recipes.members import DYNAMODB
from tests.docs.recipes.members import on_dynamodb
from tests.docs.recipes.raw import RawSponsorRepository
from tests.kernel.builders.events import an_event
from tests.kernel.contracts.repository import RepositoryContract
from tests.kernel.infrastructure.dynamodb.line import JSON
from tests.kernel.infrastructure.dynamodb.line import URL
from tests.kernel.infrastructure.dynamodb.line import an_answer
from tests.kernel.infrastructure.dynamodb.network import Network
from tests.kernel.infrastructure.dynamodb.network import after
from tests.kernel.infrastructure.dynamodb.network import answering
from tests.kernel.infrastructure.dynamodb.network import failed
from tests.kernel.infrastructure.dynamodb.network import lose_the_answer
from tests.kernel.infrastructure.dynamodb.network import lose_the_request
from tests.kernel.infrastructure.dynamodb.network import throttled

pytestmark = pytest.mark.parametrize("adapter", DYNAMODB, ids=lambda adapter: adapter.name, indirect=True)

NO_ANSWER = pytest.mark.parametrize("fault", [lose_the_answer, lose_the_request, failed])
"""Accidents that the client cannot tell apart."""


@pytest.fixture
def raw(container: Container) -> Any:
    """A client as boto3 makes it."""
    settings = container.settings()
    config = Config(retries={"mode": "standard", "total_max_attempts": 4})
    return boto3.client("dynamodb", settings.aws_region, endpoint_url=settings.dynamodb_endpoint, config=config)


@pytest.fixture
def table(container: Container) -> str:
    return on_dynamodb(container).table.name


@pytest.fixture
def sponsors(container: Container, table: str, raw: Any) -> RawSponsorRepository:
    """The repository, on the table of the service."""
    return RawSponsorRepository(raw, table, container.now)


class TestRawSponsors(RepositoryContract[Sponsor]):
    make, changed = staticmethod(a_sponsor), staticmethod(changed)
    named = staticmethod(lambda name: a_sponsor(name=name))

    @pytest.fixture
    def repository(self, sponsors: RawSponsorRepository) -> RawSponsorRepository:
        return sponsors


# Beyond that contract


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long would have been waited between attempts."""
    waits: list[float] = []
    for module in ("botocore.endpoint", "tests.docs.recipes.raw"):
        monkeypatch.setattr(f"{module}.time", SimpleNamespace(sleep=waits.append))
    return waits


@pytest.fixture
def network(raw: Any, container: Container, table: str, waits: list[float]) -> Network:
    """What lies between the repository and the server."""
    network = Network(Table(on_dynamodb(container).table.transport, table))

    def send(event_name: str, request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        """Called by botocore with each request."""
        assert isinstance(request.body, bytes)
        try:
            status, body = network.send(event_name.rpartition(".")[2], request.body)
        except NotSent as exc:
            raise EndpointConnectionError(endpoint_url=URL) from exc
        except NoAnswer as exc:
            raise ConnectionClosedError(endpoint_url=URL) from exc
        return an_answer(status, JSON, body)

    raw.meta.events.unregister("before-send", botocore_stubber)  # its answer would come beside that of the network
    raw.meta.events.register("before-send.dynamodb", send)
    return network


def test_the_events_of_every_write_reach_the_bus_by_the_same_relay(
    sponsors: RawSponsorRepository, published: Callable[[], list[Event]]
):
    sponsor = a_sponsor()
    events = [an_event(sponsor.at_version(version)) for version in range(3)]

    saved = sponsors.save(changed(sponsors.add(sponsor, events[0])), events[1])
    sponsors.save(saved)
    sponsors.remove(saved.at_version(3), an_event(saved.at_version(3)))

    assert published()[:2] == events[:2]
    assert [event.version for event in published()] == [1, 2, 4]


@NO_ANSWER
def test_a_write_whose_answer_is_lost_is_made_once(sponsors, network, fault):
    sponsor = a_sponsor()

    network.will(fault)
    added = sponsors.add(sponsor)
    network.will(fault)
    saved = sponsors.save(changed(added))
    read = sponsors.get(sponsor.id, consistent=True)
    network.will(fault)
    sponsors.remove(saved)

    assert (added.version, saved.version, read) == (1, 2, saved)
    assert sponsors.get_many([sponsor.id]) == []


def test_an_addition_whose_answer_is_lost_does_not_undo_a_removal(sponsors, network):
    sponsor = a_sponsor()
    network.will(after(lose_the_answer, lambda: sponsors.remove(sponsors.get(sponsor.id))))
    sponsors.add(sponsor)
    other = a_sponsor()
    network.will(after(lose_the_answer, lambda: sponsors.remove(other.at_version(1))))
    with pytest.raises(Unavailable) as lost:
        sponsors.add(other)

    assert lost.value.maybe_applied
    assert sponsors.get_many([sponsor.id, other.id]) == []


def test_a_save_that_was_overtaken_while_no_answer_came_may_have_been_made(sponsors, network):
    stored = sponsors.add(a_sponsor())

    def overtake() -> None:
        sponsors.save(changed(sponsors.get(stored.id, consistent=True)))

    network.will(after(lose_the_answer, overtake))
    with pytest.raises(Unavailable) as lost:
        sponsors.save(changed(stored))
    newer = sponsors.get(stored.id, consistent=True)
    network.will(after(lose_the_request, overtake))
    with pytest.raises(Conflict):
        sponsors.save(newer)

    assert lost.value.maybe_applied


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (throttled, Unavailable),
        (failed, Unavailable),
        (lose_the_request, Unavailable),
        (answering(400, "TransactionConflictException"), Unavailable),
        (answering(400, "AccessDeniedException"), Misconfigured),
        (answering(400, "ResourceNotFoundException"), Misconfigured),
    ],
)
def test_errors_are_told_apart(sponsors, network, fault, error):
    sponsor = a_sponsor()
    stored = sponsors.add(sponsor)
    network.always(fault)

    for call in (
        lambda: sponsors.add(a_sponsor()),
        lambda: sponsors.save(stored),
        lambda: sponsors.remove(stored),
        lambda: sponsors.get(stored.id),
        lambda: sponsors.get_many([stored.id]),
        lambda: sponsors.page(Everything(), limit=10),
        lambda: sponsors.put_many([sponsor]),
        lambda: sponsors.remove_many([stored.id]),
    ):
        with pytest.raises(error):
            call()


def test_what_dynamodb_leaves_of_a_batch_is_sent_again(sponsors, network, table, waits):
    entities = [a_sponsor() for _ in range(3)]
    sponsors.put_many(entities)
    keys = [{"pk": {"S": f"SPONSOR#{entity.id}"}, "sk": {"S": "#"}} for entity in entities]
    deletes = [{"DeleteRequest": {"Key": key}} for key in keys]
    unread = answering(200, Responses={}, UnprocessedKeys={table: {"Keys": keys}})
    unwritten = answering(200, UnprocessedItems={table: deletes})
    network.sent.clear()

    network.will(unread, unread)
    found = sponsors.get_many(entity.id for entity in entities)
    network.will(unwritten, unwritten)
    sponsors.remove_many(entity.id for entity in entities)

    assert [entity.id for entity in found] == [entity.id for entity in entities]
    assert Counter(network.operations()) == {"BatchGetItem": 3, "BatchWriteItem": 3}
    assert len(waits) == 4

    network.always(unwritten)
    with pytest.raises(PartialFailure) as left:
        sponsors.remove_many(entity.id for entity in entities)
    assert set(left.value.ids) == {entity.id for entity in entities}


def test_what_this_release_cannot_read_is_named_and_harms_no_other(sponsors, raw, table):
    good, bad = sponsors.add(a_sponsor()), sponsors.add(a_sponsor())
    key = {"pk": {"S": f"SPONSOR#{bad.id}"}, "sk": {"S": "#"}}
    raw.put_item(TableName=table, Item={**raw.get_item(TableName=table, Key=key)["Item"], "name": {"S": ""}})

    page = sponsors.page(Everything(), limit=10)

    assert (page.items, page.unreadable) == ((good,), (bad.id,))
    for call in (lambda: sponsors.get(bad.id), lambda: sponsors.get_many([good.id, bad.id])):
        with pytest.raises(Unreadable, match=bad.id):
            call()


def test_an_attribute_of_a_newer_release_is_kept_by_a_save(sponsors, raw, table):
    stored = sponsors.add(a_sponsor())
    key = {"pk": {"S": f"SPONSOR#{stored.id}"}, "sk": {"S": "#"}}
    item = raw.get_item(TableName=table, Key=key)["Item"]
    raw.put_item(TableName=table, Item={**item, "motto": {"S": "new"}})

    sponsors.save(changed(stored))

    assert raw.get_item(TableName=table, Key=key)["Item"]["motto"] == {"S": "new"}


def test_a_race_that_an_addition_loses_to_a_removed_one_is_told(sponsors, network):
    sponsor = a_sponsor()
    sponsors.remove(sponsors.add(sponsor))
    rival = changed(sponsor)
    network.will(after(lambda delivery: delivery(), lambda: sponsors.add(rival)))

    with pytest.raises(AlreadyExists):
        sponsors.add(sponsor)

    with pytest.raises(NotFound):
        sponsors.get(a_sponsor().id)
