"""The workflows of a new service: what they may do, what they run, and that what is wrong with them is found."""

import re
import shutil
import subprocess
import tomllib
from typing import Any

import pytest
import yaml

from tests.template.services import ROOT

GITHUB = ROOT / "template/owner/.github"
TEXTS = {path.name: path.read_text(encoding="utf-8") for path in sorted((GITHUB / "workflows").iterdir())}
WORKFLOWS: dict[str, dict[Any, Any]] = {name: yaml.safe_load(text) for name, text in TEXTS.items()}
JOBS = {f"{name}: {job}": body for name, workflow in WORKFLOWS.items() for job, body in workflow["jobs"].items()}
STEPS = [step for job in JOBS.values() for step in job.get("steps", ())]
FILES = ("Makefile", "template.mk", "pyproject.toml", "constraints.txt")
WRITTEN_ELSEWHERE = {"deploy"}
EVERY_JOB = pytest.mark.parametrize("job", JOBS.values(), ids=JOBS)


@pytest.fixture
def checked(tmp_path):
    """Runs `make check-workflows` on a copy in which `pattern`, found in a file, is `replacement`."""
    for name in FILES:
        shutil.copy(ROOT / name, tmp_path)
    copy = tmp_path / GITHUB.relative_to(ROOT)
    shutil.copytree(GITHUB, copy)
    (tmp_path / ".venv").symlink_to(ROOT / ".venv")

    def checked(name: str, pattern: str, replacement: str) -> subprocess.CompletedProcess[str]:
        [path] = copy.rglob(name)
        text = path.read_text(encoding="utf-8")
        path.write_text(re.sub(pattern, replacement, text), encoding="utf-8")
        assert (path.read_text(encoding="utf-8") == text) is (pattern == "")
        command = ["make", "--old-file=.venv/installed", "check-workflows"]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    return checked


def test_what_is_here_passes_the_linters(checked):
    finished = checked("ci.yml", "", "")

    assert finished.returncode == 0, finished.stdout + finished.stderr


@pytest.mark.parametrize(
    ("name", "pattern", "replacement", "told"),
    [
        ("ci.yml", r"checkout@\w+ # v[\d.]+", "checkout@v7", "unpinned-uses"),
        ("ci.yml", r"permissions: \{\}", "permissions: write-all", "excessive-permissions"),
        ("ci.yml", r"persist-credentials: false", "fetch-tags: false", "artipacked"),
        ("ci.yml", r"run: make verify", "run: echo ${{ github.head_ref }}", "template-injection"),
        ("ci.yml", r"pull_request:", "pull_request_target:", "dangerous-triggers"),
        ("dependabot.yml", r"cooldown: .*", "", "dependabot-cooldown"),
        ("dependabot.yml", r"interval: weekly", "interval: sometimes", "dependabot.yml"),
        ("ci.yml", r"runs-on:", "runs-in:", "runs-in"),
        ("deploy.yml", r"needs: ci", "needed: ci", "needed"),
    ],
)
def test_the_linters_find_what_is_wrong(checked, name, pattern, replacement, told):
    finished = checked(name, pattern, replacement)

    assert finished.returncode != 0
    assert told in finished.stdout + finished.stderr


def test_every_action_is_pinned_by_one_digest_with_its_version_beside_it():
    used = {tuple(line.split("@")) for text in TEXTS.values() for line in re.findall(r"uses: ([^$\n]+)", text)}

    assert used
    assert all(re.fullmatch(r"[0-9a-f]{40} # v\d+\.\d+\.\d+", digest) for _, digest in used)
    assert len({action for action, _ in used}) == len(used)


@pytest.mark.parametrize("workflow", WORKFLOWS.values(), ids=WORKFLOWS)
def test_a_workflow_may_do_nothing_by_itself(workflow):
    assert workflow["permissions"] == {}


@EVERY_JOB
def test_only_a_deployment_may_have_an_identity_and_no_job_may_write(job):
    deploys = "environment" in job

    assert job["permissions"] == {"contents": "read"} | ({"id-token": "write"} if deploys else {})


@EVERY_JOB
def test_every_job_ends_some_time(job):
    assert "timeout-minutes" in job or "uses" in job


def test_no_checkout_leaves_its_credentials_behind():
    checkouts = [step for step in STEPS if "checkout@" in step.get("uses", "")]

    assert len(checkouts) == len([job for job in JOBS.values() if "steps" in job])
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)


@pytest.mark.parametrize("stage", ["dev", "prod"])
def test_nothing_is_installed_while_there_are_credentials(stage):
    steps = [step.get("uses", step.get("run")) for step in WORKFLOWS["deploy.yml"]["jobs"][stage]["steps"]]
    kinds = [step.partition("@")[0] for step in steps]

    assert kinds[-3:] == [
        "make .venv/installed",
        "aws-actions/configure-aws-credentials",
        f"make deploy STAGE={stage} YES=1",
    ]


def test_the_stages_differ_in_nothing_but_their_name_and_what_they_wait_for():
    dev, prod = (WORKFLOWS["deploy.yml"]["jobs"][stage] for stage in ("dev", "prod"))

    assert (dev["needs"], prod["needs"]) == ("ci", "dev")
    assert yaml.safe_dump({**dev, "needs": ""}).replace("dev", "prod").replace("DEV", "PROD") == yaml.safe_dump(
        {**prod, "needs": ""}
    )


def test_the_targets_of_make_exist():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = {*re.findall(r"^([a-z-]+):", makefile, re.MULTILINE), ".venv/installed"}
    commands = re.findall(r"^\s*(?:- )?(?:run: )?make (.*)$", "\n".join(TEXTS.values()), re.MULTILINE)
    named = {word for command in commands for word in command.split() if "=" not in word}

    assert named >= {"check", "verify", "audit", "compatibility"}
    assert named - WRITTEN_ELSEWHERE <= targets


def test_every_supported_python_is_tested_and_one_of_them_deployed():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    tested = WORKFLOWS["ci.yml"]["jobs"]["test"]["strategy"]["matrix"]["python"]
    versions = {step["with"]["python-version"] for step in STEPS if "setup-python@" in step.get("uses", "")}
    image = re.findall(r"^FROM python:(\d\.\d+)", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)

    assert project["requires-python"] == f">={tested[0]}"
    assert versions - {"${{ matrix.python }}"} == {*image}
    assert {*image} <= {*tested}
