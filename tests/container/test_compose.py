"""compose.yaml fits the Dockerfile and the settings, and lets nobody in from another machine."""

import re

import pytest
import yaml

from infrastructure.settings import Settings
from tests.container.dockerfile import ROOT
from tests.container.dockerfile import stages

STAGES = stages((ROOT / "Dockerfile").read_text(encoding="utf-8"))
SERVICES = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]
PREFIX = Settings.variable("")
OWN = {name: service for name, service in SERVICES.items() if name != "ministack"}


@pytest.mark.parametrize("service", SERVICES.values(), ids=SERVICES)
def test_ports_are_published_to_this_machine_only_and_are_those_of_the_image(service):
    exposed = STAGES[service["build"]["target"]].all("EXPOSE")

    for port in service.get("ports", ()):
        host, _, inside = port.rpartition(":")
        assert host.startswith("127.0.0.1:")
        assert inside in exposed


@pytest.mark.parametrize("service", OWN.values(), ids=OWN)
def test_the_service_and_its_relay_can_write_nothing_and_gain_nothing(service):
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]


@pytest.mark.parametrize("service", OWN.values(), ids=OWN)
def test_a_service_has_longer_to_stop_than_its_requests_have_to_finish(service):
    seconds = re.fullmatch(r"(\d+)s", service["stop_grace_period"])

    assert seconds is not None
    assert int(seconds[1]) > Settings().shutdown_seconds


@pytest.mark.parametrize("service", OWN.values(), ids=OWN)
def test_the_settings_are_those_that_the_service_has(service):
    given = {name: value for name, value in service["environment"].items() if name.startswith(PREFIX)}

    assert {name.removeprefix(PREFIX).lower() for name in given} <= {*Settings.model_fields, "auth"}
    assert (
        Settings.from_environment(given).dynamodb_endpoint
        == f"http://ministack:{STAGES['ministack'].all('EXPOSE')[-1]}"
    )
