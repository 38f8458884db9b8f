"""What the service needs of an adapter besides its repositories."""

from abc import ABC
from abc import abstractmethod
from typing import Any

from domain.kernel.repository import Repository
from domain.kernel.unit_of_work import UnitOfWork


class Persistence(ABC):
    """One adapter: a repository per aggregate, as its attributes, and what they share."""

    @abstractmethod
    def unit_of_work(self) -> UnitOfWork:
        """A new, empty unit of work."""

    def prepare(self) -> None:  # noqa: B027  # most adapters have nothing to make
        """Makes what the settings ask for to be made at start."""

    @abstractmethod
    def check(self) -> None:
        """Passes if the adapter can serve requests now.

        Raises:
            Unavailable: the store does not answer.
            Misconfigured: it answers, but is not set up as this service needs it.
        """

    @abstractmethod
    def close(self) -> None:
        """Finishes what is under way. The adapter is not used again."""

    def repositories(self) -> list[Repository[Any]]:
        """All its repositories, in the order of their attributes."""
        return [value for value in vars(self).values() if isinstance(value, Repository)]
