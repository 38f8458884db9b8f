"""A sponsor: the plain aggregate, with an id, a name and a version."""

from typing import Literal
from typing import Self

from domain.kernel.entity import Entity
from domain.kernel.events import Event
from domain.kernel.repository import Repository
from domain.kernel.text import Name


class Sponsor(Entity):
    """A sponsor, known by its name."""

    name: Name

    @property
    def listed_as(self) -> str:
        return self.name

    def rename(self, name: str) -> Self:
        """The sponsor under another name.

        Raises:
            InvalidArgument: it is no name.
        """
        return self.evolve(name=name)


class SponsorRepository(Repository[Sponsor]):
    """Stores sponsors."""

    kind = Sponsor


class SponsorCreated(Event):
    """A sponsor was created."""

    type: Literal["SponsorCreated"] = "SponsorCreated"
    name: Name


class SponsorRenamed(Event):
    """A sponsor was given another name."""

    type: Literal["SponsorRenamed"] = "SponsorRenamed"
    name: Name


class SponsorRemoved(Event):
    """A sponsor was removed."""

    type: Literal["SponsorRemoved"] = "SponsorRemoved"
