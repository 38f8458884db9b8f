"""Crates for tests."""

from ulid import ULID

from tests.kernel.service.domain import Crate


def a_crate(name: str = "Northern Rail") -> Crate:
    return Crate(id=str(ULID()), name=name)


def renamed(crate: Crate) -> Crate:
    return crate.rename(f"{crate.name} II")
