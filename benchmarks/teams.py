"""Teams, to be timed with full squads."""

from ulid import ULID

from benchmarks.timings import Subject
from domain.team import MAX_SQUAD
from domain.team import Player
from domain.team import Position
from domain.team import Team


def a_team(name: str) -> Team:
    return Team(id=str(ULID()), name=name)


def a_full_team(name: str) -> Team:
    squad = (Player(id=str(ULID()), name=f"Player {number}", position=Position.MID) for number in range(MAX_SQUAD))
    return Team(id=str(ULID()), name=name, players=tuple(squad))


TEAMS = Subject(f"Teams of {MAX_SQUAD} players", Team, make=a_team, make_timed=a_full_team, rename=Team.rename)
