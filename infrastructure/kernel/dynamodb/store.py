"""The store port, kept in a table."""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from datetime import datetime
from importlib import import_module
from types import MappingProxyType
from typing import Any
from typing import TypeVar
from weakref import WeakKeyDictionary

from domain.kernel.change import Change
from domain.kernel.entity import E
from domain.kernel.entity import Entity
from domain.kernel.entity import other_form
from domain.kernel.errors import TooLarge
from domain.kernel.errors import Unreadable
from domain.kernel.listing import Place
from domain.kernel.listing import Query
from domain.kernel.listing import id_at
from infrastructure.kernel.dynamodb.answers import parsed
from infrastructure.kernel.dynamodb.codec import Item
from infrastructure.kernel.dynamodb.codec import joined
from infrastructure.kernel.dynamodb.codec import quoted
from infrastructure.kernel.dynamodb.commit import Commit
from infrastructure.kernel.dynamodb.errors import Oversized
from infrastructure.kernel.dynamodb.listing import positions
from infrastructure.kernel.dynamodb.mapper import Mapper
from infrastructure.kernel.dynamodb.reading import Answer
from infrastructure.kernel.dynamodb.reading import AnswerReader
from infrastructure.kernel.dynamodb.schema import WRITE
from infrastructure.kernel.dynamodb.schema import Index
from infrastructure.kernel.dynamodb.sizes import MAX_ITEM_BYTES
from infrastructure.kernel.dynamodb.sizes import require_size
from infrastructure.kernel.dynamodb.speed import to_json
from infrastructure.kernel.dynamodb.table import Table
from infrastructure.kernel.dynamodb.writes import Writer
from infrastructure.kernel.ids import new_mark
from infrastructure.kernel.store import Found
from infrastructure.kernel.store import Read
from infrastructure.kernel.store import Segment
from infrastructure.kernel.store import Store
from infrastructure.kernel.store import Stretch
from infrastructure.kernel.store import Token

# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
MAX_BATCH_GET = 100
# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html
MAX_BATCH_WRITE = 25
MAX_BATCH_BYTES = 16 * 1024 * 1024 // 12
"""How many bytes the items of one BatchWriteItem have together, unless it is only one. It takes 16 MB of JSON, which may
have 11 times the bytes of an item: an empty text in a list takes 1 byte there, and 11 in JSON."""

T = TypeVar("T")


class DynamoDBStore(Store):
    """A table, and how each kind of aggregate is kept in it. Some kinds, by their names, have tables of their `own`."""

    name = "DynamoDB"

    def __init__(
        self,
        table: Table,
        *,
        shards: Sequence[int] = (1,),
        now: Callable[[], datetime],
        own: Mapping[str, Table] = MappingProxyType({}),
    ) -> None:
        self.table = table
        self._own = own
        self._shards = shards
        self._mappers: dict[type[Entity], Mapper[Any]] = {}
        self._kept: dict[type[Entity], tuple[Mapper[Any], AnswerReader[Any], Table]] = {}
        self._names: dict[type[Entity], str] = {}
        self._writer = Writer(self._names, self._mappers, now)
        self._commits: WeakKeyDictionary[Token, Commit] = WeakKeyDictionary()
        """What each unit of work has sent, for as long as it is held by somebody who may commit it again."""

    @property
    def indexes(self) -> list[Index]:
        """Those that the listings of the kinds without a table of their own are kept in."""
        return self.indexes_of(self.table)

    def indexes_of(self, table: Table) -> list[Index]:
        """Those that the listings of all kinds in that table are kept in."""
        return sorted({index for mapper in self.mappers_in().get(table, ()) for index in mapper.indexes})

    def mappers_in(self, kinds: Iterable[type[Entity]] | None = None) -> dict[Table, list[Mapper[Any]]]:
        """The mappers of these kinds, or of all, by the tables that they are kept in; a table without any is left out."""
        kept: dict[Table, list[Mapper[Any]]] = {}
        for mapper, _, table in (self._kept[kind] for kind in (self._kept if kinds is None else kinds)):
            kept.setdefault(table, []).append(mapper)
        return {table: kept[table] for table in (self.table, *self._own.values()) if table in kept}

    @property
    def apart(self) -> dict[str, Table]:
        """The tables of single kinds, by what the keys of their items begin with."""
        return {mapper.prefix: table for mapper, _, table in self._kept.values() if table is not self.table}

    def table_of(self, kind: type[Entity]) -> Table:
        """The table in which that kind is kept."""
        return self._own.get(kind.__name__, self.table)

    def register(self, kind: type[E], type_name: str, *, listed: bool = True) -> Mapper[E]:
        """Makes the mapper of `kind`, and keeps it for reads and writes. Without `listed`, the kind has no pages."""
        mapper = Mapper(kind, type_name, self._shards if listed else ())
        table = self.table_of(kind)
        self._mappers[kind], self._names[kind] = mapper, quoted(table.name)
        self._kept[kind] = mapper, AnswerReader(mapper, table.name), table
        return mapper

    def mapper_of(self, key: Item) -> Mapper[Any] | None:
        """The mapper of the kind whose entity has that key, if there is one."""
        return next((mapper for mapper in self._mappers.values() if mapper.owns(key)), None)

    def read(self, kind: type[E], ids: Sequence[str], *, consistent: bool) -> Read[E]:
        mapper, reader, table = self._kept[kind]
        consistently = "true" if consistent else "false"
        if len(ids) == 1:
            key = joined(mapper.key_json(ids[0]))
            request = {"TableName": quoted(table.name), "Key": key, "ConsistentRead": consistently}
            answer = table.read("GetItem", joined(request), reader.get)
            return Read({entity.id: entity for entity in answer.entities}, {e.id: e for e in answer.unreadable})
        found: dict[str, E] = {}
        unreadable: dict[str, Unreadable] = {}

        def take(answer: Answer[E]) -> Sequence[str]:
            found.update({entity.id: entity for entity in answer.entities})
            unreadable.update({error.id: error for error in answer.unreadable})
            return answer.left

        table.in_batches(
            "BatchGetItem",
            in_groups({id: joined(mapper.key_json(id)) for id in ids}, MAX_BATCH_GET),
            ask=lambda keys: joined({"Keys": f"[{','.join(keys.values())}]", "ConsistentRead": consistently}),
            take=lambda answer: take(reader.batch(answer)),
        )
        return Read(found, unreadable)

    def write(self, changes: Sequence[Change[Any]], token: Token | None = None) -> Sequence[Change[Any]]:
        if token is None:
            [change] = changes
            _, _, table = self._kept[type(change.entity)]
            return Commit(table, self._writer, changes, None).make(is_in_doubt=False)
        commit = self._commits.get(token)
        if commit is None:
            commit = self._commits[token] = Commit(self.table, self._writer, changes, token.id)
        return commit.make(is_in_doubt=token.is_in_doubt)

    def find(self, kind: type[E], query: Query, *, limit: int, after: str | None) -> Found[E]:
        mapper, _, table = self._kept[kind]
        index, shards = mapper.layouts[query.listing][0][0], mapper.shards(query.listing, query.partition)
        listed, next_after = positions(table, index, shards, query, limit=limit, after=after)
        ids = [id_at(position) for position in listed]
        found, unreadable = self.read(kind, ids, consistent=False) if ids else Read[E]({})
        # The index lags behind: what was moved or removed since is not where the index says.
        items = tuple(
            found[id]
            for id, position in zip(ids, listed, strict=True)
            if id in found and _is_at(position, found[id], query, index, shards)
        )
        return Found(items, next_after, {id: unreadable[id] for id in ids if id in unreadable})

    def stretch(self, kinds: Sequence[type[Entity]], segment: Segment, after: str | None) -> Stretch:
        scanning = import_module("infrastructure.kernel.dynamodb.scanning")  # only commands of operators scan
        stretch: Stretch = scanning.scan(self.mappers_in(kinds), segment, after, main=self.table)
        return stretch

    def put(self, kind: type[E], entities: Sequence[E]) -> None:
        mapper, _, table = self._kept[kind]
        puts: dict[str, str] = {}
        sizes: dict[str, int] = {}
        for entity in entities:
            item = {**mapper.item(entity), WRITE: to_json(mapper.write_id(new_mark()))}
            puts[entity.id] = request = joined({"PutRequest": joined({"Item": joined(item)})})
            sizes[entity.id] = len(request)
            require_size(mapper.name, entity, item, at_most=len(request))
        try:
            self._write_batches(table, mapper, in_groups(puts, MAX_BATCH_WRITE, sizes))
        except Oversized as exc:
            raise TooLarge(mapper.name, max(sizes, key=sizes.__getitem__), size=None, limit=MAX_ITEM_BYTES) from exc

    def drop(self, kind: type[E], ids: Sequence[str]) -> None:
        mapper, _, table = self._kept[kind]
        deletes = {id: joined({"DeleteRequest": joined({"Key": joined(mapper.key_json(id))})}) for id in ids}
        self._write_batches(table, mapper, in_groups(deletes, MAX_BATCH_WRITE))

    def _write_batches(self, table: Table, mapper: Mapper[Any], batches: Iterable[dict[str, str]]) -> None:
        def take(answer: bytes) -> list[str]:
            with parsed(answer) as content:
                left = content["UnprocessedItems"].get(table.name, ())
                keys = (
                    request.get("PutRequest", {}).get("Item") or request["DeleteRequest"]["Key"] for request in left
                )
                return [mapper.id(key) for key in keys]

        table.in_batches(
            "BatchWriteItem",
            batches,
            ask=lambda batch: f"[{','.join(batch.values())}]",
            take=take,
        )


def _is_at(position: str, entity: Entity, query: Query, index: Index, shards: Sequence[str]) -> bool:
    """Whether `entity` is listed there, which another release may have done by fields that this one does not have."""
    if (form := other_form(entity)) is None:
        return query.listing.place(entity) == Place(query.partition, position)
    partition, sort = (form.stored.get(key) for key in (index.partition, index.sort))
    return sort == {"S": position} and partition in [{"S": shard} for shard in shards]


def in_groups(
    requests: Mapping[str, T], count: int, sizes: Mapping[str, int] = MappingProxyType({})
) -> Iterator[dict[str, T]]:
    """The requests, by id, at most `count` at a time, and of no more bytes than one BatchWriteItem takes for sure."""
    group: dict[str, T] = {}
    total = 0
    for id, request in requests.items():
        total += sizes.get(id, 0)
        if group and (len(group) == count or total > MAX_BATCH_BYTES):
            yield group
            group, total = {}, sizes.get(id, 0)
        group[id] = request
    if group:
        yield group
