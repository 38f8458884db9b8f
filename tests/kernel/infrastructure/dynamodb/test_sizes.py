"""What DynamoDB cannot hold is refused before anything is sent."""

from datetime import UTC
from datetime import datetime

import pytest

from domain.kernel.errors import TooLarge
from infrastructure.kernel.dynamodb.sizes import size
from infrastructure.kernel.dynamodb.store import DynamoDBStore
from infrastructure.kernel.unit_of_work import StoredUnitOfWork
from tests.kernel.builders.events import Happened
from tests.kernel.builders.events import events
from tests.kernel.builders.specimens import a_specimen
from tests.kernel.infrastructure.dynamodb.network import answering
from tests.kernel.service.domain import Specimen
from tests.kernel.service.repositories import DynamoDBSpecimenRepository

ITEM = 400 * 1024
TRANSACTION = 4 * 1024 * 1024
LARGE = "x" * ITEM


@pytest.fixture
def store(lonely_table, network_of_nobody):
    network_of_nobody.always(answering(200, UnprocessedItems={}))
    return DynamoDBStore(lonely_table, now=lambda: datetime(2026, 1, 31, tzinfo=UTC))


@pytest.fixture
def repository(store):
    return DynamoDBSpecimenRepository(store)


@pytest.fixture
def work(store, repository):
    return StoredUnitOfWork(store)


def refusal(call, *arguments):
    with pytest.raises(TooLarge) as refused:
        call(*arguments)
    return refused.value


def grown(specimen, bytes):
    return specimen.evolve(text=specimen.text + "x" * bytes)


def room_in(repository, specimen, *events):
    """How many bytes `specimen` may grow by."""
    return ITEM + ITEM - refusal(repository.add, grown(specimen, ITEM), *events).size


def test_an_item_over_the_limit_is_refused_by_every_write_and_nothing_is_sent(repository, work, network_of_nobody):
    new, small = a_specimen(text=LARGE), a_specimen()
    stored = new.at_version(1)

    refusals = [
        refusal(repository.add, new),
        refusal(repository.save, stored),
        refusal(repository.put_many, [small, new]),
    ]
    work.of(Specimen).add(small)
    work.of(Specimen).save(stored)
    refusals.append(refusal(work.commit))
    refusals.append(refusal(work.commit))

    assert {(error.kind, error.id, error.limit) for error in refusals} == {("Specimen", new.id, ITEM)}
    assert all(error.size > ITEM for error in refusals)
    assert network_of_nobody.sent == []


@pytest.mark.parametrize("text", ["x", "é", "🏟"])
def test_an_item_at_the_limit_passes_and_one_byte_more_does_not(repository, network_of_nobody, text):
    specimen = a_specimen(text=text * 1000)
    room = room_in(repository, specimen)

    repository.add(grown(specimen, room))

    assert size(network_of_nobody.sent[0].parameters["Item"]) == ITEM
    assert refusal(repository.add, grown(specimen, room + 1)).size == ITEM + 1


def test_events_take_their_share(repository, network_of_nobody):
    specimen = a_specimen(text="x" * 300_000)
    large = events(Happened, specimen, what="T" * 150_000)

    refused = refusal(repository.add, specimen, large)

    assert refused.size > 450_000
    assert network_of_nobody.sent == []


def test_events_of_a_removal_can_be_too_large_though_the_entity_is_not(repository, network_of_nobody):
    specimen = a_specimen(text=LARGE).at_version(1)

    repository.remove(specimen, events(Happened, specimen, what="Fits"))
    refusal(repository.remove, specimen, events(Happened, specimen, what=LARGE))

    assert network_of_nobody.operations() == ["PutItem"]


def test_a_removal_needs_no_room(repository, work, network_of_nobody):
    specimen = a_specimen(text=LARGE).at_version(1)

    repository.remove(specimen)
    repository.remove_many([specimen.id])
    work.of(Specimen).remove(specimen)
    work.of(Specimen).check(a_specimen(text=LARGE).at_version(1))
    work.commit()

    assert network_of_nobody.operations() == ["PutItem", "BatchWriteItem", "TransactWriteItems"]


def test_a_transaction_over_the_limit_is_refused_whole_and_names_its_largest(work, network_of_nobody):
    specimens = [a_specimen(text="x" * 390_000) for _ in range(11)]
    largest = grown(specimens[4], 1000)
    for specimen in (*specimens[:4], largest, *specimens[5:]):
        work.of(Specimen).add(specimen)

    refused = refusal(work.commit)

    assert (refused.kind, refused.id, refused.limit) == ("Specimen", largest.id, TRANSACTION)
    assert refused.size > TRANSACTION
    assert network_of_nobody.sent == []


def test_a_transaction_at_the_limit_passes_and_one_byte_more_does_not(repository, store, work, network_of_nobody):
    specimens = [a_specimen(text="x" * 300_000) for _ in range(13)]
    too_much = grown(specimens[0], room_in(repository, specimens[0]))
    measuring = StoredUnitOfWork(store)
    for specimen in (too_much, *specimens[1:], other := a_specimen(text="x" * 390_000)):
        measuring.of(Specimen).add(specimen)
    over = refusal(measuring.commit).size - TRANSACTION
    fitting = other.evolve(text=other.text[over:])

    for specimen in (too_much, *specimens[1:], fitting):
        work.of(Specimen).add(specimen)
    work.commit()

    [sent] = network_of_nobody.sent
    items = [action["Put"]["Item"] for action in sent.parameters["TransactItems"]]
    assert sum(size(item) for item in items) == TRANSACTION


def test_events_count_in_a_transaction(work, network_of_nobody):
    for specimen in [a_specimen(text="x" * 200_000) for _ in range(11)]:
        work.of(Specimen).add(specimen, events(Happened, specimen, what="T" * 190_000))

    assert refusal(work.commit).limit == TRANSACTION
    assert network_of_nobody.sent == []


@pytest.mark.parametrize("how", ["alone", "in-bulk", "in-a-unit-of-work"])
def test_an_item_near_the_limit_is_stored_and_read(specimens, container, how):
    specimen = a_specimen(text="é" * 200_000)

    match how:
        case "alone":
            specimens.add(specimen)
        case "in-bulk":
            specimens.put_many([specimen])
        case "in-a-unit-of-work":
            work = container.unit_of_work()
            work.of(Specimen).add(specimen)
            work.commit()

    assert specimens.get(specimen.id, consistent=True) == specimen.at_version(1)


def test_a_set_of_somebody_elses_is_as_large_as_its_members():
    assert size({"s": {"SS": ["ab", "c"]}, "n": {"NS": ["1", "22"]}, "b": {"BS": [b"abcd"]}}) == (1 + 3) + (1 + 5) + (
        1 + 4
    )
