"""A stack of CloudFormation: what would change, what happens, how it ended."""

import json
import time
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from typing import Literal
from uuid import uuid4

from botocore.exceptions import ClientError

from deploy.kernel.sam import Template

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudformation.type_defs import StackEventTypeDef
    from mypy_boto3_cloudformation.type_defs import StackTypeDef

KEEPS_DATA = frozenset({"AWS::DynamoDB::Table", "AWS::S3::Bucket"})
POLL_SECONDS = 0.5
GONE = "DELETE_COMPLETE"
IN_REVIEW = "REVIEW_IN_PROGRESS"

_STACK = "AWS::CloudFormation::Stack"
_NO_CHANGES = ("didn't contain changes", "No updates are to be performed")
_REJECTED = "CloudFormation rejects the template or a parameter, and nothing was changed"
_CAPABILITIES: Sequence[Literal["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]] = (
    "CAPABILITY_IAM",
    "CAPABILITY_AUTO_EXPAND",
)


class Failed(Exception):
    """CloudFormation could not do it; what is left is as the message says."""


@dataclass(frozen=True)
class Change:
    """What would become of one resource."""

    action: str
    logical_id: str
    type: str
    replacement: str

    @property
    def is_of_data(self) -> bool:
        """Whether the service would lose sight of data: a table or bucket is replaced or removed."""
        replaced = self.action == "Modify" and self.replacement in ("True", "Conditional")
        return self.type in KEEPS_DATA and (replaced or self.action == "Remove")


@dataclass(frozen=True)
class ChangeSet:
    """All that would change."""

    name: str
    stack_id: str
    changes: Sequence[Change]


@dataclass(frozen=True)
class Happening:
    """What became of one resource, or of the whole stack."""

    id: str
    logical_id: str
    type: str
    status: str
    reason: str

    @property
    def is_of_stack(self) -> bool:
        return self.type == _STACK

    @property
    def is_last(self) -> bool:
        """Whether nothing more happens to the resource."""
        return not self.status.endswith("_IN_PROGRESS")

    @property
    def is_failure(self) -> bool:
        """Whether it failed by itself, and not because something else did."""
        return self.status.endswith("_FAILED") and "cancelled" not in self.reason.lower() and not self.is_of_stack


class Stack:
    """The stack called `name`, which there may not be."""

    def __init__(self, cloudformation: "CloudFormationClient", name: str) -> None:
        self._cloudformation = cloudformation
        self._seen: set[str] = set()
        self.name = name

    def status(self) -> str | None:
        """Its status, as CloudFormation calls it; None if there is no such stack."""
        described = self._described(self.name)
        return None if described is None or described["StackStatus"] == GONE else described["StackStatus"]

    def outputs(self) -> Mapping[str, str]:
        """What it tells those who use it."""
        described = self._described(self.name)
        told = described.get("Outputs", ()) if described else ()
        return {output["OutputKey"]: output["OutputValue"] for output in told}

    def prepare(self, template_url: str, parameters: Mapping[str, str], tags: Mapping[str, str]) -> ChangeSet | None:
        """What would change; None if nothing would. Nothing changes yet.

        Raises:
            Failed: CloudFormation rejects the template or a parameter.
        """
        is_new = self.status() in (None, IN_REVIEW)
        name = f"deploy-{uuid4().hex}"
        try:
            made = self._cloudformation.create_change_set(
                StackName=self.name,
                ChangeSetName=name,
                ChangeSetType="CREATE" if is_new else "UPDATE",
                TemplateURL=template_url,
                Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
                Tags=[{"Key": key, "Value": value} for key, value in tags.items()],
                Capabilities=_CAPABILITIES,
            )
        except ClientError as exc:
            error = exc.response["Error"]
            if error["Code"] != "ValidationError":
                raise
            raise Failed(f"{_REJECTED}: {error['Message']}") from exc
        change_set = ChangeSet(name, made["StackId"], ())
        status, reason = self._settled(name)
        if status == "FAILED":
            self.forget(change_set)
            if any(text in reason for text in _NO_CHANGES):
                return None
            raise Failed(f"{_REJECTED}: {reason}")
        return ChangeSet(name, made["StackId"], [*self._changes(name)])

    def forget(self, change_set: ChangeSet) -> None:
        """Takes `change_set` back, and the stack that was only made for it."""
        self._cloudformation.delete_change_set(ChangeSetName=change_set.name, StackName=self.name)
        if self.status() == IN_REVIEW:
            self._cloudformation.delete_stack(StackName=self.name)

    def execute(self, change_set: ChangeSet) -> Iterator[Happening]:
        """Has it done, and tells what happens until nothing happens any more. The last one is of the stack."""
        self._seen = {happening.id for happening in self._happenings(change_set.stack_id)}
        self._cloudformation.execute_change_set(ChangeSetName=change_set.name, StackName=self.name)
        yield from self._follow(change_set.stack_id)

    def delete(self) -> Iterator[Happening]:
        """Deletes it, but for what its template retains, and tells what happens. The last one is of the stack."""
        described = self._described(self.name)
        if described is not None:
            stack_id = described["StackId"]
            self._seen = {happening.id for happening in self._happenings(stack_id)}
            self._cloudformation.delete_stack(StackName=self.name)
            yield from self._follow(stack_id)

    def resources(self) -> Mapping[str, tuple[str, str]]:
        """Type and physical id of its resources, by logical id."""
        pages = self._cloudformation.get_paginator("list_stack_resources").paginate(StackName=self.name)
        found = (summary for page in pages for summary in page["StackResourceSummaries"])
        return {
            each["LogicalResourceId"]: (each["ResourceType"], each.get("PhysicalResourceId", ""))
            for each in found
            if each["ResourceStatus"] != GONE
        }

    def template(self) -> Template:
        """The one that it was made of, as it was written."""
        body: object = self._cloudformation.get_template(StackName=self.name, TemplateStage="Original")["TemplateBody"]
        return Template(body if isinstance(body, str) else json.dumps(body))  # botocore reads JSON, and no YAML

    def _described(self, name_or_id: str) -> "StackTypeDef | None":
        try:
            [described] = self._cloudformation.describe_stacks(StackName=name_or_id)["Stacks"]
        except ClientError as exc:
            error = exc.response["Error"]
            if error["Code"] == "ValidationError" and "does not exist" in error["Message"]:
                return None
            raise
        return described

    def _settled(self, name: str) -> tuple[str, str]:
        while True:
            told = self._cloudformation.describe_change_set(ChangeSetName=name, StackName=self.name)
            if told["Status"] not in ("CREATE_PENDING", "CREATE_IN_PROGRESS"):
                return told["Status"], told.get("StatusReason", "")
            time.sleep(POLL_SECONDS)

    def _changes(self, name: str) -> Iterator[Change]:
        pages = self._cloudformation.get_paginator("describe_change_set").paginate(
            ChangeSetName=name, StackName=self.name
        )
        for page in pages:
            for change in page.get("Changes", ()):
                resource = change["ResourceChange"]
                yield Change(
                    resource["Action"],
                    resource["LogicalResourceId"],
                    resource["ResourceType"],
                    resource.get("Replacement", ""),
                )

    def _follow(self, stack_id: str) -> Iterator[Happening]:
        while True:
            described = self._described(stack_id)
            is_over = described is None or not described["StackStatus"].endswith("_IN_PROGRESS")
            for happening in reversed([*self._news(stack_id)]):
                self._seen.add(happening.id)
                yield happening
            if is_over:
                status = GONE if described is None else described["StackStatus"]
                reason = "" if described is None else described.get("StackStatusReason", "")
                yield Happening("", self.name, _STACK, status, reason)
                return
            time.sleep(POLL_SECONDS)

    def _news(self, stack_id: str) -> Iterable[Happening]:
        for happening in self._happenings(stack_id):
            if happening.id in self._seen:
                return
            yield happening

    def _happenings(self, stack_id: str) -> Iterator[Happening]:
        """Newest first."""
        pages = self._cloudformation.get_paginator("describe_stack_events").paginate(StackName=stack_id)
        yield from (_happening(event) for page in pages for event in page["StackEvents"])


def _happening(event: "StackEventTypeDef") -> Happening:
    return Happening(
        event["EventId"],
        event.get("LogicalResourceId", ""),
        event.get("ResourceType", ""),
        event.get("ResourceStatus", ""),
        event.get("ResourceStatusReason", ""),
    )
