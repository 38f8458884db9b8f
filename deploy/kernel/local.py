"""`make deploy-local`: the stack on this machine, on ministack for AWS, with an issuer of tokens beside it.

IAM is enforced there, so a function may do what its role permits. Nothing leaves the machine, and nothing stays.
"""

import os
import signal
import sys
import time
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from contextlib import contextmanager
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from deploy.kernel import screen
from deploy.kernel.aws import LOCAL_REGION
from deploy.kernel.aws import Aws
from deploy.kernel.commands import built
from deploy.kernel.commands import telling_why
from deploy.kernel.deployment import Deployment
from deploy.kernel.deployment import command_parameters
from deploy.kernel.lambda_zip import PYTHON
from deploy.kernel.lambda_zip import ROOT
from deploy.kernel.lambda_zip import this_architecture
from deploy.kernel.sam import TEMPLATE
from deploy.kernel.sam import Template
from deploy.kernel.stack import Failed
from deploy.kernel.stages import STAGES
from deploy.kernel.stages import read_stage
from deploy.kernel.stages import service_name
from domain.kernel.errors import InvalidArgument
from domain.kernel.errors import Unavailable
from tests.kernel import ministack
from tests.kernel.environment import around_proxies
from tests.kernel.environment import without_aws
from tests.kernel.issuer import Issuer

LAST_LINES = 10
WATCH_SECONDS = 0.5

ENVIRONMENT: Mapping[str, str] = {
    "AUTH": "true",
    "IOT_MTLS_ENABLED": "0",
    "LOG_LEVEL": "WARNING",
    "MINISTACK_REGION": LOCAL_REGION,
    "AWS_DEFAULT_REGION": LOCAL_REGION,
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
}
"""How ministack is started: it evaluates the policies of roles, and opens no second port."""


@dataclass(frozen=True)
class Cloud:
    """What stands in for AWS and for an issuer of tokens, while both are up."""

    aws: Aws
    issuer: Issuer
    server: ministack.Server
    log: Path

    @property
    def address(self) -> str:
        """Where it is, for AWS_ENDPOINT_URL."""
        return str(self.aws.endpoint)

    def deployment(self, stage: str | None, template: Template) -> Deployment:
        """A stage of this service, by default the first one, here, with tokens of this issuer."""
        service = service_name(ROOT)
        instead = {"JwtIssuer": self.issuer.url, "JwtAudience": self.issuer.audience}
        return Deployment(self.aws, service, read_stage(stage, service, ROOT / STAGES, instead), template)

    def last_lines(self) -> str:
        """What ministack logged last."""
        return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-LAST_LINES:])


@contextmanager
def running(port: int) -> Iterator[Cloud]:
    """A ministack on that port, and an issuer; both stop at the end, and what they have stored is gone.

    Raises:
        Unavailable: ministack does not start.
    """
    with TemporaryDirectory() as folder, Issuer(audience=service_name(ROOT)) as issuer:
        path = Path(folder, "ministack.log")
        with path.open("wb") as log:
            try:
                with ministack.serving(port, {**ENVIRONMENT, "TMPDIR": folder}, log) as server:
                    yield Cloud(Aws.local(f"http://127.0.0.1:{port}"), issuer, server, path)
            except ministack.NotStarted as exc:
                lines = path.read_text(encoding="utf-8", errors="replace")
                raise Unavailable(f"ministack does not start on port {port}: {lines[-1000:]}") from exc


@dataclass(frozen=True)
class Route:
    """One line of the API, as it is deployed."""

    method: str
    path: str
    scopes: tuple[str, ...]


def routes(aws: Aws, api_id: str) -> list[Route]:
    """The lines of the API that is deployed."""
    pages = aws.apigateway.get_paginator("get_routes").paginate(ApiId=api_id)
    found = []
    for route in (route for page in pages for route in page["Items"]):
        method, _, path = route["RouteKey"].partition(" ")
        found.append(Route(method, path, tuple(route.get("AuthorizationScopes", ()))))
    return found


def example_of(found: Sequence[Route]) -> Route:
    """A line that is easily tried: a listing, if there is one that needs a token."""
    plain = [route for route in found if route.method == "GET" and "{" not in route.path]
    return min(plain or found, key=lambda route: (not route.scopes, route.path))


app = typer.Typer(pretty_exceptions_enable=False, add_completion=False)


@app.command()
def main(
    stage: Annotated[
        str | None, typer.Option(help="The stage whose parameters are taken; by default the first.")
    ] = None,
    port: Annotated[int, typer.Option(help="The port of this machine; 0 picks a free one.", min=0, max=65535)] = 0,
) -> None:
    """Deploys the stack on this machine, and keeps it up until Ctrl-C."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # by way of what stops ministack
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell has its background jobs ignore it
    _leave_the_shell()
    began = time.monotonic()
    with telling_why():
        if port and not ministack.is_free(port):
            raise InvalidArgument("PORT", f"{port} is taken: choose another, or none, and a free one is picked")
        template = Template.read(ROOT / TEMPLATE)
        try:
            with nullcontext(port) if port else ministack.free_port() as chosen, running(chosen) as cloud:
                _serve(cloud, cloud.deployment(stage, template), began)
        except KeyboardInterrupt:
            screen.say("\nStopped.")


def _serve(cloud: Cloud, deployment: Deployment, began: float) -> None:
    chosen = deployment.stage
    ours = command_parameters(chosen, this_architecture(), f"python{PYTHON}")
    deployment.template.require(chosen.parameters, ours, source=chosen.source)
    outputs = deployment.deploy(built(this_architecture()), lambda changes: True)
    _introduce(cloud, outputs or {}, time.monotonic() - began)
    watch(cloud)


def _introduce(cloud: Cloud, outputs: Mapping[str, str], seconds: float) -> None:
    found = routes(cloud.aws, outputs["ApiId"])
    scopes = sorted({scope for route in found for scope in route.scopes})
    host = outputs["ApiUrl"].partition("//")[2]
    example = example_of(found)
    screen.show_pairs(outputs)
    screen.say(f"\nUp after {seconds:.0f} s. To try it, with a token that has all scopes for an hour:\n")
    screen.say(f"TOKEN={cloud.issuer.token(*scopes)}")
    screen.say(f"curl -i -H 'Host: {host}' -H \"Authorization: Bearer $TOKEN\" {cloud.address}{example.path}\n")
    screen.say(f"The scopes are {', '.join(scopes)}. Other programs find the stack with these variables:\n")
    screen.say(
        f"export AWS_ENDPOINT_URL={cloud.address} AWS_DEFAULT_REGION={cloud.aws.region} "
        "AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test\n"
    )
    screen.say("Ctrl-C stops it, and all that it has stored is gone.")


def watch(cloud: Cloud) -> None:
    """Waits as long as ministack is up.

    Raises:
        Failed: it ended by itself; with what it logged last.
    """
    while cloud.server.poll() is None:
        time.sleep(WATCH_SECONDS)
    raise Failed(f"ministack ended by itself, with exit code {cloud.server.returncode}:\n{cloud.last_lines()}")


def _leave_the_shell() -> None:
    """Takes accounts, endpoints and proxies of the shell out of the way, for all happens on this machine."""
    kept = around_proxies(without_aws(os.environ))
    for name in os.environ.keys() - kept.keys():
        del os.environ[name]
    os.environ.update(kept)


if __name__ == "__main__":
    app()
