"""The number of players per team, kept from events alone, is the truth at the end of every test."""

from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from random import Random

import pytest

from domain.kernel.errors import ServiceError
from domain.kernel.events import Event
from domain.kernel.repository import Everything
from domain.team import Position
from infrastructure.container import Container
from tests.builders.teams import a_player
from tests.builders.teams import a_team
from usecases.kernel.requests import ChangeRequest
from usecases.players import ReleasePlayerRequest
from usecases.players import SignPlayerRequest
from usecases.teams import CreateTeamRequest
from usecases.teams import RenameTeamRequest
from usecases.transfers import TransferPlayerRequest

CHANGES = 40
THREADS = 4


@pytest.fixture
def deliver(container: Container, published: Callable[[], list[Event]]) -> Callable[..., None]:
    """Has every event that was published so far counted; `order` may put them into another order, or repeat them."""

    def deliver(order: Callable[[list[Event]], Sequence[Event]] = lambda events: events) -> None:
        consumer = container.count_players()
        for event in order(published()):
            if isinstance(event, consumer.handles):
                consumer.execute(event)

    return deliver


@pytest.fixture(autouse=True)
def _is_the_truth_in_the_end(container: Container, deliver: Callable[..., None]) -> Iterator[None]:
    yield
    deliver()
    sizes = container.team_sizes().page(Everything(), limit=500).items
    teams = container.teams().page(Everything(), limit=500).items
    assert teams
    assert {(size.id, size.name, size.players) for size in sizes if not size.is_disbanded} == {
        (team.id, team.name, len(team.players)) for team in teams
    }


def change_at_random(container: Container, chance: Random) -> None:
    """Makes a change of some team, or is refused."""
    teams = container.teams().page(Everything(), limit=500).items
    team, other = chance.choice(teams), chance.choice(teams)
    number = chance.randrange(10_000)
    somebody = chance.choice(team.players).id if team.players else "nobody"
    choices: list[Callable[[], object]] = [
        lambda: container.create_team().execute(CreateTeamRequest(name=f"Team {number}")),
        lambda: container.rename_team().execute(RenameTeamRequest(id=team.id, name=f"Team {number}")),
        lambda: container.release_player().execute(ReleasePlayerRequest(id=team.id, player_id=somebody)),
        lambda: container.transfer_player().execute(
            TransferPlayerRequest(player_id=somebody, from_team=team.id, to_team=other.id)
        ),
        lambda: container.disband_team().execute(ChangeRequest(id=team.id)),
    ]
    sign = SignPlayerRequest(id=team.id, name=f"Player {number}", position=Position.MID)
    choices += [lambda: container.sign_player().execute(sign)] * 4
    try:
        chance.choice(choices)()
    except ServiceError:
        return


@pytest.fixture
def changed(container: Container) -> Random:
    """Many changes of some teams; what made them may go on to make some more."""
    chance = Random(7)
    for number in range(3):
        container.create_team().execute(CreateTeamRequest(name=f"Team {number}"))
    for _ in range(CHANGES):
        change_at_random(container, chance)
    return chance


def test_an_imported_team_counts_with_its_squad(container):
    container.import_team().execute(a_team("Leeds United", a_player("Ellen White"), a_player("Lucy Bronze")))


def test_events_are_counted_as_they_come(changed, deliver):
    deliver()


def test_events_that_come_again_are_not_counted_again(container, changed, deliver):
    deliver()
    change_at_random(container, changed)

    deliver(lambda events: [*events, *events])


def test_events_are_counted_in_any_order(changed, deliver):
    deliver(lambda events: changed.sample(events, len(events)))


def test_events_are_counted_by_several_threads(container, changed, published):
    consumer = container.count_players()
    told = [event for event in published() if isinstance(event, consumer.handles)]

    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(consumer.execute, [*told, *told]))


def test_what_was_not_counted_for_a_failure_is_counted_when_it_comes_again(container, changed, deliver, published):
    lost = {event.event_id for event in changed.sample(published(), CHANGES // 4)}

    deliver(lambda events: [event for event in events if event.event_id not in lost])
