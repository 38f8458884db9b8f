"""The same reads and writes by one library each: the module of a variant has a function `create`."""

from abc import ABC
from abc import abstractmethod
from collections.abc import Mapping
from collections.abc import Sequence
from importlib import import_module
from typing import Any
from typing import Generic
from typing import TypeVar

B = TypeVar("B")

BASELINE = "boto3_client"
PEERS = ("boto3_resource", "pynamodb", "dyntastic", "aiodynamo", "pydynox", "pydynox_strict")
IN_MEMORY = "memory"
CURL = "service_curl"
LEAN = "lean"
OURS = ("service", CURL, LEAN, IN_MEMORY)
TITLES = {
    BASELINE: "boto3 client + pydantic",
    "boto3_resource": "boto3 resource + pydantic",
    "pynamodb": "PynamoDB + pydantic",
    "dyntastic": "dyntastic",
    "aiodynamo": "aiodynamo + pydantic",
    "pydynox": "pydynox + pydantic",
    "pydynox_strict": "pydynox + entities as strict as ours",
    "service": "this service, by botocore",
    CURL: "this service, by curl",
    LEAN: "this service, by curl, lean zip",
    IN_MEMORY: "this service, in memory",
}


class Variant(ABC, Generic[B]):
    """Baskets, kept by one library. Each write is conditional: on nothing being there, or on the version."""

    @abstractmethod
    def make(self, values: Mapping[str, Any]) -> B:
        """The basket of these values."""

    @abstractmethod
    def plain(self, basket: B) -> Any:
        """The values of a basket, as JSON has them."""

    @abstractmethod
    def get(self, id: str) -> B: ...

    @abstractmethod
    def get_many(self, ids: Sequence[str]) -> list[B]:
        """Any number, as `ids` has them."""

    @abstractmethod
    def page(self) -> list[B]:
        """The first 100 of the listing: its index tells their keys."""

    @abstractmethod
    def put(self, basket: B) -> None:
        """A new one, of version 0, as version 1."""

    @abstractmethod
    def save(self, basket: B) -> None:
        """One that is stored, as the next version."""

    @abstractmethod
    def put_together(self, baskets: Sequence[B]) -> None:
        """New ones, all or none."""

    def close(self) -> None:  # most have nothing to close
        """It is not used again."""


def create(name: str, endpoint: str) -> Variant[Any]:
    """The variant of that name, which is imported now."""
    variant: Variant[Any] = import_module(f"benchmarks.variants.{name}").create(endpoint)
    return variant
