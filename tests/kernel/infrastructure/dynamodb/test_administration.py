"""Making the table, judging it, deleting it."""

from functools import partial

import pytest

from domain.kernel.errors import Misconfigured
from domain.kernel.errors import Unavailable
from infrastructure.kernel.dynamodb.administration import create
from infrastructure.kernel.dynamodb.administration import delete
from infrastructure.kernel.dynamodb.administration import describe
from infrastructure.kernel.dynamodb.administration import require_shape
from infrastructure.kernel.dynamodb.schema import description
from infrastructure.kernel.dynamodb.schema import listing_index
from tests.kernel.builders.crates import a_crate
from tests.kernel.infrastructure.dynamodb.network import Network
from tests.kernel.infrastructure.dynamodb.network import answering
from tests.kernel.infrastructure.dynamodb.network import deliver
from tests.kernel.infrastructure.dynamodb.network import refuse_the_connection
from tests.kernel.service.domain import Specimen

INDEXES = [listing_index(0)]
MORE_INDEXES = [listing_index(number) for number in range(3)]
TABLE = description(INDEXES)


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
    assert create(fresh, INDEXES) == ["table"]

    require_shape(fresh, INDEXES)
    assert describe(fresh)["StreamSpecification"] == TABLE["StreamSpecification"]
    assert raw.describe_time_to_live(TableName=fresh.name)["TimeToLiveDescription"] == {
        "TimeToLiveStatus": "ENABLED",
        "AttributeName": "_ttl",
    }


def test_creating_again_leaves_the_table_and_what_is_in_it(fresh, raw, connect):
    create(fresh, INDEXES)
    stored = connect(dynamodb_table=fresh.name).crates.add(a_crate())

    assert create(fresh, INDEXES) == []

    assert connect(dynamodb_table=fresh.name).crates.get(stored.id) == stored


def test_creating_turns_the_time_to_live_on_if_somebody_forgot(fresh, raw):
    raw.create_table(TableName=fresh.name, **TABLE)

    create(fresh, INDEXES)

    assert raw.describe_time_to_live(TableName=fresh.name)["TimeToLiveDescription"]["TimeToLiveStatus"] == "ENABLED"


def test_creating_waits_until_the_table_is_ready(connect, raw, waits, fresh):
    remote = connect(dynamodb_table=fresh.name)
    network = Network(remote.table)
    being_made = answering(200, Table={"TableStatus": "CREATING"})
    network.will(deliver, being_made, being_made)

    create(remote.table, INDEXES)

    assert network.operations()[:4] == ["CreateTable"] + ["DescribeTable"] * 3
    assert waits == [1, 2]


@pytest.mark.parametrize("shape", OTHER_SHAPES)
def test_a_table_of_another_shape_is_a_wrong_setup_that_says_how_it_differs(fresh, raw, shape):
    changes, said = OTHER_SHAPES[shape]
    raw.create_table(TableName=fresh.name, **{name: value for name, value in {**TABLE, **changes}.items() if value})

    with pytest.raises(Misconfigured, match=fresh.name) as wrong:
        require_shape(fresh, INDEXES)

    assert [text for text in said if text not in str(wrong.value)] == []


@pytest.mark.parametrize("shape", [shape for shape in OTHER_SHAPES if shape != "no-index"])
def test_a_table_of_another_shape_is_left_as_it_is(fresh, raw, shape):
    changes, _ = OTHER_SHAPES[shape]
    raw.create_table(TableName=fresh.name, **{name: value for name, value in {**TABLE, **changes}.items() if value})
    before = describe(fresh)

    with pytest.raises(Misconfigured, match=fresh.name):
        create(fresh, MORE_INDEXES)

    assert describe(fresh) == before


def test_a_table_in_use_is_given_the_indexes_that_it_lacks(fresh, connect):
    create(fresh, INDEXES)
    persistence = connect(dynamodb_table=fresh.name)
    before = persistence.crates.add(a_crate())

    with pytest.raises(Misconfigured, match="it has no index listing2; it has no index listing3"):
        require_shape(fresh, MORE_INDEXES)
    assert create(fresh, MORE_INDEXES) == ["listing2", "listing3"]

    require_shape(fresh, MORE_INDEXES)
    require_shape(fresh, INDEXES)
    assert create(fresh, MORE_INDEXES) == []
    assert persistence.crates.get(before.id) == before


def test_what_was_stored_before_an_index_is_in_it_from_its_next_save_on(fresh, connect, raw):
    create(fresh, INDEXES)
    persistence = connect(dynamodb_table=fresh.name)
    key = {"pk": {"S": "SPECIMEN#old"}, "sk": {"S": "#"}}
    raw.put_item(TableName=fresh.name, Item={**key, "name": {"S": "Old"}, "version": {"N": "1"}})
    create(fresh, persistence.indexes)
    assert persistence.specimens.page(Specimen.by_amount(), limit=10).items == ()

    saved = persistence.specimens.save(persistence.specimens.get("old", consistent=True))

    assert persistence.specimens.page(Specimen.by_amount(), limit=10).items == (saved,)


def test_indexes_are_made_one_after_the_other(connect, raw, waits, fresh):
    create(fresh, INDEXES)
    remote = connect(dynamodb_table=fresh.name)
    network = Network(remote.table)
    being_made = answering(
        200, Table={"GlobalSecondaryIndexes": [{"IndexName": "listing2", "IndexStatus": "CREATING"}]}
    )
    until_it_is_asked_for = [deliver] * 6
    network.will(*until_it_is_asked_for, being_made, being_made)

    create(remote.table, MORE_INDEXES)

    assert network.operations()[5:10] == [
        "UpdateTable",
        "DescribeTable",
        "DescribeTable",
        "DescribeTable",
        "DescribeTable",
    ]
    assert waits == [1, 2]
    changes = [
        sent.parameters["GlobalSecondaryIndexUpdates"] for sent in network.sent if sent.operation == "UpdateTable"
    ]
    assert [[change["Create"]["IndexName"] for change in each] for each in changes] == [["listing2"], ["listing3"]]


def test_an_index_that_takes_for_ever_is_unavailable(lonely_table, network_of_nobody):
    being_made = {"TableStatus": "ACTIVE", "GlobalSecondaryIndexes": [{"IndexName": "x", "IndexStatus": "CREATING"}]}
    network_of_nobody.always(answering(200, Table=being_made, TableDescription={}))

    with pytest.raises(Unavailable, match="still being made"):
        create(lonely_table, INDEXES)


def test_a_table_with_more_than_is_needed_will_do(fresh, raw):
    more = an_index("pk", "_list")[0] | {"IndexName": "of-the-owner"}
    indexes = [*TABLE["GlobalSecondaryIndexes"], more]
    raw.create_table(TableName=fresh.name, **{**TABLE, "GlobalSecondaryIndexes": indexes})

    require_shape(fresh, INDEXES)


@pytest.mark.parametrize("status", ["CREATING", "DELETING", "ARCHIVED"])
def test_a_table_that_is_not_active_does_not_serve(lonely_table, network_of_nobody, status):
    network_of_nobody.always(answering(200, Table={**TABLE, "TableStatus": status}))

    with pytest.raises(Misconfigured, match=f"it is {status}"):
        require_shape(lonely_table, INDEXES)


def test_deleting_leaves_no_table(fresh):
    create(fresh, INDEXES)

    delete(fresh)

    for call in (describe, delete, partial(require_shape, indexes=INDEXES)):
        with pytest.raises(Misconfigured, match=fresh.name):
            call(fresh)


def test_a_table_that_may_not_be_deleted_says_why(fresh, raw, request):
    create(fresh, INDEXES)
    raw.update_table(TableName=fresh.name, DeletionProtectionEnabled=True)
    request.addfinalizer(lambda: raw.update_table(TableName=fresh.name, DeletionProtectionEnabled=False))

    with pytest.raises(Misconfigured, match=f"table {fresh.name} cannot be deleted: .*[Pp]rotection"):
        delete(fresh)


def test_a_table_that_another_has_begun_to_delete_is_waited_for(lonely_table, network_of_nobody, waits):
    there, gone = answering(200, Table=TABLE), answering(400, "ResourceNotFoundException")
    network_of_nobody.will(there, answering(400, "ResourceInUseException"), there, gone)

    delete(lonely_table)

    assert network_of_nobody.operations() == ["DescribeTable", "DeleteTable", "DescribeTable", "DescribeTable"]


def test_ttl_that_another_has_turned_on_meanwhile_is_on(connect, raw, fresh, waits):
    create(fresh, INDEXES)
    remote = connect(dynamodb_table=fresh.name)
    off = answering(200, TimeToLiveDescription={"TimeToLiveStatus": "DISABLED"})
    already = answering(400, "ValidationException", message="TimeToLive is already enabled")
    faults = {"DescribeTimeToLive": [off], "UpdateTimeToLive": [already]}
    Network(remote.table).always(lambda delivery: (faults.get(delivery.sent.operation) or [deliver]).pop()(delivery))

    assert create(remote.table, INDEXES) == []


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
        create(lonely_table, INDEXES)
    network_of_nobody.will(answering(200, TableDescription={}), *[answering(400, code)] * 4)
    with pytest.raises(error):
        create(lonely_table, INDEXES)


def test_a_table_that_takes_for_ever_is_unavailable(lonely_table, network_of_nobody):
    network_of_nobody.always(answering(200, Table={"TableStatus": "CREATING"}))

    with pytest.raises(Unavailable):
        create(lonely_table, INDEXES)


def test_a_table_that_is_never_gone_is_unavailable(lonely_table, network_of_nobody):
    network_of_nobody.always(answering(200, Table={"TableStatus": "DELETING"}))

    with pytest.raises(Unavailable, match="still being deleted"):
        delete(lonely_table)


def test_an_answer_that_never_comes_while_waiting_is_unavailable(lonely_table, network_of_nobody):
    network_of_nobody.will(answering(200, TableDescription={}), *[refuse_the_connection] * 4)

    with pytest.raises(Unavailable):
        create(lonely_table, INDEXES)


@pytest.mark.parametrize(
    ("code", "error"), [("LimitExceededException", Unavailable), ("ValidationException", Misconfigured)]
)
@pytest.mark.usefixtures("waits")
def test_a_table_that_may_not_be_made_says_why(connect, raw, fresh, code, error):
    remote = connect(dynamodb_table=fresh.name)
    Network(remote.table).always(answering(400, code))

    with pytest.raises(error, match=f"table {fresh.name} cannot be made: .*{code}"):
        create(remote.table, INDEXES)


@pytest.mark.parametrize(
    ("code", "error"), [("LimitExceededException", Unavailable), ("ValidationException", Misconfigured)]
)
@pytest.mark.usefixtures("waits")
def test_an_index_that_may_not_be_made_says_why(connect, raw, fresh, code, error):
    create(fresh, INDEXES)
    remote = connect(dynamodb_table=fresh.name)
    refuse = answering(400, code)
    Network(remote.table).always(
        lambda delivery: refuse(delivery) if delivery.sent.operation == "UpdateTable" else deliver(delivery)
    )

    with pytest.raises(error, match=f"index listing2 of table {fresh.name} cannot be made: .*{code}"):
        create(remote.table, MORE_INDEXES)
