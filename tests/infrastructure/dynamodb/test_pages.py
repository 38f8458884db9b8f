"""What a page of the listing costs, and how it is put together."""

import pytest

from domain.repository import Everything
from domain.repository import NameContains
from domain.repository import NamePrefix
from infrastructure.dynamodb import listing
from tests.builders.sponsors import a_sponsor
from tests.builders.sponsors import renamed
from tests.contracts.repository import walk
from tests.infrastructure.dynamodb.network import Network


@pytest.fixture
def place(raw, table):
    """Puts an entry into the listing for which there is nothing, or nothing any more, to be listed."""

    def place(position, id="nobody"):
        item = {
            "pk": {"S": f"SPONSOR#{id}"},
            "sk": {"S": f"stale {position}"},
            "_list": {"S": "SPONSOR#0"},
            "_position": {"S": position},
        }
        raw.put_item(TableName=table.name, Item=item)

    return place


def by_name(sponsors):
    return sorted(sponsors, key=lambda sponsor: sponsor.sort_key)


def test_a_page_costs_one_query_and_a_read_per_hundred(connect, raw):
    remote = connect(dynamodb_listing_shards=1)
    network = Network(remote.table.client, raw)
    stored = [a_sponsor(f"Number {number:03d}") for number in range(120)]
    remote.sponsors.put_many(stored)

    for limit, reads in ((1, 1), (100, 1), (101, 2), (500, 2)):
        network.sent.clear()

        page = remote.sponsors.page(Everything(), limit=limit)

        assert page.items == tuple(sponsor.at_version(1) for sponsor in stored[:limit])
        assert sorted(network.operations()) == ["BatchGetItem"] * reads + ["Query"]


def test_no_call_scans(remote, network):
    stored = remote.sponsors.add(a_sponsor())
    remote.sponsors.save(remote.sponsors.get(stored.id))
    remote.sponsors.put_many([a_sponsor() for _ in range(3)])

    for query in (Everything(), NamePrefix("north"), NameContains("rail")):
        assert len(list(walk(remote.sponsors, query, limit=2))) == 4

    assert "Scan" not in network.operations()


def test_every_call_can_report_what_it_consumed(table, sponsors, container, monkeypatch):
    reported = []
    monkeypatch.setattr(table, "report", lambda operation, answer: reported.append((operation, answer)))

    stored = sponsors.add(a_sponsor())
    sponsors.save(sponsors.get(stored.id))
    sponsors.page(Everything(), limit=10)
    container.persistence().check()

    assert {"put_item", "get_item", "update_item", "query"} <= {operation for operation, _ in reported}
    assert "scan" not in {operation for operation, _ in reported}
    silent = {operation for operation, answer in reported if "ConsumedCapacity" not in answer}
    assert silent <= {"batch_get_item"}  # of which ministack does not tell


def test_a_page_that_finds_little_reads_no_further_than_it_may(connect, raw, monkeypatch):
    monkeypatch.setattr(listing, "MAX_READ", 20)
    remote = connect(dynamodb_listing_shards=1)
    network = Network(remote.table.client, raw)
    remote.sponsors.put_many(a_sponsor(f"Miss {number:03d}") for number in range(90))
    hits = [a_sponsor("Miss 010 hit"), a_sponsor("Miss 085 hit")]
    remote.sponsors.put_many(hits)

    page = remote.sponsors.page(NameContains("hit"), limit=5)
    pages = [page]
    while page.has_more:
        network.sent.clear()
        page = remote.sponsors.page(NameContains("hit"), limit=5, cursor=page.next_cursor)
        pages.append(page)
        assert sum(sent.parameters["Limit"] for sent in network.sent if sent.operation == "Query") <= 20

    assert [len(page.items) for page in pages] == [1, 0, 0, 0, 1]
    assert [item for page in pages for item in page.items] == [hit.at_version(1) for hit in hits]


def test_a_bounded_walk_over_shards_is_complete_and_in_order(connect, monkeypatch):
    monkeypatch.setattr(listing, "MAX_READ", 7)
    sharded = connect(dynamodb_listing_shards=3)
    stored = [a_sponsor(f"{'Hit' if number % 9 == 0 else 'Miss'} {number:03d}") for number in range(80)]
    sharded.sponsors.put_many(stored)

    found = list(walk(sharded.sponsors, NameContains("hit"), limit=3))

    assert found == [sponsor.at_version(1) for sponsor in by_name(stored) if "Hit" in sponsor.name]


def test_shards_are_merged_in_order(connect, raw):
    sharded = connect(dynamodb_listing_shards=3)
    stored = [a_sponsor(f"Number {number:02d}") for number in range(40)]
    sharded.sponsors.put_many(stored)

    listed = list(walk(sharded.sponsors, Everything(), limit=7))

    entries = raw.scan(TableName=sharded.table.name, IndexName="listing")["Items"]
    assert {entry["_list"]["S"] for entry in entries} == {f"SPONSOR#{shard}" for shard in range(3)}
    assert listed == [sponsor.at_version(1) for sponsor in stored]


def test_shards_can_be_added_while_there_are_entities_and_walks(connect):
    before, after = connect(dynamodb_listing_shards=1), connect(dynamodb_listing_shards=3)
    stored = [before.sponsors.add(a_sponsor(f"Number {number:02d}")) for number in range(9)]
    cursor = before.sponsors.page(Everything(), limit=3).next_cursor

    rest = after.sponsors.page(Everything(), limit=10, cursor=cursor)
    saved = [after.sponsors.save(sponsor) for sponsor in stored]

    assert list(rest.items) == stored[3:]
    assert list(walk(after.sponsors, Everything(), limit=4)) == saved


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
def test_a_prefix_at_the_edge_of_unicode_finds_all_of_its_own_and_no_other(sponsors, prefix, names):
    others = ("b", "\ue000", "\U00010000", "a\ud7ff", "a\ue000", "ab", *(("a",) if prefix != "a" else ()))
    sponsors.put_many(a_sponsor(name) for name in {*others, *names})

    found = [sponsor.name for sponsor in walk(sponsors, NamePrefix(prefix), limit=2)]

    assert found == sorted(names)


def test_no_prefix_makes_a_text_that_dynamodb_would_refuse(remote, network):
    for prefix in ("\ud7ff", "\ud7ff\U0010ffff", "\U0010ffff" * 200, "é" * 200):
        remote.sponsors.page(NamePrefix(prefix), limit=1)

    bounds = [value["S"] for sent in network.sent for value in sent.parameters["ExpressionAttributeValues"].values()]
    assert all(1 <= len(bound.encode()) <= 1024 for bound in bounds)


def test_an_entry_left_behind_by_a_rename_is_dropped(sponsors, place):
    stored = sponsors.add(a_sponsor("Before"))
    saved = sponsors.save(renamed(stored).rename("Now"))
    place(stored.sort_key, stored.id)
    place(saved.rename("Elsewhere").sort_key, stored.id)

    assert sponsors.page(Everything(), limit=10).items == (saved,)
    assert sponsors.page(NamePrefix("bef"), limit=10).items == ()
    assert list(walk(sponsors, Everything(), limit=1)) == [saved]


def test_an_entry_left_behind_by_a_removal_is_dropped(sponsors, place):
    stored, gone = sponsors.add(a_sponsor("Stays")), a_sponsor("Gone")
    place(gone.sort_key, gone.id)

    assert sponsors.page(Everything(), limit=10).items == (stored,)


def test_an_entry_that_is_none_of_this_service_harms_no_page(sponsors, place):
    stored = sponsors.add(a_sponsor("Stays"))
    for position in ("no separator", "two\0separators\0x", "an odd id\0a/b#c", "ends\0", "\0"):
        place(position)

    assert sponsors.page(Everything(), limit=10).items == (stored,)
    assert list(walk(sponsors, Everything(), limit=1)) == [stored]
