"""A stack with a second table, as docs/recipes/own-table.md has it."""

from dataclasses import replace

import pytest

from deploy.kernel.local import Cloud
from deploy.kernel.sam import Template
from tests.deployment.api import CREATING
from tests.deployment.api import Api
from tests.deployment.api import eventually
from tests.deployment.fixtures import Deployed
from tests.deployment.fixtures import arriving
from tests.deployment.fixtures import deployed
from tests.docs.own_table import write_template


@pytest.fixture
def divided(cloud, package, tmp_path) -> Deployed:
    write_template(tmp_path / "template.yaml")
    deployment = cloud.deployment(None, Template.read(tmp_path / "template.yaml"))
    return deployed(replace(deployment, stage=replace(deployment.stage, stack_name="divided")), package)


def test_each_aggregate_is_in_its_table_and_the_events_of_both_arrive(cloud, divided, everything):
    api = Api(cloud.address, divided.outputs["ApiUrl"])
    eventually(lambda: api.call("GET", "/health/ready"), lambda answer: answer.status_code == 200)
    with arriving(cloud, divided, "divided") as arrived:
        ids = {endpoint.path: api.create(endpoint, everything)["id"] for endpoint in CREATING}
        eventually(arrived, lambda bodies: all(id in bodies for id in ids.values()))
    api.close()

    [own] = [name for name in tables(cloud) if "-SponsorTable-" in name and name.startswith("divided-")]
    assert keys(cloud, own) == [f"SPONSOR#{ids['/sponsors']}"]
    assert f"SPONSOR#{ids['/sponsors']}" not in keys(cloud, divided.outputs["TableName"])
    assert f"TEAM#{ids['/teams']}" in keys(cloud, divided.outputs["TableName"])


def tables(cloud: Cloud) -> list[str]:
    return cloud.aws.session.client("dynamodb", endpoint_url=cloud.address).list_tables()["TableNames"]


def keys(cloud: Cloud, table: str) -> list[str]:
    client = cloud.aws.session.client("dynamodb", endpoint_url=cloud.address)
    return [item["pk"]["S"] for item in client.scan(TableName=table)["Items"]]
