"""What a page costs in DynamoDB: the requests that are sent, and the read units of what they answer."""

import re
from collections import Counter
from collections.abc import Iterator
from math import ceil
from pathlib import Path
from typing import Any

import pytest

from domain.kernel.repository import Everything
from domain.kernel.repository import NamePrefix
from domain.kernel.repository import Repository
from infrastructure.container import Container
from infrastructure.kernel.dynamodb.sizes import size
from infrastructure.kernel.listing_shards import shards_of
from tests.docs.recipes.members import DYNAMODB
from tests.docs.recipes.members import Member
from tests.docs.recipes.members import a_member
from tests.docs.recipes.members import on_dynamodb

PAGE = Path(__file__).parents[3] / "docs" / "recipes" / "reading.md"

once_per_dynamodb = pytest.mark.parametrize("adapter", DYNAMODB, ids=lambda adapter: adapter.name, indirect=True)


@pytest.fixture
def answered(container: Container) -> Iterator[list[tuple[str, Any]]]:
    """Operation and answer of every request that is sent from here on."""
    answers: list[tuple[str, Any]] = []
    table = on_dynamodb(container).table
    table.report = lambda operation, answer: answers.append((operation, answer))
    yield answers
    table.report = None


def read_units(operation: str, answer: Any) -> float:
    """What the answer to an eventually consistent read costs, by the rules that docs/recipes/reading.md names."""
    if operation == "Query":
        return ceil(sum(map(size, answer["Items"])) / 4096) / 2
    return sum(ceil(size(item) / 4096) / 2 for items in answer["Responses"].values() for item in items)


@once_per_dynamodb
def test_a_page_costs_what_the_documentation_says(members: Repository[Member], answered, container):
    [shards] = shards_of(container.settings().dynamodb_listing_shards)
    members.put_many(a_member(f"Member {number:03d}") for number in range(510))
    table = re.findall(r"^\| (\d+) \| (\d+) \| (\d+) \| ([\d.]+) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    told = [(int(limit), int(queries), int(gets), float(units)) for limit, queries, gets, units in table]
    assert told

    for limit, queries, gets, units in told:
        answered.clear()
        page = members.page(NamePrefix("member"), limit=limit)
        requests = Counter(operation for operation, _ in answered)

        assert len(page.items) == limit
        assert requests.keys() == {"Query", "BatchGetItem"}
        assert requests["BatchGetItem"] == gets
        if shards == 1:
            assert requests["Query"] == queries
            assert sum(read_units(operation, answer) for operation, answer in answered) == units
        else:
            assert shards <= requests["Query"] <= 2 * shards


@once_per_dynamodb
def test_every_answer_tells_what_it_consumed(container: Container, members: Repository[Member]):
    persistence = on_dynamodb(container)

    reported = []
    persistence.table.report = lambda operation, answer: reported.append((operation, answer))
    for _ in range(2):
        members.add(a_member())
    members.page(Everything(), limit=10)

    assert {operation for operation, _ in reported} == {"PutItem", "Query", "BatchGetItem"}
    silent = {operation for operation, answer in reported if "ConsumedCapacity" not in answer}
    assert silent <= {"BatchGetItem"}  # of which ministack does not tell
