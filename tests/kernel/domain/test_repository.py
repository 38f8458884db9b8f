"""Queries and pages: values that say what to list."""

import pytest

from domain.kernel.errors import InvalidArgument
from domain.kernel.listing import Query
from domain.kernel.ordering import MAX_SORT_TEXT
from domain.kernel.repository import Everything
from domain.kernel.repository import NameContains
from domain.kernel.repository import NamePrefix
from domain.kernel.repository import Page
from tests.kernel.builders.specimens import a_specimen
from tests.kernel.service.domain import Specimen

text_queries = pytest.mark.parametrize("query", [NamePrefix, NameContains])


def means(query: Query, name: str) -> bool:
    place = query.listing.place(Specimen(id="s1", name=name))
    assert place is not None
    return place.position.startswith(query.prefix) and query.matches(place.position)


@text_queries
@pytest.mark.parametrize("text", ["", "\u0301", "\u0301\u0302" * 300], ids=ascii)
def test_a_text_of_which_nothing_is_left_is_refused(query, text):
    with pytest.raises(InvalidArgument, match="something left"):
        query(text)


@text_queries
@pytest.mark.parametrize("text", ["a\0", "\0", "\n", "a\x7fb", "\ud800"], ids=ascii)
def test_a_text_with_control_characters_is_refused(query, text):
    with pytest.raises(InvalidArgument, match="control characters"):
        query(text)


@text_queries
def test_a_text_of_a_thousand_characters_can_be_asked_for_and_no_longer_one(query):
    assert query("\u0301" * 999 + "x") == query("x")

    with pytest.raises(InvalidArgument, match="query: must have at most 1000 characters, not 58000"):
        query("x" * 58_000)


def test_everything_means_every_name():
    assert all(means(Everything(), name) for name in ("a", "\u0301", "\U0010ffff"))


def test_a_prefix_means_names_that_begin_with_it_whatever_their_case_and_accents():
    assert all(means(NamePrefix("mÄn"), name) for name in ("Man", "MÁNCHESTER", "ｍａｎ x"))
    assert not any(means(NamePrefix("mÄn"), name) for name in ("A man", "Ma", "Mbn"))


def test_a_part_means_names_that_hold_it_whatever_their_case_and_accents():
    assert all(means(NameContains("ünITED"), name) for name in ("Leeds United", "REÜNITED", "united"))
    assert not means(NameContains("united"), "Unite d")


def test_a_space_counts():
    assert means(NamePrefix("a b"), "A B")
    assert not means(NamePrefix("a "), "Ab")


def test_nothing_is_found_in_an_id():
    assert not means(NameContains("s1"), "Amber")


@text_queries
def test_the_first_200_folded_characters_of_a_text_count(query):
    name = "\ufdfa" * 100

    assert query("x" * (MAX_SORT_TEXT + 1)) == query("x" * MAX_SORT_TEXT)
    assert means(query(name), name)


@text_queries
def test_queries_of_the_same_text_are_equal_and_others_are_not(query):
    assert query("man") == query("man")
    assert hash(query("man")) == hash(query("man"))
    assert query("man") == query("MÁN")
    assert query("man") != query("men")


def test_queries_of_different_kinds_are_never_equal():
    queries = [Everything(), NamePrefix("man"), NameContains("man")]

    assert len(set(queries)) == 3
    assert Everything() == Everything()


def test_a_page_has_more_if_it_has_a_cursor_whatever_it_holds():
    assert Page[Specimen]((), "cursor").has_more
    assert not Page((a_specimen(),), None).has_more
