"""Sponsors and their rules."""

import pytest

from domain.kernel.errors import InvalidArgument
from tests.builders.sponsors import a_sponsor


def test_a_sponsor_has_a_name_by_which_it_is_listed():
    sponsor = a_sponsor(name="  Northern Rail ")

    assert (sponsor.name, sponsor.listed_as, sponsor.version) == ("Northern Rail", "Northern Rail", 0)


def test_a_renamed_sponsor_is_the_same_under_another_name():
    stored = a_sponsor(name="Northern Rail", version=3)

    renamed = stored.rename(" Southern Rail")

    assert (renamed.id, renamed.name, renamed.version) == (stored.id, "Southern Rail", 3)
    assert stored.name == "Northern Rail"


@pytest.mark.parametrize("name", ["", "x" * 101], ids=["empty", "long"])
def test_a_sponsor_cannot_have_a_wrong_name(name):
    with pytest.raises(InvalidArgument, match="name"):
        a_sponsor(name=name)
    with pytest.raises(InvalidArgument, match="name"):
        a_sponsor().rename(name)
