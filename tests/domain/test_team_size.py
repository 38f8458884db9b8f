"""A team size is right when all events have been counted, in whatever order."""

from itertools import permutations

from domain.kernel.events import Event
from domain.team import PlayerMoved
from domain.team import PlayerReleased
from domain.team import PlayerSigned
from domain.team import PlayerTransferred
from domain.team import Position
from domain.team import TeamCreated
from domain.team import TeamDisbanded
from domain.team import TeamRenamed
from domain.team_size import EVENTS
from domain.team_size import TeamSize
from tests.builders.teams import a_player
from tests.builders.teams import a_team
from tests.kernel.builders.events import events


def after(*happened: Event) -> TeamSize:
    size = TeamSize(id="t1")
    for event in happened:
        size = size.after(event)
    return size


def test_every_event_counts_in_whatever_order_it_comes():
    team, player = a_team(), a_player()
    transferred = {"transfer_id": "x", "other_team_id": "t2", "player": player}
    happened = (
        events(TeamCreated, team, name="Leeds"),
        events(PlayerSigned, team.at_version(1), player=player),
        events(TeamRenamed, team.at_version(2), name="Leeds United"),
        events(PlayerTransferred, team.at_version(3), direction="in", **transferred),
        events(PlayerTransferred, team.at_version(4), direction="in", **transferred),
        events(PlayerTransferred, team.at_version(5), direction="out", **transferred),
    )

    sizes = {after(*order) for order in permutations(happened)}

    assert sizes == {TeamSize(id="t1", name="Leeds United", named_at=3, players=2)}


def test_a_player_who_leaves_before_the_news_of_their_arrival_makes_it_right_in_the_end():
    team, player = a_team(), a_player()
    signed = events(PlayerSigned, team.at_version(1), player=player)
    released = events(PlayerReleased, team.at_version(2), player_id=player.id)

    assert after(released).players == -1
    assert after(released, signed) == after(signed, released) == TeamSize(id="t1")


def test_a_disbanded_team_stays_disbanded_whatever_comes_late():
    team = a_team()
    disbanded = events(TeamDisbanded, team.at_version(2))

    assert after(disbanded, events(TeamCreated, team, name="Leeds")).is_disbanded
    assert not after(events(TeamCreated, team, name="Leeds")).is_disbanded


def test_an_event_that_says_nothing_of_it_changes_nothing():
    moved = events(PlayerMoved, a_team().at_version(1), player_id="p1", position=Position.MID)

    assert after(moved) == TeamSize(id="t1")
    assert PlayerMoved not in EVENTS
