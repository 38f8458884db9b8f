"""Cursors: opaque, bound to their listing, and never mistaken for another."""

import base64
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.kernel.errors import InvalidCursor
from domain.kernel.listable import MAX_POSITION
from domain.kernel.repository import Everything
from domain.kernel.repository import NameContains
from domain.kernel.repository import NamePrefix
from infrastructure.kernel.cursors import decode_cursor
from infrastructure.kernel.cursors import encode_cursor
from tests.kernel.service.domain import Crate
from tests.kernel.service.domain import Specimen

EVERYTHING = Everything()
DECLARED = (Specimen.of_text("a"), Specimen.of_text("b"), Specimen.of_crate("a"), Specimen.by_amount())
ids = st.text(st.sampled_from("09AZaz_-"), min_size=1, max_size=64)
positions = st.builds("{}\0{}".format, st.text(st.characters(codec="utf-8"), max_size=200), ids)


@given(positions, st.sampled_from([EVERYTHING, NamePrefix("man"), NameContains("man"), *DECLARED]))
def test_a_cursor_gives_back_what_was_put_in(position, query):
    position = query.prefix + position
    cursor = encode_cursor(Specimen, query, position)

    assert decode_cursor(Specimen, query, cursor) == position


@given(positions)
def test_a_cursor_can_stand_in_an_address_as_it_is(position):
    cursor = encode_cursor(Specimen, EVERYTHING, position)

    assert cursor.replace("-", "").replace("_", "").isalnum()
    assert cursor.isascii()


@given(positions, st.data())
def test_a_cursor_with_any_character_changed_added_or_lost_is_refused(position, data):
    cursor = encode_cursor(Specimen, EVERYTHING, position)
    place = data.draw(st.integers(0, len(cursor) - 1))
    instead = data.draw(st.text(st.sampled_from("AZaz09-_+/= \n\0é\ud800"), max_size=2))
    damaged = cursor[:place] + instead + cursor[place + 1 :]

    if damaged != cursor:
        with pytest.raises(InvalidCursor):
            decode_cursor(Specimen, EVERYTHING, damaged)


@pytest.mark.parametrize(
    "junk", ["", "A", "=", "x" * 9999, "\0", "é", "\ud800", "AAAA" * 9], ids=lambda s: ascii(s)[:9]
)
def test_what_never_was_a_cursor_is_refused(junk):
    with pytest.raises(InvalidCursor):
        decode_cursor(Specimen, EVERYTHING, junk)


def test_a_cursor_of_another_query_or_kind_is_refused():
    queries = (EVERYTHING, NamePrefix("man"), NamePrefix("ma"), NameContains("man"), *DECLARED)

    for one, other in permutations([*((Specimen, query) for query in queries), (Crate, EVERYTHING)], 2):
        with pytest.raises(InvalidCursor):
            decode_cursor(*other, encode_cursor(*one, "man\0s1"))


def test_a_cursor_at_the_longest_position_is_taken():
    position = f"{chr(0x10FFFF) * 239}{'x' * 3}\0{'s' * 64}"

    assert len(position.encode()) == MAX_POSITION
    assert decode_cursor(Specimen, EVERYTHING, encode_cursor(Specimen, EVERYTHING, position)) == position


@pytest.mark.parametrize(
    "position",
    ["", f"{'x' * MAX_POSITION}\0s", f"{'é' * 600}\0s"],
    ids=lambda position: ascii(position)[:9],
)
def test_a_forged_cursor_at_a_place_that_no_key_can_hold_is_refused(position):
    with pytest.raises(InvalidCursor):
        decode_cursor(Specimen, EVERYTHING, encode_cursor(Specimen, EVERYTHING, position))


@pytest.mark.parametrize("position", ["mam\0s1", "n\0s1", "ma\0s1"], ids=ascii)
def test_a_forged_cursor_at_a_place_that_the_query_does_not_read_is_refused(position):
    query = NamePrefix("man")

    with pytest.raises(InvalidCursor):
        decode_cursor(Specimen, query, encode_cursor(Specimen, query, position))


def test_a_cursor_of_another_format_is_refused():
    sealed = bytearray(base64.urlsafe_b64decode(encode_cursor(Specimen, EVERYTHING, "a\0bc") + "=="))
    sealed[0] += 1

    with pytest.raises(InvalidCursor):
        decode_cursor(Specimen, EVERYTHING, base64.urlsafe_b64encode(sealed).decode().rstrip("="))
