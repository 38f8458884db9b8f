"""The port of the import: how an entity that was made elsewhere enters the service."""

from abc import ABC
from abc import abstractmethod
from typing import Generic

from domain.kernel.entity import E


class Import(ABC, Generic[E]):
    """Adds an entity under the id it has, with the events that tell of all that is in it."""

    kind: type[E]

    @abstractmethod
    def execute(self, request: E) -> E:
        """The entity as it is stored now.

        Raises:
            AlreadyExists: the id is taken; what is stored is untouched.
        """
