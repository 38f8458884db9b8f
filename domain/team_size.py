"""How many players a team has: a read model, kept from the events of teams alone."""

from typing import Self

from domain.kernel.entity import Entity
from domain.kernel.events import Event
from domain.kernel.repository import Repository
from domain.team import PlayerReleased
from domain.team import PlayerSigned
from domain.team import PlayerTransferred
from domain.team import TeamCreated
from domain.team import TeamDisbanded
from domain.team import TeamRenamed

EVENTS: tuple[type[Event], ...] = (
    TeamCreated,
    TeamRenamed,
    TeamDisbanded,
    PlayerSigned,
    PlayerReleased,
    PlayerTransferred,
)
"""The events that say something about it."""


class TeamSize(Entity):
    """The number of players of the team of the same id.

    It is right when all events have been counted, each once, in whatever order: a bus may deliver them in another one
    than they happened in. Until then it may even be negative.
    """

    name: str = ""
    named_at: int = 0
    """The version of the team that had that name first."""
    players: int = 0
    is_disbanded: bool = False
    """Whether the team is gone. What is left of it stays, so that an event that comes late finds it."""

    @property
    def listed_as(self) -> str:
        return self.name

    def after(self, event: Event) -> Self:
        """The size with that event counted."""
        match event:
            case TeamCreated(name=name) | TeamRenamed(name=name) if event.version > self.named_at:
                return self.evolve(name=name, named_at=event.version)
            case PlayerSigned() | PlayerTransferred(direction="in"):
                return self.evolve(players=self.players + 1)
            case PlayerReleased() | PlayerTransferred(direction="out"):
                return self.evolve(players=self.players - 1)
            case TeamDisbanded():
                return self.evolve(is_disbanded=True)
        return self


class TeamSizeRepository(Repository[TeamSize]):
    """Stores team sizes."""

    kind = TeamSize
