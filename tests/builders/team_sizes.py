"""Team sizes for tests."""

from ulid import ULID

from domain.team_size import TeamSize


def a_team_size(name: str = "Leeds United") -> TeamSize:
    return TeamSize(id=str(ULID()), name=name, named_at=1, players=11)


def renamed(size: TeamSize) -> TeamSize:
    return size.evolve(name=f"{size.name} II")
