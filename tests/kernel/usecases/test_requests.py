"""The requests that the use cases of every aggregate share."""

import pytest

from domain.kernel.errors import Conflict
from domain.kernel.errors import InvalidArgument
from domain.kernel.repository import Everything
from domain.kernel.repository import NameContains
from domain.kernel.repository import NamePrefix
from tests.kernel.builders.specimens import a_specimen
from usecases.kernel.requests import ChangeRequest
from usecases.kernel.requests import GetRequest
from usecases.kernel.requests import ListRequest
from usecases.kernel.requests import LookUpRequest
from usecases.kernel.requests import PageRequest


def test_a_listing_asks_for_everything_50_at_a_time_unless_told_otherwise():
    request = ListRequest()

    assert (request.query, request.limit, request.cursor) == (Everything(), 50, None)


def test_a_listing_asks_for_a_beginning_or_a_part_of_the_name():
    assert ListRequest(prefix="man").query == NamePrefix("man")
    assert ListRequest(contains="man").query == NameContains("man")


def test_a_listing_that_asks_two_questions_is_refused():
    with pytest.raises(InvalidArgument, match="together"):
        ListRequest(prefix="man", contains="man")


@pytest.mark.parametrize("name", ["prefix", "contains"])
def test_a_listing_that_asks_for_an_empty_text_does_not_ask_for_everything(name):
    with pytest.raises(InvalidArgument):
        _ = ListRequest.model_validate({name: ""}).query


@pytest.mark.parametrize("name", ["prefix", "contains"])
def test_a_listing_asks_for_a_text_of_a_thousand_characters_at_most(name):
    assert ListRequest.model_validate({name: "x" * 1000}).query

    with pytest.raises(InvalidArgument, match=f"{name}: String should have at most 1000 characters"):
        ListRequest.model_validate({name: "x" * 1001})


@pytest.mark.parametrize(("name", "longest"), [("prefix", 1000), ("contains", 1000), ("cursor", 2048)])
def test_clients_are_told_how_long_a_text_may_be(name, longest):
    [text, _] = ListRequest.model_json_schema()["properties"][name]["anyOf"]

    assert text == {"type": "string", "maxLength": longest}


@pytest.mark.parametrize("request_of", [ListRequest, PageRequest])
@pytest.mark.parametrize("limit", [1, 500, "1", "500"])
def test_a_page_takes_a_limit_within_bounds(request_of, limit):
    assert request_of(limit=limit).limit == int(limit)


@pytest.mark.parametrize("request_of", [ListRequest, PageRequest])
@pytest.mark.parametrize("limit", [0, -1, 501, "x", "", None, 1.5])
def test_a_page_refuses_a_limit_out_of_bounds(request_of, limit):
    with pytest.raises(InvalidArgument, match="limit"):
        request_of(limit=limit)


@pytest.mark.parametrize("id", ["", "x" * 65, "..", "a/b", "a#b", "a\0b", "a\n"], ids=ascii)
def test_what_can_be_nobodys_id_is_refused(id):
    for request in (lambda: GetRequest(id=id), lambda: LookUpRequest(ids=("a", id)), lambda: ChangeRequest(id=id)):
        with pytest.raises(InvalidArgument):
            request()


def test_more_than_a_thousand_are_not_looked_up_at_once():
    with pytest.raises(InvalidArgument, match="ids"):
        LookUpRequest(ids=("a",) * 1001)

    assert len(LookUpRequest(ids=("a",) * 1000).ids) == 1000


@pytest.mark.parametrize("version", [0, -1, 2**63])
def test_a_version_that_nothing_stored_can_have_cannot_be_expected(version):
    with pytest.raises(InvalidArgument, match="expected_version"):
        ChangeRequest(id="a", expected_version=version)


def test_a_change_passes_at_the_version_it_expects_or_when_it_expects_none():
    specimen = a_specimen().at_version(3)

    ChangeRequest(id=specimen.id, expected_version=3).require_version(specimen)
    ChangeRequest(id=specimen.id).require_version(specimen)


@pytest.mark.parametrize("version", [2, 4])
def test_a_change_of_another_version_than_expected_is_a_conflict(version):
    specimen = a_specimen().at_version(3)

    with pytest.raises(Conflict) as refused:
        ChangeRequest(id=specimen.id, expected_version=version).require_version(specimen)

    assert (refused.value.kind, refused.value.id) == ("Specimen", specimen.id)
    assert (refused.value.expected, refused.value.found) == (version, 3)
