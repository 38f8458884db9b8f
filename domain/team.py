"""A team and its players: the rich aggregate, with children and rules."""

from enum import StrEnum
from typing import Literal
from typing import Self

from pydantic import model_validator

from domain.kernel.entity import Entity
from domain.kernel.errors import InvalidArgument
from domain.kernel.errors import NotFound
from domain.kernel.events import Event
from domain.kernel.repository import Repository
from domain.kernel.text import Id
from domain.kernel.text import Name
from domain.kernel.text import fold
from domain.kernel.value import Value

MAX_SQUAD = 25


class Position(StrEnum):
    """Where a player plays."""

    GK = "GK"
    DEF = "DEF"
    MID = "MID"
    ST = "ST"


class Player(Value):
    """Someone in a squad."""

    id: Id
    name: Name
    position: Position


class Team(Entity):
    """A named squad of at most 25 players, in which every id and, ignoring case and accents, every name occurs once."""

    name: Name
    players: tuple[Player, ...] = ()

    @property
    def listed_as(self) -> str:
        return self.name

    @model_validator(mode="after")
    def _keeps_its_rules(self) -> Self:
        if len(self.players) > MAX_SQUAD:
            raise InvalidArgument("players", f"must be at most {MAX_SQUAD}; the squad of {self.name} is full")
        ids: set[str] = set()
        names: set[str] = set()
        for player in self.players:
            if player.id in ids:
                raise InvalidArgument("players", f"must have different ids; {player.id} occurs twice")
            name = fold(player.name) or player.name
            if name in names:
                raise InvalidArgument("players", f"must have different names; {player.name} occurs twice")
            ids.add(player.id)
            names.add(name)
        return self

    def player(self, id: str) -> Player:
        """The player of that id.

        Raises:
            NotFound: no such player is in the squad.
        """
        for player in self.players:
            if player.id == id:
                return player
        raise NotFound("Player", id)

    def rename(self, name: str) -> Self:
        """The team under another name.

        Raises:
            InvalidArgument: it is no name.
        """
        return self.evolve(name=name)

    def sign(self, player: Player) -> Self:
        """The team with `player` in its squad.

        Raises:
            InvalidArgument: the squad is full, or has a player of that id or name.
        """
        return self.evolve(players=(*self.players, player))

    def move(self, id: str, position: Position) -> Self:
        """The team with that player in another position.

        Raises:
            NotFound: no such player is in the squad.
        """
        moved = self.player(id).evolve(position=position)
        return self.evolve(players=tuple(moved if player.id == id else player for player in self.players))

    def release(self, id: str) -> Self:
        """The team without that player.

        Raises:
            NotFound: no such player is in the squad.
        """
        released = self.player(id)
        return self.evolve(players=tuple(player for player in self.players if player != released))


class TeamRepository(Repository[Team]):
    """Stores teams."""

    kind = Team


class TeamCreated(Event):
    """A team was created, with an empty squad."""

    type: Literal["TeamCreated"] = "TeamCreated"
    name: Name


class TeamRenamed(Event):
    """A team was given another name."""

    type: Literal["TeamRenamed"] = "TeamRenamed"
    name: Name


class TeamDisbanded(Event):
    """A team was removed, and its squad with it."""

    type: Literal["TeamDisbanded"] = "TeamDisbanded"


class PlayerSigned(Event):
    """A player joined the squad."""

    type: Literal["PlayerSigned"] = "PlayerSigned"
    player: Player


class PlayerMoved(Event):
    """A player was given another position."""

    type: Literal["PlayerMoved"] = "PlayerMoved"
    player_id: Id
    position: Position


class PlayerReleased(Event):
    """A player left the squad."""

    type: Literal["PlayerReleased"] = "PlayerReleased"
    player_id: Id


class PlayerTransferred(Event):
    """A player left for another team, or came from one: one event on each of the two, with the same transfer id."""

    type: Literal["PlayerTransferred"] = "PlayerTransferred"
    transfer_id: Id
    direction: Literal["in", "out"]
    other_team_id: Id
    player: Player
