"""What is refused before AWS is asked anything: each with a message that names the input and the rule."""

import pytest

from deploy.kernel import commands
from deploy.kernel.aws import Aws
from deploy.kernel.stages import STAGES
from deploy.kernel.stages import read_stage
from domain.kernel.errors import InvalidArgument
from tests.kernel.deploy.projects import ARM
from tests.kernel.deploy.projects import INTEL
from tests.kernel.deploy.projects import SERVICE


@pytest.fixture(autouse=True)
def nobody_asks_aws(monkeypatch):
    def of_environment() -> Aws:
        raise AssertionError("AWS is asked")

    monkeypatch.setattr(Aws, "of_environment", of_environment)


def refusal(result):
    assert result.exit_code == 1, result.output
    return result.output.strip()


@pytest.mark.parametrize("stage", ["", "test", "Dev", "dev ", "dév", "../dev"])
def test_a_stage_that_does_not_exist_is_told_with_those_that_do(project, stage):
    told = refusal(project.deploy(stage=stage))

    assert told == f"STAGE: must be one of dev, prod, which deploy/stages.toml has, not {stage!r}"
    assert refusal(project.destroy(stage=stage)) == told


def test_a_placeholder_has_to_be_replaced(project):
    told = refusal(project.deploy(stage="prod"))

    assert told == "deploy/stages.toml [prod] Depth: replace the placeholder <how deep>"


@pytest.mark.parametrize("name", ["tiny_service", "1tiny", "tiny service", "tïny", "", "x" * 129, "a.b"])
def test_a_stack_has_a_name_that_cloudformation_takes(project, name):
    project.replace("deploy/stages.toml", "[dev]", f'[dev]\nstack_name = "{name}"')

    told = refusal(project.deploy())

    assert "the stack's name: must begin with a letter, and have at most 128" in told
    assert f"not {name!r}; set stack_name in deploy/stages.toml [dev]" in told


def test_a_parameter_that_is_missing_is_named_with_its_description(project):
    project.replace("deploy/stages.toml", "Depth = 3\n", "")

    told = refusal(project.deploy())

    assert told == "deploy/stages.toml [dev] Depth: is missing: how deep it is"


def test_all_wrong_parameters_are_named_at_once(project):
    project.replace("deploy/stages.toml", "Depth = 3", 'Deepth = 3\nRuntime = "python3.11"')

    told = refusal(project.deploy())

    assert "[dev] Deepth: is no parameter of template.yaml; these are: Stage, Architecture," in told
    assert "[dev] Depth: is missing" in told
    assert "[dev] Runtime: remove it, for the command sets it" in told


@pytest.mark.parametrize("value", ["1.5", "2026-01-01", "{a = 1}"])
def test_a_parameter_is_text_a_whole_number_or_a_list(project, value):
    project.replace("deploy/stages.toml", "Depth = 3", f"Depth = {value}")

    assert "[dev] Depth: must be text, a whole number, true, false, or a list" in refusal(project.deploy())


def test_a_stage_that_the_template_does_not_allow_is_refused(project):
    project.write("deploy/stages.toml", "[test]\nDepth = 1\nNames = 'a'")

    assert "Stage: must be one of dev, prod, not 'test'" in refusal(project.deploy(stage="test"))


def test_a_stage_is_a_table(project):
    project.write("deploy/stages.toml", "dev = 1")

    assert refusal(project.deploy()) == "deploy/stages.toml [dev]: must be a table"


@pytest.mark.parametrize("path", ["deploy/stages.toml", "template.yaml"])
@pytest.mark.parametrize("text", [None, "a: [", "\x00"], ids=["none", "broken", "binary"])
def test_a_file_that_cannot_be_read_is_named(project, path, text):
    if text is None:
        (project.root / path).unlink()
    else:
        project.write(path, text)

    assert refusal(project.deploy()).startswith(f"Misconfigured: {path}")


def test_an_architecture_that_lambda_has_not_is_refused(project):
    assert "ARCH: must be one of arm64, x86_64, not 'sparc'" in refusal(project.deploy("--arch", "sparc"))


@pytest.mark.parametrize(("machine", "arch", "made_for"), [(ARM, "x86_64", "arm64"), (INTEL, "arm64", "x86_64")])
def test_a_zip_of_the_other_architecture_is_refused(project, machine, arch, made_for):
    told = refusal(project.deploy("--zip", project.zip(machine), "--arch", arch))

    assert told == f"ARCH: is {arch}, and the zip was made for {made_for}"


def test_a_zip_of_a_python_that_lambda_has_not_is_refused(project):
    told = refusal(project.deploy("--zip", project.zip(minor=15)))

    assert told == "Runtime: must be one of python3.11, python3.12, not 'python3.15'"


def test_a_python_that_lambda_has_not_is_refused_before_a_zip_is_made(project, monkeypatch):
    monkeypatch.setattr(commands, "PYTHON", "3.99")
    monkeypatch.setattr(commands, "built", lambda arch: pytest.fail("a zip is made"))

    result = project.run("deploy", "--stage", "dev")

    assert refusal(result) == "Runtime: must be one of python3.11, python3.12, not 'python3.99'"


@pytest.mark.parametrize("content", [None, b"", b"no zip"], ids=["none", "empty", "text"])
def test_what_is_no_zip_is_refused(project, content):
    path = project.root / "some.zip"
    if content is not None:
        path.write_bytes(content)

    assert f"the zip: {path} cannot be read" in refusal(project.deploy("--zip", path))


def test_a_zip_that_nothing_is_known_of_is_refused(project):
    path = project.zip(minor=11)
    path.write_bytes(project.zip(machine="sparc64").read_bytes())

    assert "was not made by make lambda-zip" in refusal(project.deploy("--zip", path))


def test_without_a_name_the_first_stage_is_taken(project):
    stage = read_stage(None, SERVICE, project.root / STAGES, {"Depth": "4"})

    assert (stage.name, stage.stack_name) == ("dev", f"{SERVICE}-dev")
    assert stage.parameters == {"Depth": "4", "Names": "a,b"}


def test_a_file_without_stages_is_refused(project):
    project.write("deploy/stages.toml", "")

    with pytest.raises(InvalidArgument, match="STAGE: "):
        read_stage(None, SERVICE, project.root / STAGES)
