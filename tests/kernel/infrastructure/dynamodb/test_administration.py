"""Making the table, judging it, deleting it."""

import pytest

from domain.kernel.errors import Misconfigured
from domain.kernel.errors import Unavailable
from infrastructure.kernel.dynamodb.administration import create
from infrastructure.kernel.dynamodb.administration import delete
from infrastructure.kernel.dynamodb.administration import describe
from infrastructure.kernel.dynamodb.administration import require_shape
from infrastructure.kernel.dynamodb.schema import TABLE
from tests.kernel.builders.crates import a_crate
from tests.kernel.infrastructure.dynamodb.network import Network
from tests.kernel.infrastructure.dynamodb.network import answering
from tests.kernel.infrastructure.dynamodb.network import deliver
from tests.kernel.infrastructure.dynamodb.network import refuse_the_connection


def keys(partition, sort):
    return [{"AttributeName": partition, "KeyType": "HASH"}, {"AttributeName": sort, "KeyType": "RANGE"}]


def attributes(**types):
    return [{"AttributeName": name, "AttributeType": type} for name, type in types.items()]


def an_index(partition, sort):
    return [{"IndexName": "listing", "KeySchema": keys(partition, sort), "Projection": {"ProjectionType": "KEYS_ONLY"}}]


OF_STRINGS = {"pk": "S", "sk": "S", "_list": "S", "_position": "S"}
OTHER_SHAPES = {
    "other-keys": (
        {"KeySchema": keys("id", "sk"), "AttributeDefinitions": attributes(id="S", sk="S", _list="S", _position="S")},
        ["its keys are id (HASH), sk (RANGE), not pk (HASH), sk (RANGE)"],
    ),
    "no-sort-key": (
        {"KeySchema": keys("pk", "sk")[:1], "AttributeDefinitions": attributes(pk="S", _list="S", _position="S")},
        ["its keys are pk (HASH), not pk (HASH), sk (RANGE)"],
    ),
    "keys-of-another-type": (
        {"AttributeDefinitions": attributes(**OF_STRINGS | {"pk": "N"})},
        ["its key attribute pk is of type N, not S"],
    ),
    "no-index": (
        {"GlobalSecondaryIndexes": None, "AttributeDefinitions": attributes(pk="S", sk="S")},
        ["it has no index listing"],
    ),
    "an-index-of-other-keys": (
        {
            "GlobalSecondaryIndexes": an_index("kind", "_position"),
            "AttributeDefinitions": attributes(pk="S", sk="S", kind="S", _position="S"),
        },
        ["the keys of its index listing are kind (HASH), _position (RANGE), not _list (HASH), _position (RANGE)"],
    ),
    "no-stream": ({"StreamSpecification": None}, ["its stream shows nothing, not new and old images"]),
    "a-stream-of-less": (
        {"StreamSpecification": {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}},
        ["its stream shows KEYS_ONLY, not new and old images"],
    ),
    "nothing-right": (
        {
            "KeySchema": keys("id", "sk"),
            "AttributeDefinitions": attributes(id="S", sk="N"),
            "GlobalSecondaryIndexes": None,
            "StreamSpecification": None,
        },
        ["its keys are", "sk is of type N", "no index listing", "its stream shows nothing"],
    ),
}


def test_creating_makes_the_table_with_its_stream_and_time_to_live(fresh, raw):
    assert create(fresh) is True

    require_shape(fresh)
    assert describe(fresh)["StreamSpecification"] == TABLE["StreamSpecification"]
    assert raw.describe_time_to_live(TableName=fresh.name)["TimeToLiveDescription"] == {
        "TimeToLiveStatus": "ENABLED",
        "AttributeName": "_ttl",
    }


def test_creating_again_leaves_the_table_and_what_is_in_it(fresh, raw, connect):
    create(fresh)
    stored = connect(dynamodb_table=fresh.name).crates.add(a_crate())

    assert create(fresh) is False

    assert connect(dynamodb_table=fresh.name).crates.get(stored.id) == stored


def test_creating_turns_the_time_to_live_on_if_somebody_forgot(fresh, raw):
    raw.create_table(TableName=fresh.name, **TABLE)

    create(fresh)

    assert raw.describe_time_to_live(TableName=fresh.name)["TimeToLiveDescription"]["TimeToLiveStatus"] == "ENABLED"


def test_creating_waits_until_the_table_is_ready(connect, raw, waits, fresh):
    remote = connect(dynamodb_table=fresh.name)
    network = Network(remote.table.client, raw)
    being_made = answering(200, Table={"TableStatus": "CREATING"})
    network.will(deliver, being_made, being_made)

    create(remote.table)

    assert network.operations()[:4] == ["CreateTable"] + ["DescribeTable"] * 3
    assert waits == [1, 1]


@pytest.mark.parametrize("shape", OTHER_SHAPES)
def test_a_table_of_another_shape_is_a_wrong_setup_that_says_how_it_differs(fresh, raw, shape):
    changes, said = OTHER_SHAPES[shape]
    raw.create_table(TableName=fresh.name, **{name: value for name, value in {**TABLE, **changes}.items() if value})

    for judge in (create, require_shape):
        with pytest.raises(Misconfigured) as wrong:
            judge(fresh)
        assert fresh.name in str(wrong.value)
        assert [text for text in said if text not in str(wrong.value)] == []


def test_a_table_with_more_than_is_needed_will_do(fresh, raw):
    more = an_index("pk", "_list")[0] | {"IndexName": "of-the-owner"}
    indexes = [*TABLE["GlobalSecondaryIndexes"], more]
    raw.create_table(TableName=fresh.name, **{**TABLE, "GlobalSecondaryIndexes": indexes})

    require_shape(fresh)


@pytest.mark.parametrize("status", ["CREATING", "DELETING", "ARCHIVED"])
def test_a_table_that_is_not_active_does_not_serve(lonely_table, network_of_nobody, status):
    network_of_nobody.always(answering(200, Table={**TABLE, "TableStatus": status}))

    with pytest.raises(Misconfigured, match=f"it is {status}"):
        require_shape(lonely_table)


def test_deleting_leaves_no_table(fresh):
    create(fresh)

    delete(fresh)

    for call in (describe, require_shape, delete):
        with pytest.raises(Misconfigured, match=fresh.name):
            call(fresh)


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("AccessDeniedException", Misconfigured),
        ("ExpiredTokenException", Misconfigured),
        ("ThrottlingException", Unavailable),
    ],
)
def test_a_refusal_to_make_or_wait_for_a_table_is_told_as_any_other(lonely_table, network_of_nobody, code, error):
    network_of_nobody.always(answering(400, code))
    with pytest.raises(error):
        create(lonely_table)
    network_of_nobody.will(answering(200, TableDescription={}), *[answering(400, code)] * 4)
    with pytest.raises(error):
        create(lonely_table)


def test_a_table_that_takes_for_ever_is_unavailable(lonely_table, network_of_nobody):
    network_of_nobody.always(answering(200, Table={"TableStatus": "CREATING"}))

    with pytest.raises(Unavailable):
        create(lonely_table)


def test_an_answer_that_never_comes_while_waiting_is_unavailable(lonely_table, network_of_nobody):
    network_of_nobody.will(answering(200, TableDescription={}), *[refuse_the_connection] * 4)

    with pytest.raises(Unavailable):
        create(lonely_table)
