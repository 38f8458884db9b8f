"""Making, describing and deleting the table."""

from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
from datetime import UTC
from datetime import datetime
from typing import Any

from domain.kernel.errors import Misconfigured
from domain.kernel.errors import Unavailable
from infrastructure.kernel.aws_codes import PASSING
from infrastructure.kernel.dynamodb.errors import is_said
from infrastructure.kernel.dynamodb.schema import TIME_TO_LIVE
from infrastructure.kernel.dynamodb.schema import Index
from infrastructure.kernel.dynamodb.schema import description
from infrastructure.kernel.dynamodb.schema import differences
from infrastructure.kernel.dynamodb.table import Table
from infrastructure.kernel.dynamodb.transport import ErrorAnswer


def describe(table: Table) -> Mapping[str, Any]:
    """The table as DynamoDB tells of it.

    Raises:
        Misconfigured: there is no such table.
        Unavailable: DynamoDB does not answer.
    """
    described = table.call("DescribeTable", TableName=table.name)["Table"]
    times = {name: datetime.fromtimestamp(told, UTC) for name, told in described.items() if name.endswith("DateTime")}
    return {**described, **times}


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
    _turn_time_to_live_on(table)
    return made


def _create(table: Table, indexes: Sequence[Index]) -> bool:
    """Whether the table was made; if not, there is one already."""
    try:
        _call(table, f"table {table.name} cannot be made", "CreateTable", **description(indexes))
    except Misconfigured as exc:
        if is_said(exc.__cause__, "ResourceInUseException"):
            return False
        raise
    return True


def _add(table: Table, index: Index) -> None:
    """Gives the table one more index, and waits until it is ready: DynamoDB makes one at a time."""
    known = {attribute["AttributeName"]: attribute for attribute in describe(table)["AttributeDefinitions"]}
    known |= {attribute["AttributeName"]: attribute for attribute in index.attributes}
    _call(
        table,
        f"index {index.name} of table {table.name} cannot be made",
        "UpdateTable",
        AttributeDefinitions=list(known.values()),
        GlobalSecondaryIndexUpdates=[{"Create": index.description}],
    )
    _wait_until_active(table)


def _turn_time_to_live_on(table: Table) -> None:
    what = f"TTL of table {table.name} cannot be turned on"
    if _has_time_to_live(table, what):
        return
    try:
        _call(table, what, "UpdateTimeToLive", TimeToLiveSpecification=TIME_TO_LIVE)
    except Misconfigured:
        if not _has_time_to_live(table, what):  # another process, or an attempt without an answer, was faster
            raise


def _has_time_to_live(table: Table, what: str) -> bool:
    described = _call(table, what, "DescribeTimeToLive")["TimeToLiveDescription"]
    return described["TimeToLiveStatus"] not in ("DISABLED", "DISABLING")


def delete(table: Table) -> None:
    """Deletes the table and all that is in it; waits until it is gone.

    Raises:
        Misconfigured: there is no such table, or it may not be deleted.
        Unavailable: DynamoDB does not answer, or takes too long.
    """
    describe(table)
    try:
        _call(table, f"table {table.name} cannot be deleted", "DeleteTable")
    except Misconfigured as exc:
        # Somebody else, or an attempt without an answer, was faster.
        if not is_said(exc.__cause__, "ResourceNotFoundException", "ResourceInUseException"):
            raise
    if not _wait_until(lambda: not _described(table)):
        raise Unavailable(f"table {table.name} takes too long; it is still being deleted")


def _call(table: Table, what: str, operation: str, **request: Any) -> Any:
    """The answer to a call about the table; its errors say `what` cannot be done."""
    try:
        return table.call(operation, TableName=table.name, **request)
    except ErrorAnswer as exc:
        raise (Unavailable if exc.code in PASSING else Misconfigured)(f"{what}: {exc.code}: {exc.message}") from exc


def _wait_until_active(table: Table) -> None:
    """Waits until the table and all its indexes can be used."""
    if not _wait_until(lambda: _is_active(table)):
        raise Unavailable(f"table {table.name} takes too long; it, or an index, is still being made")


def _wait_until(is_so: Callable[[], bool]) -> bool:
    """Whether it is so within an hour: a new index of a large table takes long to be filled."""
    # Imported here, for a start that waits for no table does without it.
    from tenacity import Retrying
    from tenacity import retry_if_not_result
    from tenacity import stop_after_attempt
    from tenacity import wait_exponential

    retry, patience = retry_if_not_result(bool), stop_after_attempt(720)
    until = Retrying(retry=retry, wait=wait_exponential(max=5), stop=patience, retry_error_callback=lambda _: False)
    return until(is_so)


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
        if is_said(exc.__cause__, "ResourceNotFoundException"):
            return {}
        raise
