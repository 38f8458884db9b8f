"""Items that this release did not write: those of a newer release, of an older one, of other programs."""

from decimal import Decimal

import pytest

from domain.kernel.errors import AlreadyExists
from domain.kernel.errors import NotFound
from domain.kernel.errors import Unreadable
from domain.kernel.repository import Everything
from domain.kernel.text import fold
from tests.kernel.builders.crates import a_crate
from tests.kernel.builders.crates import renamed
from tests.kernel.builders.events import an_event
from tests.kernel.builders.specimens import a_specimen
from tests.kernel.service.domain import Crate
from tests.kernel.service.domain import Part
from tests.kernel.service.domain import Specimen


@pytest.fixture
def put(raw, table, index):
    """Puts an item of a crate, whole and sound but for `changes`; None leaves an attribute out."""

    def put(crate, **changes):
        attributes = {
            "pk": {"S": f"CRATE#{crate.id}"},
            "sk": {"S": "#"},
            "name": {"S": crate.name},
            "version": {"N": "1"},
            index.partition: {"S": "CRATE#0"},
            "_position": {"S": f"{fold(crate.name)}\0{crate.id}"},
            **changes,
        }
        raw.put_item(TableName=table.name, Item={name: value for name, value in attributes.items() if value})
        return crate.at_version(1)

    return put


@pytest.fixture
def item(raw, table):
    def item(crate):
        key = {"pk": {"S": f"CRATE#{crate.id}"}, "sk": {"S": "#"}}
        return raw.get_item(TableName=table.name, Key=key, ConsistentRead=True).get("Item")

    return item


NEWER = {"country": {"S": "IS"}, "_shard": {"N": "3"}, "contracts": {"L": [{"M": {"until": {"S": "2030-01-01"}}}]}}


def test_attributes_of_a_newer_release_are_left_aside(crates, put):
    stored = put(a_crate(), **NEWER)

    assert crates.get(stored.id) == stored
    assert crates.get_many([stored.id]) == [stored]
    assert crates.page(Everything(), limit=10).items == (stored,)


@pytest.mark.parametrize("events", [0, 1], ids=["without-events", "with-events"])
def test_attributes_of_a_newer_release_survive_a_save(crates, put, item, events):
    stored = put(a_crate(), **NEWER)

    crates.save(renamed(stored), *[an_event(stored)] * events)

    assert item(stored) | NEWER == item(stored)


def test_attributes_of_a_newer_release_survive_a_unit_of_work(container, put, item):
    saved, checked = put(a_crate(), **NEWER), put(a_crate(), **NEWER)

    with container.unit_of_work() as work:
        work.of(Crate).save(renamed(saved))
        work.of(Crate).check(checked)
        work.commit()

    assert item(saved) | NEWER == item(saved)
    assert item(checked) | NEWER == item(checked)


def test_bulk_writes_replace_whole_items(crates, put, item):
    stored = put(a_crate(), **NEWER)

    crates.put_many([stored])

    assert not NEWER.keys() & item(stored).keys()


def test_fields_that_an_older_release_did_not_know_have_their_defaults(raw, table, specimens):
    specimen = Specimen(id="old", name="Old")
    key = {"pk": {"S": "SPECIMEN#old"}, "sk": {"S": "#"}}
    raw.put_item(TableName=table.name, Item={**key, "name": {"S": "Old"}, "version": {"N": "1"}})

    stored = specimens.get("old")

    assert stored == specimen.at_version(1)
    assert specimens.save(stored.evolve(number=1)) == specimens.get("old", consistent=True)


def test_unknown_fields_of_nested_values_are_ignored(raw, table, specimens):
    part = Part(label="x", weight=Decimal(1), parts=(Part(label="y", weight=Decimal(2)),))
    stored = specimens.add(a_specimen(part=part, parts=(part,)))
    raw.update_item(
        TableName=table.name,
        Key={"pk": {"S": f"SPECIMEN#{stored.id}"}, "sk": {"S": "#"}},
        UpdateExpression="SET #part.#new = :new, #parts[0].#parts[0].#new = :new",
        ExpressionAttributeNames={"#part": "part", "#parts": "parts", "#new": "colour"},
        ExpressionAttributeValues={":new": {"S": "blue"}},
    )

    assert specimens.get(stored.id, consistent=True) == stored


def test_an_item_without_any_attribute_of_ours_is_read_like_one_with(crates, put, index):
    stored = put(a_crate(), **{index.partition: None, index.sort: None})

    assert crates.get(stored.id) == stored
    assert crates.save(renamed(stored)).version == 2
    assert [crate.id for crate in crates.page(Everything(), limit=10).items] == [stored.id]


def test_a_number_in_another_notation_is_the_same_number(raw, table, specimens):
    key = {"pk": {"S": "SPECIMEN#odd"}, "sk": {"S": "#"}}
    numbers = {"number": {"N": "1E+3"}, "amount": {"N": "-0.50"}, "ratio": {"N": "3"}}
    raw.put_item(TableName=table.name, Item={**key, **numbers, "name": {"S": "Odd"}, "version": {"N": "1"}})

    stored = specimens.get("odd")

    assert (stored.number, stored.amount, stored.ratio) == (1000, Decimal("-0.5"), 3.0)


def test_native_sets_are_read(raw, table, specimens):
    key = {"pk": {"S": "SPECIMEN#set"}, "sk": {"S": "#"}}
    sets = {"tags": {"SS": ["b", "a"]}, "numbers": {"NS": ["2", "-1"]}, "blobs": {"BS": [b"x", b"y"]}}
    raw.put_item(TableName=table.name, Item={**key, **sets, "name": {"S": "Set"}, "version": {"N": "1"}})

    stored = specimens.get("set")

    assert (stored.tags, stored.numbers, stored.blobs) == ({"a", "b"}, {2, -1}, {b"x", b"y"})


BROKEN = {
    "no version": ("version", {"version": None}),
    "version 0": ("version", {"version": {"N": "0"}}),
    "a negative version": ("version", {"version": {"N": "-1"}}),
    "half a version": ("version", {"version": {"N": "1.5"}}),
    "a version of text": ("version", {"version": {"S": "1"}}),
    "a version of nothing": ("version", {"version": {"NULL": True}}),
    "no name": ("name", {"name": None}),
    "a name of a number": ("name", {"name": {"N": "5"}}),
    "a name of a list": ("name", {"name": {"L": [{"S": "x"}]}}),
    "a name of a map": ("name", {"name": {"M": {"S": {"S": "x"}}}}),
    "a name that is too long": ("name", {"name": {"S": "x" * 101}}),
    "a name with control characters": ("name", {"name": {"S": "a\0b"}}),
}
broken = pytest.mark.parametrize(("field", "changes"), BROKEN.values(), ids=[name.replace(" ", "-") for name in BROKEN])


@broken
def test_what_breaks_a_rule_cannot_be_read_and_harms_nothing_else(container, crates, put, item, field, changes):
    sound, unsound = crates.add(a_crate()), put(a_crate(), **changes)
    before = item(unsound)

    for read in (
        lambda: crates.get(unsound.id),
        lambda: crates.get_many([sound.id, unsound.id]),
        lambda: container.unit_of_work().of(Crate).get(unsound.id),
    ):
        with pytest.raises(Unreadable) as unreadable:
            read()
        assert (unreadable.value.kind, unreadable.value.id) == ("Crate", unsound.id)
        assert unreadable.value.rule.startswith(f"{field}: ")

    page = crates.page(Everything(), limit=10)
    assert (page.items, page.unreadable) == ((sound,), (unsound.id,))
    assert crates.get_many([sound.id]) == [sound]
    assert item(unsound) == before


@pytest.mark.parametrize("version", [None, {"N": "0"}, {"N": "1.5"}, {"S": "1"}], ids=["none", "0", "half", "text"])
def test_a_write_on_an_item_without_a_usable_version_says_so_and_changes_nothing(crates, put, item, version):
    unsound = put(a_crate(), version=version)
    before = item(unsound)

    for write in (
        lambda: crates.save(renamed(unsound)),
        lambda: crates.remove(unsound),
        lambda: crates.remove(unsound, an_event(unsound)),
    ):
        with pytest.raises(Unreadable):
            write()
    with pytest.raises(AlreadyExists):
        crates.add(unsound.at_version(0))

    assert item(unsound) == before


def test_what_cannot_be_read_can_be_overwritten_and_cleaned_away(crates, put):
    first, second = put(a_crate(), version=None), put(a_crate(), name=None)

    crates.put_many([first])
    crates.remove_many([second.id])

    assert crates.page(Everything(), limit=10).items == (first,)


def test_a_tombstone_is_nothing_whatever_else_it_says(crates, put):
    gone = put(a_crate(), _gone={"BOOL": True}, version=None)

    assert crates.get_many([gone.id]) == []
    assert crates.page(Everything(), limit=10).items == ()
    with pytest.raises(NotFound):
        crates.get(gone.id)
    assert crates.add(gone.at_version(0)) == gone


def test_an_item_of_no_known_life_is_saved_and_removed_by_its_version(crates, put, item):
    saved, removed = put(a_crate()), put(a_crate())

    crates.save(renamed(crates.get(saved.id, consistent=True)))
    crates.remove(crates.get(removed.id, consistent=True))

    assert crates.get_many([saved.id, removed.id]) == [renamed(saved).at_version(2)]
    assert not {"_life"} & (item(saved).keys() | item(removed).keys())


def test_items_under_the_keys_of_an_entity_that_belong_to_it_are_not_it(crates, put, index):
    below = put(a_crate(), sk={"S": "CONTRACT#1"}, **{index.partition: None, index.sort: None})

    assert crates.get_many([below.id]) == []
    with pytest.raises(NotFound):
        crates.save(below)
