"""The page on tables of their own: what it adds to the template is valid, and in step with the code."""

import pytest

from deploy.kernel.lint import problems
from deploy.kernel.sam import Template
from tests.docs.own_table import make_template
from tests.docs.own_table import write_template


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "template.yaml"
    write_template(path)
    return path


def test_the_template_with_a_second_table_is_valid(path):
    assert [*problems(path.read_text(encoding="utf-8"))] == []


def test_the_second_table_is_defined_by_make_template_like_the_first_one(path):
    resources = Template.read(path).resources

    assert resources["SponsorTable"] == resources["Table"]
    make_template(path, "--check")


def test_a_second_table_without_what_the_code_needs_is_out_of_step(path):
    path.write_text(path.read_text(encoding="utf-8").replace("- IndexName: listing", "- IndexName: list", 1))

    with pytest.raises(SystemExit, match="the block table Sponsor differs from the code: run make template"):
        make_template(path, "--check")
