"""Making, describing and deleting the table."""

from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any

from botocore.exceptions import BotoCoreError
from botocore.exceptions import ClientError
from tenacity import RetryError
from tenacity import Retrying
from tenacity import retry_if_not_result
from tenacity import retry_if_result
from tenacity import stop_after_attempt
from tenacity import wait_exponential

from domain.kernel.errors import Misconfigured
from domain.kernel.errors import Unavailable
from infrastructure.kernel.aws import unusable
from infrastructure.kernel.dynamodb.errors import is_of_missing
from infrastructure.kernel.dynamodb.schema import TIME_TO_LIVE
from infrastructure.kernel.dynamodb.schema import Index
from infrastructure.kernel.dynamodb.schema import description
from infrastructure.kernel.dynamodb.schema import differences
from infrastructure.kernel.dynamodb.table import Table

_PATIENTLY: dict[str, Any] = {"wait": wait_exponential(max=5), "stop": stop_after_attempt(720)}
"""For an hour: a new index of a large table takes long to be filled."""
_until = Retrying(retry=retry_if_not_result(bool), **_PATIENTLY)
_while = Retrying(retry=retry_if_result(bool), **_PATIENTLY)


def describe(table: Table) -> Mapping[str, Any]:
    """The table as DynamoDB tells of it.

    Raises:
        Misconfigured: there is no such table.
        Unavailable: DynamoDB does not answer.
    """
    described: Mapping[str, Any] = table.call("describe_table", TableName=table.name)["Table"]
    return described


def require_shape(table: Table, indexes: Sequence[Index]) -> None:
    """Passes if the table is there, ready, and has the keys, indexes and stream that the adapter needs.

    Raises:
        Misconfigured: it is not; says how it differs.
        Unavailable: DynamoDB does not answer.
    """
    described = describe(table)
    wrong = differences(described, indexes)
    if described["TableStatus"] not in ("ACTIVE", "UPDATING"):
        wrong.append(f"it is {described['TableStatus']}")
    if wrong:
        raise Misconfigured(f"table {table.name} is not as it should be: {'; '.join(wrong)}")


def create(table: Table, indexes: Sequence[Index]) -> list[str]:
    """Makes the table unless there is one, or the indexes it lacks, and turns TTL on; waits until all of it is ready.

    Returns:
        What was made: `table`, or the names of indexes.

    Raises:
        Misconfigured: there is a table of another shape; says how it differs.
        Unavailable: DynamoDB does not answer, or takes too long; another call waits on.
    """
    made = ["table"] if _create(table, indexes) else []
    _wait_until_active(table)
    present = {index["IndexName"] for index in describe(table).get("GlobalSecondaryIndexes", ())}
    require_shape(table, [index for index in indexes if index.name in present])
    for index in indexes:
        if index.name not in present:
            _add(table, index)
            made.append(index.name)
    time_to_live = table.call("describe_time_to_live", TableName=table.name)["TimeToLiveDescription"]
    if time_to_live["TimeToLiveStatus"] in ("DISABLED", "DISABLING"):
        table.call("update_time_to_live", TableName=table.name, TimeToLiveSpecification=TIME_TO_LIVE)
    return made


def _create(table: Table, indexes: Sequence[Index]) -> bool:
    """Whether the table was made; if not, there is one already."""
    try:
        table.call("create_table", TableName=table.name, **description(indexes))
    except ClientError as exc:
        if exc.response["Error"]["Code"] == "ResourceInUseException":
            return False
        raise unusable(f"table {table.name} cannot be made", exc) from exc
    except BotoCoreError as exc:
        raise unusable(f"table {table.name} cannot be made", exc) from exc
    return True


def _add(table: Table, index: Index) -> None:
    """Gives the table one more index, and waits until it is ready: DynamoDB makes one at a time."""
    known = {attribute["AttributeName"]: attribute for attribute in describe(table)["AttributeDefinitions"]}
    known |= {attribute["AttributeName"]: attribute for attribute in index.attributes}
    try:
        table.call(
            "update_table",
            TableName=table.name,
            AttributeDefinitions=list(known.values()),
            GlobalSecondaryIndexUpdates=[{"Create": index.description}],
        )
    except (ClientError, BotoCoreError) as exc:
        raise unusable(f"index {index.name} of table {table.name} cannot be made", exc) from exc
    _wait_until_active(table)


def delete(table: Table) -> None:
    """Deletes the table and all that is in it; waits until it is gone.

    Raises:
        Misconfigured: there is no such table.
        Unavailable: DynamoDB does not answer.
    """
    table.call("delete_table", TableName=table.name)
    try:
        _while(_described, table)
    except RetryError as exc:
        raise Unavailable(f"table {table.name} takes too long; it is still being deleted") from exc


def _wait_until_active(table: Table) -> None:
    """Waits until the table and all its indexes can be used."""
    try:
        _until(_is_active, table)
    except RetryError as exc:
        raise Unavailable(f"table {table.name} takes too long; it, or an index, is still being made") from exc


def _is_active(table: Table) -> bool:
    described = _described(table)
    indexes = described.get("GlobalSecondaryIndexes", ())
    statuses = {described.get("TableStatus"), *(index.get("IndexStatus", "ACTIVE") for index in indexes)}
    return statuses == {"ACTIVE"}


def _described(table: Table) -> Mapping[str, Any]:
    """The table as DynamoDB tells of it; empty if there is none, or none yet."""
    try:
        return describe(table)
    except Misconfigured as exc:
        if is_of_missing(exc.__cause__):
            return {}
        raise
