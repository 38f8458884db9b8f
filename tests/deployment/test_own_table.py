"""A stack with a second table, as docs/recipes/own-table.md has it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from deploy.kernel.local import Cloud
from deploy.kernel.package import Package
from deploy.kernel.sam import Template
from infrastructure.api.routes import ROUTES
from infrastructure.container import Container
from infrastructure.kernel.cli import Service
from infrastructure.kernel.commands import app
from infrastructure.settings import Settings
from tests.deployment.api import CREATING
from tests.deployment.api import Api
from tests.deployment.api import eventually
from tests.deployment.fixtures import Deployed
from tests.deployment.fixtures import arriving
from tests.deployment.fixtures import deployed
from tests.docs.own_table import write_template


@pytest.fixture
def stack(cloud, package, tmp_path) -> Deployed:
    """A stack whose second table is not used yet."""
    return with_second_table(cloud, package, tmp_path, is_used=False)


@pytest.fixture
def api(cloud, stack) -> Iterator[Api]:
    api = Api(cloud.address, stack.outputs["ApiUrl"])
    eventually(lambda: api.call("GET", "/health/ready"), lambda answer: answer.status_code == 200)
    yield api
    api.close()


def test_an_aggregate_moves_into_its_table_and_the_events_of_all_tables_arrive(
    cloud, package, stack, api, everything, tmp_path, monkeypatch
):
    [sponsors] = [endpoint for endpoint in CREATING if endpoint.path == "/sponsors"]
    old = api.try_out(sponsors, everything)
    [own] = [name for name in tables(cloud) if name.startswith("divided-SponsorTable-")]
    assert keys(cloud, own) == []

    copied = copy(cloud, stack, own, monkeypatch)
    with_second_table(cloud, package, tmp_path, is_used=True)
    eventually(lambda: api.call("GET", "/health/ready"), lambda answer: answer.status_code == 200)
    with arriving(cloud, stack, "divided") as arrived:
        ids = {endpoint.path: api.create(endpoint, everything)["id"] for endpoint in CREATING}
        eventually(arrived, lambda bodies: all(id in bodies for id in ids.values()))

    assert "1 items copied, 0 were there already" in copied
    moved = api.call("GET", old.headers["location"], everything)
    assert (moved.json(), moved.headers["etag"]) == (old.json(), old.headers["etag"])
    assert set(keys(cloud, own)) == {f"SPONSOR#{old.json()['id']}", f"SPONSOR#{ids['/sponsors']}"}
    in_main = keys(cloud, stack.outputs["TableName"])
    assert f"SPONSOR#{ids['/sponsors']}" not in in_main
    assert f"TEAM#{ids['/teams']}" in in_main


def with_second_table(cloud: Cloud, package: Package, folder: Path, *, is_used: bool) -> Deployed:
    write_template(folder / "template.yaml", is_used=is_used)
    deployment = cloud.deployment(None, Template.read(folder / "template.yaml"))
    return deployed(replace(deployment, stage=replace(deployment.stage, stack_name="divided")), package)


def copy(cloud: Cloud, stack: Deployed, own: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """What `team-service table copy` says."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    container = Container()
    settings = Settings(
        persistence="dynamodb",
        aws_region=cloud.aws.region,
        dynamodb_endpoint=cloud.address,
        dynamodb_table=stack.outputs["TableName"],
        dynamodb_tables=f"Sponsor={own}",
    )
    container.settings.override(settings)
    return CliRunner().invoke(app, ["table", "copy"], obj=Service(container, ROUTES)).stderr


def tables(cloud: Cloud) -> list[str]:
    return cloud.aws.session.client("dynamodb", endpoint_url=cloud.address).list_tables()["TableNames"]


def keys(cloud: Cloud, table: str) -> list[str]:
    client = cloud.aws.session.client("dynamodb", endpoint_url=cloud.address)
    return [item["pk"]["S"] for item in client.scan(TableName=table)["Items"]]
