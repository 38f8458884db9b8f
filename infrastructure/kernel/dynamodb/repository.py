"""The repository port, kept in DynamoDB."""

import logging
from collections.abc import Iterable
from collections.abc import Mapping
from typing import Any

from ulid import ULID

from domain.kernel.change import Change
from domain.kernel.change import as_put
from domain.kernel.entity import E
from domain.kernel.errors import Unreadable
from domain.kernel.events import Event
from domain.kernel.listing import Place
from domain.kernel.listing import Query
from domain.kernel.listing import id_at
from domain.kernel.preconditions import require_id
from domain.kernel.preconditions import require_limit
from domain.kernel.preconditions import require_listing
from domain.kernel.repository import Page
from domain.kernel.repository import Repository
from infrastructure.kernel.cursors import decode_cursor
from infrastructure.kernel.cursors import encode_cursor
from infrastructure.kernel.dynamodb.codec import Item
from infrastructure.kernel.dynamodb.codec import encode
from infrastructure.kernel.dynamodb.codec import size
from infrastructure.kernel.dynamodb.errors import Refused
from infrastructure.kernel.dynamodb.listing import find
from infrastructure.kernel.dynamodb.schema import WRITE
from infrastructure.kernel.dynamodb.store import Store
from infrastructure.kernel.dynamodb.store import failures
from infrastructure.kernel.dynamodb.writes import require_size

logger = logging.getLogger(__name__)

# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
MAX_BATCH_GET = 100
# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html
MAX_BATCH_WRITE = 25


class DynamoDBRepository(Repository[E]):
    """The items of one kind in a table. `type_name` begins their keys; it is never changed once there are some."""

    type_name: str

    def __init__(self, store: Store) -> None:
        self._store = store
        self._table = store.table
        self._mapping = store.register(self.kind, self.type_name)

    def add(self, entity: E, *events: Event) -> E:
        return self._write(Change.add(self.kind, entity, events))

    def get(self, id: str, *, consistent: bool = False) -> E:
        return self._store.get(self.kind, id, consistent=consistent)

    def get_many(self, ids: Iterable[str]) -> list[E]:
        wanted = list(ids)
        for id in wanted:
            require_id(id)
        found, unreadable = self._read(wanted)
        if unreadable:
            raise Unreadable.together(list(unreadable.values()))
        return [found[id] for id in wanted if id in found]

    def _read(self, ids: list[str]) -> tuple[dict[str, E], dict[str, Unreadable]]:
        """The entities of `ids`, and what is wrong with those that cannot be read, by id."""
        found: dict[str, E] = {}
        unreadable: dict[str, Unreadable] = {}

        def fetch(keys: Mapping[str, Item]) -> list[str]:
            requested = {self._table.name: {"Keys": list(keys.values())}}
            answer = self._table.call("batch_get_item", RequestItems=requested)
            for item in answer["Responses"].get(self._table.name, ()):
                try:
                    entity = self._mapping.entity(item)
                except Unreadable as exc:
                    logger.error("%s", exc)  # noqa: TRY400  # the traceback would quote what is stored
                    unreadable[exc.id] = exc
                    continue
                if entity is not None:
                    found[entity.id] = entity
            unprocessed = answer.get("UnprocessedKeys", {}).get(self._table.name, {})
            return [self._mapping.id(key) for key in unprocessed.get("Keys", ())]

        self._table.in_batches({id: self._mapping.key(id) for id in ids}, MAX_BATCH_GET, fetch)
        return found, unreadable

    def save(self, entity: E, *events: Event) -> E:
        return self._write(Change.save(self.kind, entity, events))

    def remove(self, entity: E, *events: Event) -> None:
        self._write(Change.remove(self.kind, entity, events))

    def page(self, query: Query, *, limit: int, cursor: str | None = None) -> Page[E]:
        require_limit(limit)
        require_listing(self.kind, query)
        after = None if cursor is None else decode_cursor(self.kind, query, cursor)
        index, shards = self._mapping.indexes[query.listing], self._mapping.shards(query.listing, query.partition)
        listed = find(self._table, index, shards, query, limit=limit, after=after)
        ids = [id_at(position) for position in listed.positions]
        found, unreadable = self._read(ids)
        # The index lags behind: what was moved or removed since is not where the index says.
        is_there = {query.listing.place(entity): entity for entity in found.values()}
        places = (Place(query.partition, position) for position in listed.positions)
        items = tuple(is_there[place] for place in places if place in is_there)
        next_cursor = None if listed.after is None else encode_cursor(self.kind, query, listed.after)
        return Page(items, next_cursor, tuple(id for id in ids if id in unreadable))

    def put_many(self, entities: Iterable[E]) -> None:
        puts: dict[str, dict[str, Any]] = {}
        for entity in entities:
            item = {**self._mapping.item(as_put(self.kind, entity)), WRITE: encode(str(ULID()))}
            require_size(self._mapping, entity, size(item))
            puts[entity.id] = {"PutRequest": {"Item": item}}
        self._table.in_batches(puts, MAX_BATCH_WRITE, self._write_batch)

    def remove_many(self, ids: Iterable[str]) -> None:
        deletes: dict[str, dict[str, Any]] = {}
        for id in ids:
            require_id(id)
            deletes[id] = {"DeleteRequest": {"Key": self._mapping.key(id)}}
        self._table.in_batches(deletes, MAX_BATCH_WRITE, self._write_batch)

    def _write(self, change: Change[E]) -> E:
        writes = [self._store.plan(change, str(ULID()))]
        while writes:
            [write] = writes
            try:
                self._table.call(write.operation, **write.request)
                break
            except Refused as exc:
                writes = self._store.plan_again(writes, exc)
                for failure in failures([write], exc):
                    raise failure.error from exc
        stored: E = write.change.stored
        return stored

    def _write_batch(self, requests: Mapping[str, dict[str, Any]]) -> list[str]:
        """Sends one batch; returns the ids of what DynamoDB did not take."""
        requested = {self._table.name: list(requests.values())}
        answer = self._table.call("batch_write_item", RequestItems=requested)
        unprocessed = answer.get("UnprocessedItems", {}).get(self._table.name, ())
        keys = (request.get("PutRequest", {}).get("Item") or request["DeleteRequest"]["Key"] for request in unprocessed)
        return [self._mapping.id(key) for key in keys]
