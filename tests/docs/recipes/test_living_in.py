"""What is promised of the members of a city, on every adapter."""

from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from contextlib import contextmanager
from datetime import UTC
from datetime import datetime
from functools import partial
from typing import Any
from unittest.mock import patch

import pytest
from ulid import ULID

from domain.kernel.errors import InvalidArgument
from domain.kernel.errors import InvalidCursor
from domain.kernel.errors import Misconfigured
from domain.kernel.repository import Everything
from infrastructure.container import Container
from infrastructure.kernel.dynamodb import administration
from infrastructure.kernel.dynamodb import schema
from infrastructure.kernel.dynamodb.store import Store
from infrastructure.kernel.dynamodb.table import Table
from infrastructure.kernel.memory.store import Store as InMemoryStore
from tests.docs.recipes.living_in import TABLE
from tests.docs.recipes.living_in import DynamoDBMemberRepository
from tests.docs.recipes.living_in import InMemoryMemberRepository
from tests.docs.recipes.living_in import MemberRepository
from tests.docs.recipes.living_in import add_index
from tests.docs.recipes.members import DYNAMODB
from tests.docs.recipes.members import a_member
from tests.docs.recipes.members import kept
from tests.docs.recipes.members import on_dynamodb
from tests.kernel.builders.events import an_event


def walk(
    members: MemberRepository, city: str, *, limit: int, between: Callable[[], object] = lambda: None
) -> list[str]:
    """The names of all members of a city, page by page; `between` runs after each page."""
    page = members.living_in(city, limit=limit)
    names = [member.name for member in page.items]
    while page.has_more:
        between()
        page = members.living_in(city, limit=limit, cursor=page.next_cursor)
        assert len(page.items) <= limit
        names += [member.name for member in page.items]
    return names


@contextmanager
def in_memory(store: InMemoryStore) -> Iterator[MemberRepository]:
    yield InMemoryMemberRepository(store)


@contextmanager
def in_a_table_with_the_index(store: Store) -> Iterator[MemberRepository]:
    with a_table(store.table.client, TABLE) as table:
        yield DynamoDBMemberRepository(Store(table, shards=1, now=partial(datetime.now, UTC)))


@contextmanager
def a_table(client: Any, schema_of_it: Mapping[str, Any]) -> Iterator[Table]:
    """A table of its own, made as it is made when that is `schema.TABLE`."""
    table = Table(client, f"test-{ULID()}")
    with patch.object(administration, "TABLE", schema_of_it), patch.object(schema, "TABLE", schema_of_it):
        administration.create(table)
        yield table
        administration.delete(table)


class TestMembersOfACity:
    """The contract of `MemberRepository`, beyond that of every repository."""

    @pytest.fixture
    def members(self, container: Container) -> Iterator[MemberRepository]:
        with kept(container, memory=in_memory, dynamodb=in_a_table_with_the_index) as members:
            yield members

    @pytest.mark.parametrize("limit", [1, 3, 100])
    def test_they_are_found_once_each_in_the_order_of_the_listing(self, members, limit):
        names = ["Zoë", "Ärne", "ann", "Bea", "Cid", "ANN"]
        of_leeds = [members.add(a_member(name)) for name in names]
        members.put_many(a_member(name, city=city) for name in names for city in ("York", "leeds", "Leeds U"))

        assert walk(members, "Leeds", limit=limit) == [
            member.name for member in sorted(of_leeds, key=lambda member: member.sort_key)
        ]

    def test_who_moves_or_leaves_is_no_longer_among_them(self, members):
        stays, moves, leaves, dies = (members.add(a_member(name)) for name in ("Ann", "Bea", "Cid", "Dan"))

        members.save(moves.evolve(city="York"))
        members.remove(leaves)
        members.remove(dies, an_event(dies))

        assert walk(members, "Leeds", limit=10) == [stays.name]
        assert walk(members, "York", limit=10) == [moves.name]

    def test_who_stays_is_seen_once_whatever_the_others_do(self, members):
        moving = [members.add(a_member(f"A {number}")) for number in range(5)]
        staying = [members.add(a_member(f"B {number}")).name for number in range(6)]

        def disturb() -> None:
            if moving:
                members.save(moving.pop().evolve(city="York"))
            members.add(a_member("C"))

        seen = walk(members, "Leeds", limit=2, between=disturb)

        assert [seen.count(name) for name in staying] == [1] * len(staying)

    def test_nobody_lives_where_nobody_does(self, members):
        page = members.living_in("Leeds", limit=10)

        assert (page.items, page.has_more) == ((), False)

    def test_a_cursor_serves_no_other_query(self, members):
        members.put_many(a_member(f"Number {number}") for number in range(4))
        cursor = members.living_in("Leeds", limit=2).next_cursor

        with pytest.raises(InvalidCursor):
            members.living_in("York", limit=2, cursor=cursor)
        with pytest.raises(InvalidCursor):
            members.page(Everything(), limit=2, cursor=cursor)
        with pytest.raises(InvalidCursor):
            members.living_in("Leeds", limit=2, cursor=f"{cursor}A")

    def test_no_city_and_an_impossible_limit_are_refused(self, members):
        for call in (partial(members.living_in, "", limit=10), partial(members.living_in, "Leeds", limit=501)):
            with pytest.raises(InvalidArgument):
                call()


@pytest.mark.parametrize("adapter", DYNAMODB, ids=lambda adapter: adapter.name, indirect=True)
def test_the_index_is_added_to_a_table_in_use(container: Container):
    with a_table(on_dynamodb(container).table.client, schema.TABLE) as table:
        members = DynamoDBMemberRepository(Store(table, shards=1, now=partial(datetime.now, UTC)))
        members.add(a_member("Ann"))
        with patch.object(schema, "TABLE", TABLE):
            with pytest.raises(Misconfigured, match="no index by-city"):
                administration.require_shape(table)

            add_index(table)

            administration.require_shape(table)
        assert walk(members, "Leeds", limit=10) == ["Ann"]
