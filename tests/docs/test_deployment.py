"""The page on deployment: its parameters are those of the template, and what it adds to the template is valid."""

import re
from pathlib import Path

import pytest
from botocore import xform_name
from botocore.session import get_session

from deploy.kernel.lint import problems
from deploy.kernel.sam import TEMPLATE
from deploy.kernel.sam import Template
from deploy.kernel.stages import read_stage

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/deployment.md").read_text(encoding="utf-8")
SET_BY_THE_COMMAND = {"Stage", "Architecture", "Runtime"}


def written(kind: str) -> list[str]:
    """The blocks of the page that are written in that language."""
    return re.findall(rf"^```{kind}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def test_the_parameters_are_listed_with_their_defaults_and_meanings():
    declared = Template.read(ROOT / TEMPLATE).parameters
    rows = re.findall(r"^\| `(\w+)` \| (.*?) ?\| (.*) \|$", PAGE, re.MULTILINE)

    assert [row for row in rows if row[0] in declared and row[0] not in SET_BY_THE_COMMAND] == [
        (name, f"`{default}`" if (default := facts.get("Default", "")) != "" else "", facts["Description"])
        for name, facts in declared.items()
        if name not in SET_BY_THE_COMMAND
    ]


def test_the_number_of_alarms_is_that_of_the_template():
    types = [resource["Type"] for resource in Template.read(ROOT / TEMPLATE).resources.values()]

    assert f"| {types.count('AWS::CloudWatch::Alarm')} alarms to one topic" in PAGE


def test_the_permissions_on_the_stack_are_those_of_the_calls_that_are_made():
    source = (ROOT / "deploy/kernel/stack.py").read_text(encoding="utf-8")
    operations = get_session().get_service_model("cloudformation").operation_names
    called = {name for name in operations if f".{xform_name(name)}(" in source or f'"{xform_name(name)}"' in source}

    assert called
    assert set(re.findall(r"`cloudformation:(\w+)`", PAGE)) == called


@pytest.mark.parametrize("name", ["dev", "prod"])
def test_the_stages_that_are_shown_can_be_deployed(tmp_path, name):
    [shown] = [block for block in written("toml") if block.startswith(f"[{name}]")]
    (tmp_path / "stages.toml").write_text(shown, encoding="utf-8")

    stage = read_stage(name, "team-service", tmp_path / "stages.toml")

    declared = Template.read(ROOT / TEMPLATE).parameters
    assert {"JwtIssuer", "JwtAudience"} <= stage.parameters.keys() <= declared.keys()


def test_the_template_with_a_custom_domain_is_valid():
    [shown] = written("yaml")
    text = (ROOT / TEMPLATE).read_text(encoding="utf-8")

    for part in re.split(r"^(?=[A-Z])", shown, flags=re.MULTILINE)[1:]:
        heading, _, lines = part.partition("\n")
        assert f"\n{heading}\n" in text
        text = text.replace(f"\n{heading}\n", f"\n{heading}\n{lines}", 1)

    assert "Domain.RegionalHostedZoneId" in text
    assert [*problems(text)] == []
