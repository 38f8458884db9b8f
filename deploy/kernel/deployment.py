"""One deployment: from a stage, a template and a zip to a stack that runs."""

import json
from collections.abc import Callable
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from deploy.kernel import screen
from deploy.kernel.artifacts import Artifacts
from deploy.kernel.aws import Aws
from deploy.kernel.package import Package
from deploy.kernel.sam import Template
from deploy.kernel.stack import IN_REVIEW
from deploy.kernel.stack import ChangeSet
from deploy.kernel.stack import Failed
from deploy.kernel.stack import Stack
from deploy.kernel.stages import Stage
from domain.kernel.errors import Misconfigured

_ENDED_WELL = ("CREATE_COMPLETE", "UPDATE_COMPLETE")
_BROKEN = ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "DELETE_FAILED")
_HELD = "UPDATE_ROLLBACK_FAILED"
_ROLLED_BACK = {
    "ROLLBACK_COMPLETE": "CloudFormation rolled back: what it had created is deleted. Run make destroy STAGE={stage}, then "
    "deploy again.",
    "UPDATE_ROLLBACK_COMPLETE": "CloudFormation rolled back: the stack is as it was before.",
}


@dataclass(frozen=True)
class Deployment:
    """A stage of a service, and where it goes."""

    aws: Aws
    service: str
    stage: Stage
    template: Template

    @property
    def stack(self) -> Stack:
        """Its stack, which there may not be yet."""
        return Stack(self.aws.cloudformation, self.stage.stack_name)

    @property
    def place(self) -> str:
        """Where it goes, for messages."""
        return f"stack {self.stage.stack_name} in account {self.aws.account}, Region {self.aws.region}"

    def require_ready(self) -> None:
        """Returns if the stack can be created, or updated.

        Raises:
            Misconfigured: it cannot in its state; the message says what to do about it.
        """
        status = self.stack.status() or IN_REVIEW
        if status in _BROKEN:
            raise Misconfigured(
                f"{self.place} is in {status}, and cannot be updated: run make destroy STAGE={self.stage.name}, then "
                "deploy again"
            )
        if status == _HELD:
            raise Misconfigured(
                f"{self.place} is in {status}: an update failed, and so did its rollback. Look up the reason in the "
                "events of the stack, then run aws cloudformation continue-update-rollback --stack-name "
                f"{self.stage.stack_name}"
            )
        if status.endswith("_IN_PROGRESS") and status != IN_REVIEW:
            raise Misconfigured(f"{self.place} is in {status}: somebody else is at work; wait until that has ended")

    def deploy(self, package: Package, agrees: Callable[[ChangeSet], bool]) -> Mapping[str, str] | None:
        """Uploads the zip, shows what would change, and, if the person `agrees`, changes it.

        Returns the outputs of the stack; None if the person does not agree.

        Raises:
            Failed: CloudFormation could not do it, and rolled back.
        """
        stack = self.stack
        parameters = {**self.stage.parameters, **command_parameters(self.stage, package.architecture, package.runtime)}
        tags = {"service": self.service, "stage": self.stage.name}
        template_url = self._uploaded(package, parameters)
        with screen.waiting("CloudFormation works out what would change"):
            change_set = stack.prepare(template_url, parameters, tags)
        if change_set is None:
            screen.say(f"No changes: the {self.place} is up to date.")
            return stack.outputs()
        screen.show_changes(change_set.changes)
        if not agrees(change_set):
            stack.forget(change_set)
            return None
        last, failures = screen.follow(stack.execute(change_set), len(change_set.changes))
        if last.status not in _ENDED_WELL:
            screen.show_failures(failures)
            advice = _ROLLED_BACK.get(last.status)
            told = last.reason if advice is None else advice.format(stage=self.stage.name)
            raise Failed(f"{last.status}. {told}")
        screen.say(f"{last.status}: {self.place}")
        return stack.outputs()

    def _uploaded(self, package: Package, parameters: Mapping[str, str]) -> str:
        """Where the template is, after it and the zip were uploaded.

        The place of the zip depends on the parameters, too. SAM publishes a new version of a function, and has callers
        reach it, when that place changes, but not when only a parameter changes that a variable refers to.
        """
        artifacts = Artifacts(self.aws, self.service)
        if artifacts.create():
            screen.say(f"Created the private bucket {artifacts.bucket}, for zips and templates.")
        with screen.uploading("uploading the zip", len(package.content)) as progress:
            given = sha256(json.dumps(parameters, sort_keys=True).encode()).hexdigest()
            key = artifacts.put(package.content, f"-{given[:10]}.zip", progress)
        packaged = self.template.with_code_at(f"s3://{artifacts.bucket}/{key}")
        return artifacts.url(artifacts.put(packaged.text.encode(), ".yaml"))


def command_parameters(stage: Stage, architecture: str, runtime: str) -> Mapping[str, str]:
    """The parameters of the template that follow from the stage and the zip."""
    return {"Stage": stage.name, "Architecture": architecture, "Runtime": runtime}
