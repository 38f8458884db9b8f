"""The table that docs/dynamodb.md shows for CloudFormation is the one that `table create` makes."""

import re
from pathlib import Path

import yaml

from infrastructure.kernel.dynamodb.schema import TIME_TO_LIVE
from infrastructure.kernel.dynamodb.schema import description
from infrastructure.kernel.dynamodb.schema import listing_index
from infrastructure.settings import Settings

PAGE = (Path(__file__).parents[2] / "docs" / "dynamodb.md").read_text(encoding="utf-8")
RECOMMENDED = {"PointInTimeRecoverySpecification", "DeletionProtectionEnabled"}


def test_the_table_for_cloudformation_is_the_table_of_the_schema():
    [shown] = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    [resource] = yaml.safe_load(shown)["Resources"].values()
    made = dict(description([listing_index(0)]))
    stream = dict(made.pop("StreamSpecification"))

    properties = {name: value for name, value in resource["Properties"].items() if name not in RECOMMENDED}

    assert stream.pop("StreamEnabled")  # which CloudFormation does not know: the view type says it
    assert resource["Type"] == "AWS::DynamoDB::Table"
    assert properties == {
        **made,
        "TableName": Settings().dynamodb_table,
        "StreamSpecification": stream,
        "TimeToLiveSpecification": TIME_TO_LIVE,
    }


def test_the_index_for_one_more_listing_is_that_of_the_schema():
    [name, partition, sort] = re.findall(r"index `(listing2)`, with the keys `(\w+)` and `(\w+)`", PAGE)[0]

    assert (name, partition, sort) == listing_index(1)[:3]
