"""Drafts belong to their writers: nobody else reads, changes or lists them, over HTTP or on Lambda."""

import httpx
import pytest
from dependency_injector.providers import Factory
from dependency_injector.providers import Object

from tests.docs.recipes.drafts import ENDPOINTS
from tests.docs.recipes.drafts import SCOPE
from tests.docs.recipes.drafts import CreateDraft
from tests.docs.recipes.drafts import DynamoDBDraftRepository
from tests.docs.recipes.drafts import GetDraft
from tests.docs.recipes.drafts import InMemoryDraftRepository
from tests.docs.recipes.drafts import ListDrafts
from tests.docs.recipes.drafts import ReviseDraft
from tests.docs.recipes.members import kept
from tests.kernel.infrastructure.http.answers import body
from tests.kernel.infrastructure.http.answers import problem
from tests.kernel.infrastructure.http.clients import WAYS
from tests.kernel.infrastructure.http.clients import issuer
from tests.kernel.infrastructure.http.clients import portal

__all__ = ["issuer", "portal"]


@pytest.fixture(params=WAYS)
def api(request, container, portal, issuer) -> httpx.Client:
    drafts = Object(kept(container, memory=InMemoryDraftRepository, dynamodb=DynamoDBDraftRepository))
    container.set_provider("create_draft", Factory(CreateDraft, drafts, container.new_id.provider))
    container.set_provider("get_draft", Factory(GetDraft, drafts))
    container.set_provider("list_drafts", Factory(ListDrafts, drafts))
    container.set_provider("revise_draft", Factory(ReviseDraft, drafts, container.events))
    return WAYS[request.param](container, ENDPOINTS, portal, issuer)


@pytest.fixture
def ann(issuer):
    return {"authorization": f"Bearer {issuer.token(SCOPE, sub='auth0|ann')}"}


@pytest.fixture
def bob(issuer):
    return {"authorization": f"Bearer {issuer.token(SCOPE, sub='auth0|bob')}"}


@pytest.fixture
def draft(api, ann):
    return body(api.post("/drafts", json={"text": "Dear club"}, headers=ann), 201)


def test_a_draft_is_found_and_changed_by_its_owner(api, ann, draft):
    path = f"/drafts/{draft['id']}"

    revised = body(api.patch(path, json={"text": "Dear all"}, headers={**ann, "if-match": '"1"'}))

    assert revised == {**draft, "text": "Dear all", "version": 2}
    assert body(api.get(path, headers=ann)) == revised


def test_to_somebody_else_it_is_as_if_it_did_not_exist(api, ann, bob, draft):
    path = f"/drafts/{draft['id']}"

    read = api.get(path, headers=bob)
    revised = api.patch(path, json={"text": "Dear Bob"}, headers=bob)
    missing = api.get(f"{path}0", headers=ann)

    assert problem(read) == problem(revised) == problem(missing) == (404, "not-found")
    assert read.json()["detail"] == f"Draft {draft['id']} does not exist"
    assert body(api.get(path, headers=ann)) == draft


def test_everybody_lists_what_is_theirs(api, ann, bob, draft):
    of_bob = body(api.post("/drafts", json={"text": "Dear Ann"}, headers=bob), 201)

    assert [body(api.get("/drafts", headers=who))["items"] for who in (ann, bob)] == [[draft], [of_bob]]


def test_nobody_can_say_whose_draft_it_is(api, ann):
    forged = api.post("/drafts", json={"text": "x", "caller": {"subject": "auth0|bob"}}, headers=ann)

    assert problem(forged) == (422, "invalid-argument")
