"""Cursors: opaque, bound to their listing, and never mistaken for another."""

import base64
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.kernel.errors import InvalidCursor
from domain.kernel.repository import Everything
from domain.kernel.repository import NameContains
from domain.kernel.repository import NamePrefix
from infrastructure.kernel.cursors import decode_cursor
from infrastructure.kernel.cursors import encode_cursor
from tests.kernel.service.domain import Crate
from tests.kernel.service.domain import Specimen

EVERYTHING = Everything()
DECLARED = (Specimen.of_text("a"), Specimen.of_text("b"), Specimen.of_crate("a"), Specimen.by_amount())
positions = st.text(st.characters(codec="utf-8"))


@given(positions, st.sampled_from([EVERYTHING, NamePrefix("man"), NameContains("man"), *DECLARED]))
def test_a_cursor_gives_back_what_was_put_in(position, query):
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


def test_a_cursor_of_another_format_is_refused():
    sealed = bytearray(base64.urlsafe_b64decode(encode_cursor(Specimen, EVERYTHING, "abc") + "=="))
    sealed[0] += 1

    with pytest.raises(InvalidCursor):
        decode_cursor(Specimen, EVERYTHING, base64.urlsafe_b64encode(sealed).decode().rstrip("="))
