"""Answers to reads, which are JSON, as entities."""

from collections.abc import Mapping
from collections.abc import Sequence
from contextlib import suppress
from functools import cached_property
from typing import Any
from typing import Generic
from typing import NamedTuple

from domain.kernel.entity import E
from domain.kernel.errors import Unreadable
from infrastructure.kernel.dynamodb.answers import parsed
from infrastructure.kernel.dynamodb.codec import native_item
from infrastructure.kernel.dynamodb.mapper import Mapper
from infrastructure.kernel.dynamodb.speed import create_reader


class Answer(NamedTuple, Generic[E]):
    """The entities that an answer has, the errors of those that cannot be read, and the ids that it leaves out."""

    entities: Sequence[E]
    unreadable: Sequence[Unreadable] = ()
    left: Sequence[str] = ()


class AnswerReader(Generic[E]):
    """Reads answers about entities of one kind.

    Its methods raise `NoAnswer` for an answer that has not the shape of one.
    """

    def __init__(self, mapper: Mapper[E], table: str) -> None:
        self._mapper = mapper
        self._table = table

    @cached_property
    def _fast(self) -> Any:
        with suppress(Exception):  # an owner's types may have anything in their schemas
            return create_reader and create_reader(self._mapper.kind, self._mapper.prefix)
        return None

    def get(self, answer: bytes) -> Answer[E]:
        """What GetItem has answered."""
        if self._fast is not None:
            with suppress(Exception):  # whatever is unusual is read again below, which says what is wrong
                entity = self._fast.get(answer)
                return Answer([] if entity is None else [entity])
        with parsed(answer) as content:
            return self._read([content["Item"]] if "Item" in content else [], {})

    def batch(self, answer: bytes) -> Answer[E]:
        """What BatchGetItem has answered."""
        if self._fast is not None:
            with suppress(Exception):
                entities, left = self._fast.batch(answer, self._table)
                return Answer(entities, (), self._ids(left))
        with parsed(answer) as content:
            left = content.get("UnprocessedKeys", {}).get(self._table, {})
            return self._read(content["Responses"].get(self._table, ()), left)

    def _read(self, items: Sequence[Any], left: Mapping[str, Any]) -> Answer[E]:
        entities: list[E] = []
        unreadable: list[Unreadable] = []
        for item in items:
            try:
                entity = self._mapper.entity(native_item(item))
            except Unreadable as exc:
                unreadable.append(exc)
            else:
                entities += [] if entity is None else [entity]
        return Answer(entities, unreadable, self._ids(left))

    def _ids(self, left: Mapping[str, Any]) -> list[str]:
        return [self._mapper.id(key) for key in left.get("Keys", ())]
