"""Each role may do what its function needs: an action less, and the function fails."""

from typing import Any

import pytest

from deploy.kernel.local import Cloud
from tests.deployment.api import CREATING
from tests.deployment.api import eventually
from tests.deployment.fixtures import Deployed
from tests.deployment.functions import invoked
from tests.deployment.functions import without

pytestmark = pytest.mark.skipif(not CREATING, reason="no endpoint creates something out of its example")


def test_the_api_needs_to_write(api, cloud, stack, everything):
    with without(cloud, stack, "ApiRole", "dynamodb:PutItem"):
        refused = api.try_out(CREATING[0], everything)

    assert refused.status_code == 500
    assert api.try_out(CREATING[0], everything).status_code == CREATING[0].status


def test_the_api_needs_to_see_its_table(api, cloud, stack):
    with without(cloud, stack, "ApiRole", "dynamodb:DescribeTable"):
        refused = api.call("GET", "/health/ready")

    assert refused.status_code == 500
    assert api.call("GET", "/health/ready").status_code == 200


def test_the_relay_needs_to_publish(api, cloud, stack, everything):
    id = api.create(CREATING[0], everything)["id"]
    records = eventually(lambda: records_of(cloud, stack, id), bool)

    with without(cloud, stack, "RelayRole", "events:PutEvents"):
        refused = invoked(cloud, stack, "RelayFunction", {"Records": records})

    assert refused.answer["batchItemFailures"]
    assert invoked(cloud, stack, "RelayFunction", {"Records": records}).answer == {"batchItemFailures": []}


def records_of(cloud: Cloud, stack: Deployed, id: str) -> list[dict[str, Any]]:
    """The records of the table's stream about one entity, as Lambda hands them to a function."""
    streams = cloud.aws.session.client("dynamodbstreams", endpoint_url=cloud.address)
    [stream] = streams.list_streams(TableName=stack.outputs["TableName"])["Streams"]
    told = streams.describe_stream(StreamArn=stream["StreamArn"])["StreamDescription"]
    found: list[dict[str, Any]] = []
    for shard in told["Shards"]:
        iterator = streams.get_shard_iterator(
            StreamArn=stream["StreamArn"], ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        records: Any = streams.get_records(ShardIterator=iterator)["Records"]
        found += [record for record in records if id in record["dynamodb"]["Keys"]["pk"]["S"]]
    for record in found:
        record["dynamodb"]["ApproximateCreationDateTime"] = record["dynamodb"][
            "ApproximateCreationDateTime"
        ].timestamp()
    return found
