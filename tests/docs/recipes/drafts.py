"""Drafts of letters, each of which belongs to the member who wrote it: nobody else can find it."""

from collections.abc import Callable
from hashlib import sha256
from http import HTTPStatus
from typing import ClassVar
from typing import Self

from pydantic import model_validator

from domain.kernel.entity import Entity
from domain.kernel.errors import Conflict
from domain.kernel.errors import InvalidCursor
from domain.kernel.errors import NotFound
from domain.kernel.errors import PartialFailure
from domain.kernel.listing import Listing
from domain.kernel.repository import Page
from domain.kernel.repository import Repository
from domain.kernel.text import Id
from domain.kernel.value import Value
from infrastructure.kernel.api.endpoint import Endpoint
from infrastructure.kernel.dynamodb.repository import DynamoDBRepository
from infrastructure.kernel.memory.repository import InMemoryRepository
from usecases.kernel.caller import Caller
from usecases.kernel.changes import Changed
from usecases.kernel.changes import ChangeOne
from usecases.kernel.requests import ChangeRequest
from usecases.kernel.requests import PageRequest


class Draft(Entity):
    """A letter that a member has not sent yet. Its id begins with its owner."""

    owner: Id
    text: str

    of_owner: ClassVar[Listing] = Listing(by="owner")


class DraftRepository(Repository[Draft]):
    """Stores drafts."""

    kind = Draft


class InMemoryDraftRepository(InMemoryRepository[Draft], DraftRepository):
    """Stores drafts in memory."""


class DynamoDBDraftRepository(DynamoDBRepository[Draft], DraftRepository):
    """Stores drafts in DynamoDB."""

    type_name = "DRAFT"


def owner_of(caller: Caller) -> str:
    """How the caller is called in ids: 32 of the characters that an id may have, whatever the subject is."""
    return sha256(caller.subject.encode()).hexdigest()[:32]


class OwnRequest(Value):
    """Names something of the caller. The id of somebody else's is not found, whether it exists or not."""

    id: Id
    caller: Caller

    @model_validator(mode="after")
    def _is_of_the_caller(self) -> Self:
        if not self.id.startswith(f"{owner_of(self.caller)}-"):
            raise NotFound("Draft", self.id)
        return self


class CreateDraftRequest(Value):
    """What the draft says."""

    text: str
    caller: Caller


class CreateDraft:
    """Creates a draft of the caller."""

    def __init__(self, drafts: DraftRepository, new_id: Callable[[], str]) -> None:
        self._drafts = drafts
        self._new_id = new_id

    def execute(self, request: CreateDraftRequest) -> Draft:
        owner = owner_of(request.caller)
        return self._drafts.add(Draft(id=f"{owner}-{self._new_id()}", owner=owner, text=request.text))


class GetDraft:
    """The draft of that id, if it is the caller's."""

    def __init__(self, drafts: DraftRepository) -> None:
        self._drafts = drafts

    def execute(self, request: OwnRequest) -> Draft:
        return self._drafts.get(request.id)


class ReviseDraftRequest(OwnRequest, ChangeRequest):
    """Which draft to revise, and what it says then."""

    text: str


class ReviseDraft(ChangeOne[Draft, ReviseDraftRequest]):
    """Gives a draft of the caller another text."""

    def change(self, draft: Draft, request: ReviseDraftRequest) -> Changed[Draft]:
        return Changed(draft.evolve(text=request.text))


class ListDraftsRequest(PageRequest):
    """How many drafts to list at a time, and from where on."""

    caller: Caller


class ListDrafts:
    """The drafts of the caller, oldest first, a page at a time."""

    def __init__(self, drafts: DraftRepository) -> None:
        self._drafts = drafts

    def execute(self, request: ListDraftsRequest) -> Page[Draft]:
        query = Draft.of_owner(owner_of(request.caller))
        return self._drafts.page(query, limit=request.limit, cursor=request.cursor)


SCOPE = "drafts"

ENDPOINTS = (
    Endpoint("POST", "/drafts", CreateDraftRequest, CreateDraft, HTTPStatus.CREATED, scope=SCOPE),
    Endpoint("GET", "/drafts", ListDraftsRequest, ListDrafts, scope=SCOPE, errors=(InvalidCursor, PartialFailure)),
    Endpoint("GET", "/drafts/{id}", OwnRequest, GetDraft, scope=SCOPE, errors=(NotFound,)),
    Endpoint("PATCH", "/drafts/{id}", ReviseDraftRequest, ReviseDraft, scope=SCOPE, errors=(NotFound, Conflict)),
)
