"""`make deploy` and `make destroy`."""

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from deploy.kernel import lambda_zip
from deploy.kernel import screen
from deploy.kernel.aws import Aws
from deploy.kernel.aws import translated
from deploy.kernel.deployment import Deployment
from deploy.kernel.deployment import command_parameters
from deploy.kernel.lambda_zip import PLATFORMS
from deploy.kernel.lambda_zip import PYTHON
from deploy.kernel.lambda_zip import ROOT
from deploy.kernel.lambda_zip import NotMade
from deploy.kernel.package import Package
from deploy.kernel.sam import TEMPLATE
from deploy.kernel.sam import Template
from deploy.kernel.stack import GONE
from deploy.kernel.stack import ChangeSet
from deploy.kernel.stack import Failed
from deploy.kernel.stages import STAGES
from deploy.kernel.stages import Stage
from deploy.kernel.stages import read_stage
from deploy.kernel.stages import service_name
from domain.kernel.errors import InvalidArgument
from domain.kernel.errors import ServiceError

INTERRUPTED = 130
"""The exit code after Ctrl-C, as shells have it."""

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)

Name = Annotated[str, typer.Option("--stage", help="A stage of deploy/stages.toml.")]
Arch = Annotated[str, typer.Option("--arch", help="The architecture of the functions: arm64 or x86_64.")]
Zip = Annotated[Path | None, typer.Option("--zip", help="A zip that make lambda-zip made, instead of a new one.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask. Changes that lose data are refused then.")]


@app.command()
def deploy(stage: Name = "", arch: Arch = "arm64", zip: Zip = None, yes: Yes = False) -> None:
    """Deploys a stage: shows what would change, asks, and follows until it is done."""
    with telling_why():
        chosen = _stage(stage)
        if arch not in PLATFORMS:
            raise InvalidArgument("ARCH", f"must be one of {', '.join(PLATFORMS)}, not {arch!r}")
        package = None if zip is None else Package.read(zip)
        if package is not None:
            package.require_architecture(arch)
        template = Template.read(ROOT / TEMPLATE)
        ours = command_parameters(chosen, arch, package.runtime if package else f"python{PYTHON}")
        template.require(chosen.parameters, ours, source=chosen.source)
        deployment = _deployment(chosen, template)
        deployment.require_ready()
        outputs = deployment.deploy(package or built(arch), lambda changes: _agrees(deployment, changes, yes=yes))
        if outputs is None:
            raise Failed("Nothing was changed.")
        screen.show_pairs(outputs)


@app.command()
def destroy(stage: Name = "") -> None:
    """Deletes the stack of a stage, but for the resources that its template retains."""
    with telling_why():
        deployment = _deployment(_stage(stage), Template.read(ROOT / TEMPLATE))
        stack = deployment.stack
        if stack.status() is None:
            raise InvalidArgument("STAGE", f"there is no {deployment.place}")
        retained = stack.template().retained
        resources = stack.resources()
        kept = {id: f"{type} {name}" for id, (type, name) in resources.items() if id in retained}
        deleted = Counter(type for id, (type, _) in resources.items() if id not in kept)
        screen.say(f"Of the {deployment.place}, this is deleted:")
        screen.show_pairs({type: str(count) for type, count in sorted(deleted.items())})
        screen.say("This stays, with its data, and costs what it costs until you delete it:")
        screen.show_pairs(kept)
        if _asked("To delete the rest, enter the name of the stack") != stack.name:
            raise Failed("That is not its name. Nothing was deleted.")
        last, failures = screen.follow(stack.delete(), len(resources))
        if last.status != GONE:
            screen.show_failures(failures)
            raise Failed(f"{last.status}. {last.reason}")
        screen.say(f"Deleted: {deployment.place}")


def built(arch: str) -> Package:
    """A new zip for `arch` and this Python.

    Raises:
        NotMade: there is none, and why not.
    """
    with screen.waiting(f"building dist/lambda-{arch}.zip"):
        made = lambda_zip.make(arch)
    return Package.read(ROOT / made.path)


@contextmanager
def telling_why() -> Iterator[None]:
    """Ends the process with exit code 1 and a line that says why, if one of the expected errors is raised."""
    try:
        with translated():
            yield
    except NotMade as exc:
        sys.exit(f"No zip was made: {exc}")
    except Failed as exc:
        sys.exit(str(exc))
    except InvalidArgument as exc:
        sys.exit("\n".join(f"{violation.input}: {violation.rule}" for violation in exc.violations))
    except ServiceError as exc:
        sys.exit(f"{type(exc).__name__}: {exc}")
    except KeyboardInterrupt:
        screen.warn("Interrupted. If CloudFormation had begun, it goes on: run the command again to see how it ended.")
        sys.exit(INTERRUPTED)


def _stage(name: str) -> Stage:
    return read_stage(name, service_name(ROOT), ROOT / STAGES)


def _deployment(stage: Stage, template: Template) -> Deployment:
    aws = Aws.of_environment()
    stage.require_place(aws.account, aws.region)
    return Deployment(aws, service_name(ROOT), stage, template)


def _agrees(deployment: Deployment, changes: ChangeSet, *, yes: bool) -> bool:
    loses_data = any(change.is_of_data for change in changes.changes)
    if yes and loses_data:
        screen.warn("YES=1 does not answer for data. Run the command without it, and look at the changes.")
        return False
    if loses_data:
        return _asked("To go on all the same, enter the name of the stack") == deployment.stage.stack_name
    return yes or _asked(f"Make these changes to the {deployment.place}? [y/N]").lower() in ("y", "yes")


def _asked(question: str) -> str:
    """The answer of the person; an empty one if nobody is there."""
    try:
        return str(typer.prompt(question, default="", show_default=False)).strip()
    except typer.Abort:
        return ""


if __name__ == "__main__":
    app()
