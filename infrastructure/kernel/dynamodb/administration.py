"""Making, describing and deleting the table."""

from collections.abc import Mapping
from collections.abc import Sequence
from typing import TYPE_CHECKING
from typing import Any

from botocore.exceptions import BotoCoreError
from botocore.exceptions import ClientError
from botocore.exceptions import WaiterError
from tenacity import RetryError
from tenacity import Retrying
from tenacity import retry_if_result
from tenacity import stop_after_attempt
from tenacity import wait_fixed

from domain.kernel.errors import Misconfigured
from domain.kernel.errors import Unavailable
from infrastructure.kernel.aws import unusable
from infrastructure.kernel.dynamodb.errors import translated
from infrastructure.kernel.dynamodb.schema import TIME_TO_LIVE
from infrastructure.kernel.dynamodb.schema import Index
from infrastructure.kernel.dynamodb.schema import description
from infrastructure.kernel.dynamodb.schema import differences
from infrastructure.kernel.dynamodb.table import Table

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import WaiterConfigTypeDef
    from mypy_boto3_dynamodb.waiter import TableExistsWaiter
    from mypy_boto3_dynamodb.waiter import TableNotExistsWaiter

_WAIT: "WaiterConfigTypeDef" = {"Delay": 1, "MaxAttempts": 300}
_UNTIL_ACTIVE = Retrying(
    retry=retry_if_result(lambda described: any(status != "ACTIVE" for status in _statuses(described))),
    wait=wait_fixed(5),
    stop=stop_after_attempt(720),
)


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
    _wait(table, table.client.get_waiter("table_exists"))
    _wait_for_indexes(table)
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
    cannot = f"table {table.name} cannot be made"
    try:
        table.client.create_table(TableName=table.name, **description(indexes))
    except ClientError as exc:
        if exc.response["Error"]["Code"] != "ResourceInUseException":
            raise translated(exc, table=table.name, maybe_applied=False) or unusable(cannot, exc) from exc
        return False
    except BotoCoreError as exc:
        raise translated(exc, table=table.name, maybe_applied=False) or unusable(cannot, exc) from exc
    return True


def _add(table: Table, index: Index) -> None:
    """Gives the table one more index, and waits until it is ready: DynamoDB makes one at a time."""
    known = {attribute["AttributeName"]: attribute for attribute in describe(table)["AttributeDefinitions"]}
    known |= {attribute["AttributeName"]: attribute for attribute in index.attributes}
    table.call(
        "update_table",
        TableName=table.name,
        AttributeDefinitions=list(known.values()),
        GlobalSecondaryIndexUpdates=[{"Create": index.description}],
    )
    _wait_for_indexes(table)


def delete(table: Table) -> None:
    """Deletes the table and all that is in it; waits until it is gone.

    Raises:
        Misconfigured: there is no such table.
        Unavailable: DynamoDB does not answer.
    """
    table.call("delete_table", TableName=table.name)
    _wait(table, table.client.get_waiter("table_not_exists"))


def _wait_for_indexes(table: Table) -> None:
    """Waits until all indexes of the table can be read; a new one of a large table takes long to be filled."""
    try:
        _UNTIL_ACTIVE(describe, table)
    except RetryError as exc:
        raise Unavailable(f"the indexes of table {table.name} take too long; they are still being made") from exc


def _statuses(described: Mapping[str, Any]) -> list[str]:
    return [index.get("IndexStatus", "ACTIVE") for index in described.get("GlobalSecondaryIndexes", ())]


def _wait(table: Table, waiter: "TableExistsWaiter | TableNotExistsWaiter") -> None:
    try:
        waiter.wait(TableName=table.name, WaiterConfig=_WAIT)
    except WaiterError as exc:
        if "Error" in exc.last_response:
            refused = ClientError(exc.last_response, "DescribeTable")
            raise translated(refused, table=table.name, maybe_applied=False) or exc from exc
        raise Unavailable(f"table {table.name} takes too long", maybe_applied=True) from exc
    except BotoCoreError as exc:
        raise translated(exc, table=table.name, maybe_applied=False) or exc from exc
