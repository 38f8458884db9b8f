"""A write for which there is no room beside what this release does not know in the item."""

import pytest

from domain.kernel.errors import TooLarge
from domain.kernel.errors import Unavailable
from tests.kernel.builders.specimens import a_specimen
from tests.kernel.infrastructure.dynamodb.network import answering
from tests.kernel.infrastructure.dynamodb.network import lose_the_request
from tests.kernel.service.domain import Specimen

LIMIT = 400 * 1024
too_large = answering(400, "ValidationException", message="Item size to update has exceeded the maximum allowed size")


@pytest.fixture
def stored(raw, table, specimens):
    """A specimen, beside 390 KB of somebody else's."""
    stored = specimens.add(a_specimen())
    raw.update_item(
        TableName=table.name,
        Key={"pk": {"S": f"SPECIMEN#{stored.id}"}, "sk": {"S": "#"}},
        UpdateExpression="SET somebody_elses = :text",
        ExpressionAttributeValues={":text": {"S": "x" * 390 * 1024}},
    )
    return stored


def test_a_save_that_there_is_no_room_for_is_too_large(specimens, stored):
    with pytest.raises(TooLarge) as refused:
        specimens.save(stored.evolve(text="x" * 30_000))

    assert (refused.value.id, refused.value.size, refused.value.limit) == (stored.id, None, LIMIT)


def test_a_commit_that_there_is_no_room_for_is_too_large_and_changes_nothing(container, specimens, stored):
    other = a_specimen()

    with pytest.raises(TooLarge) as refused, container.unit_of_work() as work:
        work.of(Specimen).add(other)
        work.of(Specimen).save(stored.evolve(text="x" * 30_000))
        work.commit()

    assert (refused.value.id, refused.value.limit) == (stored.id, LIMIT)
    assert specimens.get_many([stored.id, other.id]) == [stored]


@pytest.mark.parametrize("how", ["alone", "in-a-unit-of-work"])
def test_a_write_without_an_answer_may_have_been_made_before_there_was_no_room(remote, network, how):
    specimen = a_specimen().at_version(1)
    network.will(lose_the_request, too_large)

    with pytest.raises(Unavailable) as unknown:
        if how == "alone":
            remote.specimens.save(specimen)
        else:
            work = remote.unit_of_work()
            work.of(Specimen).save(specimen)
            work.commit()

    assert unknown.value.maybe_applied
