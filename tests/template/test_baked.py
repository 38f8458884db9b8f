"""A new service is green before the first edit, and stays so with two aggregates more."""

import re
from pathlib import Path

import pytest

from tests.template.services import ORDER
from tests.template.services import Service
from tests.template.services import copy_of_the_template
from tests.template.services import generate
from tests.template.services import service

OF_THE_REFERENCE = re.compile(rb"team|player|sponsor|football", re.IGNORECASE)


def mentions(made: Service) -> dict[str, list[bytes]]:
    """The words of the reference that are left, by file."""
    found = {path: OF_THE_REFERENCE.findall(path.encode() + content) for path, content in made.files().items()}
    return {path: words for path, words in found.items() if words}


def of_a_copy(tmp_path: Path) -> Service:
    """A service, installed, of a template whose path has no word of the reference in it."""
    template = copy_of_the_template(tmp_path / "elsewhere")
    (tmp_path / "new").mkdir()
    finished = generate(tmp_path / "new", template, **ORDER)
    assert finished.code == 0, finished.output
    made = Service(tmp_path / "new/order-service")
    made.install()
    return made


def test_a_service_without_the_example_is_green_and_has_no_word_of_it(tmp_path):
    made = of_a_copy(tmp_path)

    assert " passed" in made.make("check", "test")
    assert not mentions(made)


def test_a_service_with_the_example_is_green(tmp_path):
    made = service(tmp_path / "new", **{**ORDER, "example": "yes"})

    made.install()

    assert " passed" in made.make("check", "test")


def test_a_service_is_green_with_two_aggregates_more(tmp_path):
    made = of_a_copy(tmp_path)

    made.make("aggregate", "NAME=Invoice")
    made.make("aggregate", "NAME=LineItem")

    assert " passed" in made.make("check", "test")
    assert not mentions(made)


def test_a_service_is_installed_with_a_command_of_its_name(tmp_path):
    made = service(tmp_path / "new", **ORDER)
    made.install()

    made.install_by_pip()

    assert "serve" in made.done(".venv/bin/order-service", "--help")


@pytest.mark.parametrize("example", ["yes", "no"])
def test_every_target_of_make_says_what_it_does(tmp_path, example):
    made = service(tmp_path / "new", **{**ORDER, "example": example})

    told = made.make("help")

    assert {line.split()[1] for line in told.splitlines()} >= {"run", "test", "check", "verify", "aggregate"}
    assert "new" not in {line.split()[1] for line in told.splitlines()}
