"""What is promised of more than one batch and more than one page of everything."""

import pytest

from domain.kernel.entity import Entity
from domain.kernel.repository import MAX_PAGE
from domain.kernel.repository import Everything
from domain.kernel.repository import Repository
from infrastructure.kernel.store import Segment
from tests.kernel.builders.crates import a_crate
from tests.kernel.builders.specimens import a_specimen
from tests.kernel.contracts.base import walk
from tests.kernel.service.container import Container
from tests.kernel.service.domain import Crate

MANY = 1100
"""More than any store takes or returns at once."""


class QuantitiesContract:
    """What is promised of any number of entities."""

    @pytest.fixture
    def crates(self, container: Container) -> Repository[Crate]:
        return container.crates()

    def test_any_number_of_entities_is_put_read_listed_and_removed(self, crates):
        many = [a_crate(f"Number {number:04d}") for number in range(MANY)]
        stored = [crate.at_version(1) for crate in many]
        ids = [crate.id for crate in many]

        crates.put_many(many)

        assert crates.get_many(ids) == stored
        assert list(walk(crates, Everything(), limit=MAX_PAGE)) == stored

        crates.remove_many(ids[1:])

        assert crates.get_many(ids) == stored[:1]
        assert list(walk(crates, Everything(), limit=MAX_PAGE)) == stored[:1]

    @pytest.mark.parametrize("segments", [1, 3])
    def test_all_segments_together_have_every_entity_of_the_kinds_once(self, container, crates, segments):
        many = [a_crate(f"Number {number:04d}").at_version(2) for number in range(MANY)]
        crates.put_many(many)
        container.specimens().add(a_specimen())

        found = [self.in_segment(container, Segment(number, segments)) for number in range(segments)]

        assert sorted(crate.id for crates in found for crate in crates) == sorted(crate.id for crate in many)
        assert {crate.id: crate for crates in found for crate in crates} == {crate.id: crate for crate in many}
        assert all(len(crates) > MANY / segments / 2 for crates in found)

    def in_segment(self, container: Container, segment: Segment) -> list[Entity]:
        """All crates of a segment, a stretch at a time."""
        store = container.persistence().store
        stretch = store.stretch([Crate], segment, None)
        found = [*stretch.entities]
        while stretch.after is not None:
            stretch = store.stretch([Crate], segment, stretch.after)
            found += stretch.entities
        return found
