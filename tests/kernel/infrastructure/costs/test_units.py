"""Units by the rules of AWS. The examples are those of its pages, which the module under test names."""

import pytest

from infrastructure.kernel.costs.units import CONSISTENTLY
from infrastructure.kernel.costs.units import EVENTUALLY
from infrastructure.kernel.costs.units import IN_TRANSACTION
from infrastructure.kernel.costs.units import Index
from infrastructure.kernel.costs.units import Units
from infrastructure.kernel.costs.units import read_units
from infrastructure.kernel.costs.units import write_units
from infrastructure.kernel.dynamodb.codec import Item
from infrastructure.kernel.dynamodb.sizes import size

KB = 1024


def an_item(bytes: float) -> Item:
    """An item of that size."""
    item = {"a": {"S": "x" * (int(bytes) - 1)}}
    assert size(item) == int(bytes)
    return item


@pytest.mark.parametrize(
    ("sizes", "per_block", "units"),
    [
        ([4 * KB], CONSISTENTLY, 1),
        ([4 * KB], EVENTUALLY, 0.5),
        ([4 * KB], IN_TRANSACTION, 2),
        ([4 * KB + 1], CONSISTENTLY, 2),
        ([3500], CONSISTENTLY, 1),
        ([8 * KB], CONSISTENTLY, 2),
        ([8 * KB], EVENTUALLY, 1),
        ([8 * KB], IN_TRANSACTION, 4),
        ([10 * KB], CONSISTENTLY, 12 / 4),
        ([4.08 * KB] * 10, CONSISTENTLY, 44 / 4),
        ([64] * 1500, CONSISTENTLY, 96 / 4),
        ([2000] * 8, EVENTUALLY, 2),
        ([], CONSISTENTLY, 1),
        ([], EVENTUALLY, 0.5),
        ([], IN_TRANSACTION, 2),
    ],
)
def test_a_read_rounds_the_sum_of_what_it_looks_at_up_to_4_kb(sizes, per_block, units):
    assert read_units(map(an_item, sizes), per_block=per_block) == units


@pytest.mark.parametrize(
    ("old", "new", "units"),
    [
        (None, 1 * KB, 1),
        (None, 1 * KB + 1, 2),
        (None, 500, 1),
        (None, 3.5 * KB, 4),
        (None, 1.6 * KB, 2),
        (1.6 * KB, None, 2),
        (300 * KB, 310 * KB, 310),
        (310 * KB, 300 * KB, 310),
        (None, None, 1),
    ],
)
def test_a_write_is_as_large_as_the_larger_of_the_old_and_the_new_item(old, new, units):
    before, after = (None if bytes is None else an_item(bytes) for bytes in (old, new))

    assert write_units(before, after) == units


KEYS_ONLY = Index(("by", "at"), frozenset({"id", "by", "at"}))
ALL = Index(("by", "at"), None)
PARTLY = Index(("by",), frozenset({"id", "by", "name"}))
LISTED = {"id": {"S": "1"}, "by": {"S": "x"}, "at": {"N": "1"}, "name": {"S": "a"}}
MOVED = {**LISTED, "at": {"N": "2"}}
RENAMED = {**LISTED, "name": {"S": "b"}}
UNLISTED = {"id": {"S": "1"}, "at": {"N": "1"}, "name": {"S": "a"}}


@pytest.mark.parametrize(
    ("index", "old", "new", "units"),
    [
        (KEYS_ONLY, None, LISTED, 1),
        (KEYS_ONLY, UNLISTED, LISTED, 1),
        (KEYS_ONLY, LISTED, MOVED, 2),
        (KEYS_ONLY, LISTED, UNLISTED, 1),
        (KEYS_ONLY, LISTED, None, 1),
        (KEYS_ONLY, None, UNLISTED, 0),
        (KEYS_ONLY, UNLISTED, {**UNLISTED, "name": {"S": "b"}}, 0),
        (KEYS_ONLY, LISTED, RENAMED, 0),
        (KEYS_ONLY, LISTED, LISTED, 0),
        (ALL, LISTED, RENAMED, 1),
        (ALL, LISTED, MOVED, 2),
        (PARTLY, LISTED, RENAMED, 1),
        (PARTLY, LISTED, MOVED, 0),
    ],
)
def test_an_index_is_written_if_an_entry_comes_goes_moves_or_has_another_content(index, old, new, units):
    assert write_units(old, new, [index]) - write_units(old, new) == units
    assert write_units(old, new, [index, index]) - write_units(old, new) == 2 * units


def test_large_entries_of_an_index_take_more_units():
    small, large = ({**LISTED, "name": {"S": "x" * length}} for length in (10, 2 * KB))

    assert write_units(None, large, [ALL]) == 3 + 3
    assert write_units(None, large, [KEYS_ONLY]) == 3 + 1
    assert write_units(large, small, [ALL]) == 3 + 3
    assert write_units(large, {**small, "at": {"N": "2"}}, [ALL]) == 3 + 3 + 1


def test_units_add_up():
    assert Units(0.5, 2).plus(Units(1, 3)) == Units(1.5, 5)
