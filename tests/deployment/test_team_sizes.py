"""The sizes of teams are counted from events: through stream, relay, bus, rule and consumer."""

from collections.abc import Iterator
from datetime import UTC
from datetime import datetime

import pytest
from ulid import ULID

from domain.kernel.events import EventFactory
from domain.team import TeamCreated
from domain.team_size import TeamSizeRepository
from infrastructure.container import Container
from infrastructure.kernel.events.cloud_events import cloud_event
from infrastructure.settings import Settings
from tests.builders.teams import a_team
from tests.deployment.api import eventually
from tests.deployment.functions import invoked
from tests.deployment.functions import without


@pytest.fixture
def team_sizes(cloud, stack, monkeypatch) -> Iterator[TeamSizeRepository]:
    """What is stored in the table of the stack."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    container = Container()
    settings = Settings(
        persistence="dynamodb",
        aws_region=cloud.aws.region,
        dynamodb_endpoint=cloud.address,
        dynamodb_table=stack.outputs["TableName"],
    )
    container.settings.override(settings)
    yield container.team_sizes()
    container.persistence().close()


def test_a_signed_and_a_transferred_player_are_counted(api, everything, team_sizes):
    leeds, arsenal = (api.call("POST", "/teams", everything, {"name": name}).json() for name in ("Leeds", "Arsenal ✓"))
    signed = api.call("POST", f"/teams/{leeds['id']}/players", everything, {"name": "Ellen White", "position": "ST"})
    [player] = signed.json()["players"]
    move = {"player_id": player["id"], "from_team": leeds["id"], "to_team": arsenal["id"]}
    assert api.call("POST", "/transfers", everything, move).status_code == 200

    def counted():
        return {size.name: size.players for size in team_sizes.get_many([leeds["id"], arsenal["id"]])}

    eventually(counted, lambda sizes: sizes == {"Leeds": 0, "Arsenal ✓": 1})


def test_consumers_need_to_write(cloud, stack, team_sizes):
    team = a_team("Leeds United")
    created = EventFactory(lambda: str(ULID()), lambda: datetime.now(UTC))(TeamCreated, team, name=team.name)
    delivery = {"detail": cloud_event(created, Settings.service)}

    with without(cloud, stack, "ConsumersRole", "dynamodb:PutItem"):
        refused = invoked(cloud, stack, "ConsumersFunction", delivery)

    assert refused.failed
    assert not invoked(cloud, stack, "ConsumersFunction", delivery).failed
    assert team_sizes.get(team.id).name == team.name
