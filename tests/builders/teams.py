"""Teams and players for tests."""

from ulid import ULID

from domain.team import Player
from domain.team import Position
from domain.team import Team


def a_player(name: str = "Ellen White", position: Position = Position.ST) -> Player:
    return Player(id=str(ULID()), name=name, position=position)


def a_team(name: str = "Leeds United", *players: Player) -> Team:
    return Team(id=str(ULID()), name=name, players=players or (a_player(),))


def a_full_team(name: str = "Leeds United") -> Team:
    return a_team(name, *(a_player(f"Player {number}") for number in range(25)))


def renamed(team: Team) -> Team:
    return team.rename(f"{team.name} II")
