"""Entities: an identity, a version, and a place in a listing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.kernel.entity import MAX_SORT_TEXT
from domain.kernel.entity import Entity
from domain.kernel.errors import InvalidArgument
from tests.kernel.builders.specimens import a_specimen
from tests.kernel.service.domain import Specimen

texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=20)


def test_a_new_entity_was_never_stored():
    assert a_specimen().version == 0


@pytest.mark.parametrize("version", [-1, 10**38, "x", None, 1.5])
def test_a_version_that_counts_nothing_is_refused(version):
    with pytest.raises(InvalidArgument, match="version"):
        a_specimen(version=version)


def test_behaviour_does_not_touch_the_version():
    stored = a_specimen().at_version(7)

    assert stored.evolve(name="Beryl").version == 7


def test_an_entity_at_another_version_is_the_same_otherwise():
    specimen = a_specimen(words=("a",))

    assert specimen.at_version(3) == specimen.evolve(version=3)
    assert specimen.version == 0


def test_an_entity_without_a_text_is_listed_by_its_id():
    assert Entity(id="b").sort_key == "\0b"


def test_an_entity_is_listed_by_its_folded_text_then_its_id():
    assert Specimen(id="b", name="Ámber").sort_key == "amber\0b"
    assert Specimen(id="a", name="AMBER").sort_key < Specimen(id="b", name="amber").sort_key


def test_the_first_200_folded_characters_count_for_a_place_in_a_listing():
    specimen = Specimen(id="a", name="\ufdfa" * 100)

    text, _, id = specimen.sort_key.partition("\0")

    assert (len(text), id) == (MAX_SORT_TEXT, "a")


@given(texts, texts)
def test_a_name_stands_before_every_longer_name_that_begins_with_it(start, end):
    shorter, longer = Specimen(id="z", name=f"a{start}"), Specimen(id="a", name=f"a{start}b{end}")

    assert shorter.sort_key < longer.sort_key
