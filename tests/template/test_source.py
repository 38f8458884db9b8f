"""What a service records of where it came from lets others find the template, and is no secret."""

from pathlib import Path

import pytest

from template.source import Source
from tests.template.services import git


@pytest.fixture
def template(tmp_path) -> Path:
    """A repository that cookiecutter uses where it is."""
    root = tmp_path / "template"
    (root / "template").mkdir(parents=True)
    (root / "template/commit.txt").write_text("$Format:%H$\n", encoding="utf-8")
    git(root, "init", "--quiet")
    return root


def recorded(root: Path) -> str:
    return Source.of(root, {"_template": str(root), "_repo_dir": str(root)}).template


@pytest.mark.parametrize(
    ("origin", "location"),
    [
        ("https://example.com/ann/template.git", "https://example.com/ann/template.git"),
        ("https://example.com:8443/template", "https://example.com:8443/template"),
        ("git@example.com:ann/template.git", "git@example.com:ann/template.git"),
        ("example.com:template", "example.com:template"),
        ("ssh://git@example.com:22/template", "ssh://git@example.com:22/template"),
        ("https://ann:secret@example.com/template", "https://example.com/template"),
        ("https://secret@example.com/template", "https://example.com/template"),
        ("ssh://ann:secret@example.com/template", "ssh://ann@example.com/template"),
    ],
)
def test_the_address_of_its_origin_is_recorded_without_credentials(template, origin, location):
    git(template, "remote", "add", "origin", origin)

    assert recorded(template) == location


@pytest.mark.parametrize("origin", ["/srv/template.git", "../template", "C:\\template", "C:/template"])
def test_an_origin_on_this_machine_is_no_better_than_the_folder_itself(template, origin):
    git(template, "remote", "add", "origin", origin)

    assert recorded(template) == str(template)


def test_without_an_origin_the_folder_is_recorded(template):
    assert recorded(template) == str(template)


def test_a_folder_in_another_repository_is_not_taken_for_it(tmp_path, template):
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "remote", "add", "origin", "https://example.com/another.git")
    (template / ".git").rename(tmp_path / "git")

    source = Source.of(template, {"_template": str(template), "_repo_dir": str(template)})

    assert (source.template, source.commit) == (str(template), None)
