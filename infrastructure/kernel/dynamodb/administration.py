"""Making, describing and deleting the table."""

from collections.abc import Mapping
from typing import TYPE_CHECKING
from typing import Any

from botocore.exceptions import BotoCoreError
from botocore.exceptions import ClientError
from botocore.exceptions import WaiterError

from domain.kernel.errors import Misconfigured
from domain.kernel.errors import Unavailable
from infrastructure.kernel.dynamodb.errors import translated
from infrastructure.kernel.dynamodb.schema import TABLE
from infrastructure.kernel.dynamodb.schema import TIME_TO_LIVE
from infrastructure.kernel.dynamodb.schema import differences
from infrastructure.kernel.dynamodb.table import Table

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import WaiterConfigTypeDef
    from mypy_boto3_dynamodb.waiter import TableExistsWaiter
    from mypy_boto3_dynamodb.waiter import TableNotExistsWaiter

_WAIT: "WaiterConfigTypeDef" = {"Delay": 1, "MaxAttempts": 300}


def describe(table: Table) -> Mapping[str, Any]:
    """The table as DynamoDB tells of it.

    Raises:
        Misconfigured: there is no such table.
        Unavailable: DynamoDB does not answer.
    """
    described: Mapping[str, Any] = table.call("describe_table", TableName=table.name)["Table"]
    return described


def require_shape(table: Table) -> None:
    """Passes if the table is there, ready, and has the keys, index and stream that the adapter needs.

    Raises:
        Misconfigured: it is not; says how it differs.
        Unavailable: DynamoDB does not answer.
    """
    described = describe(table)
    wrong = differences(described)
    if described["TableStatus"] not in ("ACTIVE", "UPDATING"):
        wrong.append(f"it is {described['TableStatus']}")
    if wrong:
        raise Misconfigured(f"table {table.name} is not as it should be: {'; '.join(wrong)}")


def create(table: Table) -> bool:
    """Makes the table, with its TTL, unless there is one; waits until it is ready. Whether it was made now.

    Raises:
        Misconfigured: there is one of another shape; says how it differs.
        Unavailable: DynamoDB does not answer.
    """
    created = _create(table)
    _wait(table, table.client.get_waiter("table_exists"))
    require_shape(table)
    time_to_live = table.call("describe_time_to_live", TableName=table.name)["TimeToLiveDescription"]
    if time_to_live["TimeToLiveStatus"] in ("DISABLED", "DISABLING"):
        table.call("update_time_to_live", TableName=table.name, TimeToLiveSpecification=TIME_TO_LIVE)
    return created


def _create(table: Table) -> bool:
    try:
        table.client.create_table(TableName=table.name, **TABLE)
    except ClientError as exc:
        if exc.response["Error"]["Code"] != "ResourceInUseException":
            raise translated(exc, table=table.name, maybe_applied=False) or exc from exc
        return False
    except BotoCoreError as exc:
        raise translated(exc, table=table.name, maybe_applied=False) or exc from exc
    return True


def delete(table: Table) -> None:
    """Deletes the table and all that is in it; waits until it is gone.

    Raises:
        Misconfigured: there is no such table.
        Unavailable: DynamoDB does not answer.
    """
    table.call("delete_table", TableName=table.name)
    _wait(table, table.client.get_waiter("table_not_exists"))


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
