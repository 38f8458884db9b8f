"""aiodynamo, which is asynchronous, on httpx, and pydantic."""

import asyncio
from collections.abc import Coroutine
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from aiodynamo.client import Client
from aiodynamo.credentials import Credentials
from aiodynamo.expressions import F
from aiodynamo.expressions import HashKey
from aiodynamo.expressions import UpdateExpression
from aiodynamo.http.httpx import HTTPX
from aiodynamo.models import BatchGetRequest
from aiodynamo.operations import Put
from httpx import AsyncClient
from yarl import URL

from benchmarks.data import INDEX
from benchmarks.data import PAGE
from benchmarks.data import PARTITION
from benchmarks.data import TABLE
from benchmarks.plain import Basket
from benchmarks.plain import attributes
from benchmarks.plain import key
from benchmarks.plain import values
from benchmarks.variants import Variant

BATCH = 100


class Aiodynamo(Variant[Basket]):
    def __init__(self, endpoint: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._client = Client(HTTPX(AsyncClient()), Credentials.auto(), "eu-west-1", URL(endpoint))

    def make(self, values: Mapping[str, Any]) -> Basket:
        return Basket.model_validate(values)

    def plain(self, basket: Basket) -> Any:
        return basket.model_dump(mode="json")

    def get(self, id: str) -> Basket:
        return Basket.model_validate(values(self._run(self._client.get_item(TABLE, key(id)))))

    def get_many(self, ids: Sequence[str]) -> list[Basket]:
        found = self._run(self._fetch(ids))
        return [found[id] for id in ids]

    def page(self) -> list[Basket]:
        listed = self._run(self._client.query_single_page(TABLE, HashKey("_list", PARTITION), index=INDEX, limit=PAGE))
        return self.get_many([entry["pk"].partition("#")[2] for entry in listed.items])

    def put(self, basket: Basket) -> None:
        self._run(self._client.put_item(TABLE, _item(basket), condition=F("pk").does_not_exist()))

    def save(self, basket: Basket) -> None:
        written = attributes(basket.model_dump())
        changes: Any = [F(name).set(value) for name, value in written.items()]
        update: UpdateExpression = changes[0]
        for change in changes[1:]:
            update &= change
        self._run(
            self._client.update_item(TABLE, key(basket.id), update, condition=F("version").equals(basket.version))
        )

    def put_together(self, baskets: Sequence[Basket]) -> None:
        puts = [Put(TABLE, _item(basket), F("pk").does_not_exist()) for basket in baskets]
        self._run(self._client.transact_write_items(puts, request_token=str(uuid4())))

    def close(self) -> None:
        self._run(self._loop.shutdown_asyncgens())

    async def _fetch(self, ids: Sequence[str]) -> dict[str, Basket]:
        """All batches at once, as an asynchronous library can."""
        batches = [ids[start : start + BATCH] for start in range(0, len(ids), BATCH)]
        requests = ({TABLE: BatchGetRequest(keys=[key(id) for id in batch])} for batch in batches)
        answers = await asyncio.gather(*map(self._client.batch_get, requests))
        read = (Basket.model_validate(values(item)) for answer in answers for item in answer.items[TABLE])
        return {basket.id: basket for basket in read}

    def _run(self, call: Coroutine[Any, Any, Any]) -> Any:
        return self._loop.run_until_complete(call)


def _item(basket: Basket) -> dict[str, Any]:
    return {**key(basket.id), **attributes(basket.model_dump())}


def create(endpoint: str) -> Aiodynamo:
    return Aiodynamo(endpoint)
