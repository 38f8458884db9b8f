"""What is shipped, what is the template's own, and that the reference can be made again."""

import json
import re

import pytest

from template.answers import QUESTIONS
from template.paths import OWNERS
from template.paths import is_own
from template.service import Reference
from template.source import OF_CRUFT
from template.source import RECORD
from tests.template.services import OF_THE_REFERENCE
from tests.template.services import ROOT
from tests.template.services import git
from tests.template.services import service

REFERENCE = Reference(ROOT)
JINJA = re.compile(rb"\{\{ ?cookiecutter|\{%")
RECORDS = {OF_CRUFT, RECORD}
"""What a service knows of the template."""
MACHINERY = re.compile(rb"cookiecutter|\.venv-new|from template|template/owner")


def in_repository() -> set[str]:
    listed = git(ROOT, "ls-files", "--cached", "--others", "--exclude-standard", "-z").split("\0")
    return {path for path in listed if path and (ROOT / path).exists()}


def test_every_file_of_the_repository_is_either_shipped_or_the_templates_own():
    shipped = {*REFERENCE.files()}

    neither = {path for path in in_repository() - shipped if not is_own(path)}
    both = {path for path in shipped if is_own(path)}

    assert (neither, both) == (set(), set())


def test_nothing_is_shipped_that_is_not_in_the_repository():
    assert {*REFERENCE.files()} <= in_repository()


def test_the_answers_of_the_reference_make_it_again_byte_for_byte(tmp_path):
    made = service(tmp_path / "new", **OF_THE_REFERENCE).files()
    owners = {path.relative_to(ROOT / OWNERS).as_posix() for path in (ROOT / OWNERS).rglob("*") if path.is_file()}

    expected = {path: content for path, content in REFERENCE.files().items() if path not in owners}
    got = {path: content for path, content in made.items() if path not in owners | RECORDS}

    assert got.keys() == expected.keys()
    assert {path for path in got if got[path] != expected[path]} == set()
    assert made.keys() >= owners


def test_no_file_of_the_service_has_jinja_in_it_or_knows_the_template():
    found = {
        path
        for path, content in REFERENCE.files().items()
        if path != "README.md" and (JINJA.search(content) or MACHINERY.search(content))
    }

    assert found == set()


@pytest.mark.parametrize("example", ["yes", "no"])
def test_every_file_of_a_new_service_is_text_that_ends_with_its_line(tmp_path, example):
    made = service(tmp_path / "new", aggregate="LineItem", example=example)

    files = made.files()

    assert {path for path, content in files.items() if content and not content.endswith(b"\n")} == set()
    assert all(content.decode() is not None for content in files.values())
    scripts = {path for path, content in files.items() if content.startswith(b"#!")}
    assert scripts == {path for path, content in REFERENCE.files().items() if content.startswith(b"#!")}
    assert scripts >= {".ci/run"}
    assert all((made.folder / path).stat().st_mode & 0o111 for path in scripts)
    assert not {path for path, content in files.items() if path not in RECORDS and MACHINERY.search(content)}


def test_by_default_a_service_has_a_customer_and_nothing_of_the_reference(tmp_path):
    made = service(tmp_path / "new").files()

    recorded = json.loads(made[RECORD])
    assert recorded["answers"] == {
        "project_name": "My Service",
        "project_slug": "my-service",
        "description": "My Service: a clean-architecture service on AWS.",
        "author": "The my-service authors",
        "email": "",
        "aggregate": "Customer",
        "aggregate_plural": "Customers",
        "example": False,
        "licence": "MIT",
        "git": True,
    }
    assert {path for path in made if path.startswith("domain/") and path.count("/") == 1} == {
        "domain/__init__.py",
        "domain/customer.py",
    }


def test_the_generator_knows_the_questions_that_are_asked():
    asked = json.loads((ROOT / "cookiecutter.json").read_text(encoding="utf-8"))

    assert tuple(key for key in asked if not key.startswith("_")) == QUESTIONS
    assert asked["__prompts__"].keys() == {*QUESTIONS}


def test_what_is_recorded_is_what_was_answered(tmp_path):
    made = service(tmp_path / "new", project_name="Order Service", aggregate="Order", email="ann@example.com")

    recorded = json.loads((made.folder / RECORD).read_text(encoding="utf-8"))

    assert recorded["commit"] == git(ROOT, "rev-parse", "HEAD").strip()
    assert recorded["answers"]["aggregate_plural"] == "Orders"
    assert recorded["answers"]["email"] == "ann@example.com"
