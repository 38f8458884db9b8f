"""If-Match: a change is made at the version that the caller expects, or not at all."""

import pytest

from tests.kernel.infrastructure.http.answers import names
from tests.kernel.infrastructure.http.answers import problem
from tests.kernel.service.domain import Crate

UNMEETABLE = ("", '"', "1", '"0"', '"x"', '"01"', '"1" x', 'W/"1"', '"1", "2"', "*, *", f'"{2**63}"', '"-1"')


def test_a_change_of_the_version_that_is_expected_is_made(api, crate):
    path = f"/crates/{crate['id']}"

    renamed = api.patch(path, json={"name": "Southern Rail"}, headers={"if-match": '"1"'})
    renamed_whatever_is_stored = api.patch(path, json={"name": "Western Rail"}, headers={"if-match": "*"})
    removed = api.delete(path, headers={"if-match": renamed_whatever_is_stored.headers["etag"]})

    assert [answer.status_code for answer in (renamed, renamed_whatever_is_stored, removed)] == [200, 200, 204]
    assert renamed_whatever_is_stored.json() == {**crate, "name": "Western Rail", "version": 3}


@pytest.mark.parametrize("stale", ['"1"', '"3"', f'"{2**63 - 1}"'])
def test_a_change_of_another_version_fails_its_precondition_and_changes_nothing(api, crate, stale):
    path = f"/crates/{crate['id']}"
    newest = api.patch(path, json={"name": "Southern Rail"}).json()

    renamed = api.patch(path, json={"name": "Western Rail"}, headers={"if-match": stale})
    removed = api.delete(path, headers={"if-match": stale})

    assert problem(renamed) == problem(removed) == (412, "conflict")
    assert (renamed.json()["expected"], renamed.json()["found"]) == (int(stale.strip('"')), 2)
    assert api.get(path).json() == newest


def test_the_etag_of_a_removed_crate_is_none_of_the_one_that_was_added_again(api, crate, container):
    path = f"/crates/{crate['id']}"
    assert api.delete(path, headers={"if-match": '"1"'}).status_code == 204
    again = container.crates().add(Crate(id=crate["id"], name="Southern Rail"))

    renamed = api.patch(path, json={"name": "Western Rail"}, headers={"if-match": '"1"'})
    removed = api.delete(path, headers={"if-match": '"1"'})

    assert problem(renamed) == problem(removed) == (412, "conflict")
    assert api.get(path).json() == again.model_dump()
    assert api.get(path).headers["etag"] == f'"{again.version}"'


@pytest.mark.parametrize("if_match", UNMEETABLE)
@pytest.mark.usefixtures("unchanged")
def test_a_change_of_no_readable_version_fails_its_precondition_and_changes_nothing(api, crate, if_match):
    path = f"/crates/{crate['id']}"

    renamed = api.patch(path, json={"name": "Western Rail"}, headers={"if-match": if_match})
    removed = api.delete(path, headers={"if-match": if_match})

    assert problem(renamed) == problem(removed) == (412, "precondition-failed")


@pytest.mark.usefixtures("unchanged")
def test_two_if_match_headers_are_no_readable_version(api, crate):
    answer = api.delete(f"/crates/{crate['id']}", headers=[("if-match", '"1"'), ("if-match", '"2"')])

    assert problem(answer) == (412, "precondition-failed")


@pytest.mark.parametrize("if_match", ['"1"', "*", "x"])
def test_a_creation_or_a_look_up_cannot_meet_a_precondition(api, if_match):
    headers = {"if-match": if_match}

    created = api.post("/crates", json={"name": "Rail"}, headers=headers)
    found = api.post("/crates/lookup", json={"ids": []}, headers=headers)

    assert problem(created) == problem(found) == (412, "precondition-failed")
    assert names(api.get("/crates")) == []


def test_a_read_pays_no_heed_to_if_match(api, crate):
    found = api.get(f"/crates/{crate['id']}", headers={"if-match": '"7"'})

    assert (found.status_code, found.json()) == (200, crate)
    assert api.get("/crates", headers={"if-match": '"7"'}).status_code == 200
