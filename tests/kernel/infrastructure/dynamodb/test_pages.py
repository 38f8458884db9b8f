"""What a page of the listing costs, and how it is put together."""

import pytest

from domain.kernel.repository import Everything
from domain.kernel.repository import NameContains
from domain.kernel.repository import NamePrefix
from domain.kernel.text import fold
from infrastructure.kernel.dynamodb import listing
from tests.kernel.builders.crates import a_crate
from tests.kernel.builders.crates import renamed
from tests.kernel.contracts.base import walk
from tests.kernel.infrastructure.dynamodb.network import Network


@pytest.fixture
def place(raw, table, index):
    """Puts an entry into the listing for which there is nothing, or nothing any more, to be listed."""

    def place(position, id="nobody"):
        item = {
            "pk": {"S": f"CRATE#{id}"},
            "sk": {"S": f"stale {position}"},
            index.partition: {"S": "CRATE#0"},
            "_position": {"S": position},
        }
        raw.put_item(TableName=table.name, Item=item)

    return place


def position(crate):
    return f"{fold(crate.name)}\0{crate.id}"


def by_name(crates):
    return sorted(crates, key=position)


def test_a_page_costs_one_query_and_a_read_per_hundred(connect, raw):
    remote = connect(dynamodb_listing_shards="1")
    network = Network(remote.table)
    stored = [a_crate(f"Number {number:03d}") for number in range(120)]
    remote.crates.put_many(stored)

    for limit, read, reads in (
        (1, "GetItem", 1),
        (100, "BatchGetItem", 1),
        (101, "BatchGetItem", 2),
        (500, "BatchGetItem", 2),
    ):
        network.sent.clear()

        page = remote.crates.page(Everything(), limit=limit)

        assert page.items == tuple(crate.at_version(1) for crate in stored[:limit])
        assert sorted(network.operations()) == [read] * reads + ["Query"]


def test_no_call_scans(remote, network):
    stored = remote.crates.add(a_crate())
    remote.crates.save(remote.crates.get(stored.id))
    remote.crates.put_many([a_crate() for _ in range(3)])

    for query in (Everything(), NamePrefix("north"), NameContains("rail")):
        assert len(list(walk(remote.crates, query, limit=2))) == 4

    assert "Scan" not in network.operations()


def test_every_call_can_report_what_it_consumed(table, crates, container, monkeypatch):
    reported = []
    monkeypatch.setattr(table, "report", lambda operation, answer: reported.append((operation, answer)))

    stored = crates.add(a_crate())
    crates.save(crates.get(stored.id))
    crates.page(Everything(), limit=10)
    container.persistence().check()

    assert {"PutItem", "GetItem", "UpdateItem", "Query"} <= {operation for operation, _ in reported}
    assert "Scan" not in {operation for operation, _ in reported}
    silent = {operation for operation, answer in reported if "ConsumedCapacity" not in answer}
    assert silent <= {"BatchGetItem"}  # of which ministack does not tell


def test_a_page_that_finds_little_reads_no_further_than_it_may(connect, raw, monkeypatch):
    monkeypatch.setattr(listing, "MAX_READ", 20)
    remote = connect(dynamodb_listing_shards="1")
    network = Network(remote.table)
    remote.crates.put_many(a_crate(f"Miss {number:03d}") for number in range(90))
    hits = [a_crate("Miss 010 hit"), a_crate("Miss 085 hit")]
    remote.crates.put_many(hits)

    page = remote.crates.page(NameContains("hit"), limit=5)
    pages = [page]
    while page.has_more:
        network.sent.clear()
        page = remote.crates.page(NameContains("hit"), limit=5, cursor=page.next_cursor)
        pages.append(page)
        assert sum(sent.parameters["Limit"] for sent in network.sent if sent.operation == "Query") <= 20

    assert [len(page.items) for page in pages] == [1, 0, 0, 0, 1]
    assert [item for page in pages for item in page.items] == [hit.at_version(1) for hit in hits]


def test_a_bounded_walk_over_shards_is_complete_and_in_order(connect, monkeypatch):
    monkeypatch.setattr(listing, "MAX_READ", 7)
    sharded = connect(dynamodb_listing_shards="3")
    stored = [a_crate(f"{'Hit' if number % 9 == 0 else 'Miss'} {number:03d}") for number in range(80)]
    sharded.crates.put_many(stored)

    found = list(walk(sharded.crates, NameContains("hit"), limit=3))

    assert found == [crate.at_version(1) for crate in by_name(stored) if "Hit" in crate.name]


def test_shards_are_merged_in_order(connect, raw):
    sharded = connect(dynamodb_listing_shards="3")
    stored = [a_crate(f"Number {number:02d}") for number in range(40)]
    sharded.crates.put_many(stored)

    listed = list(walk(sharded.crates, Everything(), limit=7))

    entries = raw.scan(TableName=sharded.table.name, IndexName="listing_3")["Items"]
    assert {entry["_list_3"]["S"] for entry in entries} == {f"CRATE#{shard}" for shard in range(3)}
    assert listed == [crate.at_version(1) for crate in stored]


@pytest.mark.parametrize(
    ("prefix", "names"),
    [
        ("\U0010ffff", ["\U0010ffff", "\U0010ffffa", "\U0010ffff" * 100]),
        ("a\U0010ffff", ["a\U0010ffff", "a\U0010ffff\U0010ffffb"]),
        ("\ud7ff", ["\ud7ff", "\ud7ff\U0010ffff"]),
        ("\uffff", ["\uffff", "\uffff z"]),
        ("a", ["a", "a\ud7ff", "a\ue000", "a\U0010ffff", "a\U0010ffff\U0010ffffb", "ab"]),
    ],
    ids=["last", "after-a", "before-the-surrogates", "last-of-the-plane", "all-of-a"],
)
def test_a_prefix_at_the_edge_of_unicode_finds_all_of_its_own_and_no_other(crates, prefix, names):
    others = ("b", "\ue000", "\U00010000", "a\ud7ff", "a\ue000", "ab", *(("a",) if prefix != "a" else ()))
    crates.put_many(a_crate(name) for name in {*others, *names})

    found = [crate.name for crate in walk(crates, NamePrefix(prefix), limit=2)]

    assert found == sorted(names)


def test_no_prefix_makes_a_text_that_dynamodb_would_refuse(remote, network):
    for prefix in ("\ud7ff", "\ud7ff\U0010ffff", "\U0010ffff" * 200, "é" * 200):
        remote.crates.page(NamePrefix(prefix), limit=1)

    bounds = [value["S"] for sent in network.sent for value in sent.parameters["ExpressionAttributeValues"].values()]
    assert all(1 <= len(bound.encode()) <= 1024 for bound in bounds)


def test_an_entry_left_behind_by_a_rename_is_dropped(crates, place):
    stored = crates.add(a_crate("Before"))
    saved = crates.save(renamed(stored).rename("Now"))
    place(position(stored), stored.id)
    place(position(saved.rename("Elsewhere")), stored.id)

    assert crates.page(Everything(), limit=10).items == (saved,)
    assert crates.page(NamePrefix("bef"), limit=10).items == ()
    assert list(walk(crates, Everything(), limit=1)) == [saved]


def test_an_entry_left_behind_by_a_removal_is_dropped(crates, place):
    stored, gone = crates.add(a_crate("Stays")), a_crate("Gone")
    place(position(gone), gone.id)

    assert crates.page(Everything(), limit=10).items == (stored,)


def test_an_entry_that_is_none_of_this_service_harms_no_page(crates, place):
    stored = crates.add(a_crate("Stays"))
    for junk in ("no separator", "two\0separators\0x", "an odd id\0a/b#c", "ends\0", "\0"):
        place(junk)

    assert crates.page(Everything(), limit=10).items == (stored,)
    assert list(walk(crates, Everything(), limit=1)) == [stored]
