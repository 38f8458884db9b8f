"""What can be done with sponsors."""

from collections.abc import Callable

from domain.kernel.events import EventFactory
from domain.kernel.repository import Page
from domain.kernel.text import Name
from domain.kernel.value import Value
from domain.sponsor import Sponsor
from domain.sponsor import SponsorCreated
from domain.sponsor import SponsorRemoved
from domain.sponsor import SponsorRenamed
from domain.sponsor import SponsorRepository
from usecases.kernel.changes import Changed
from usecases.kernel.changes import ChangeOne
from usecases.kernel.changes import Removed
from usecases.kernel.changes import RemoveOne
from usecases.kernel.imports import Import
from usecases.kernel.requests import ChangeRequest
from usecases.kernel.requests import GetRequest
from usecases.kernel.requests import ListRequest


class CreateSponsorRequest(Value):
    """What a new sponsor is called."""

    name: Name


class CreateSponsor:
    """Creates a sponsor."""

    def __init__(self, sponsors: SponsorRepository, events: EventFactory, new_id: Callable[[], str]) -> None:
        self._sponsors = sponsors
        self._events = events
        self._new_id = new_id

    def execute(self, request: CreateSponsorRequest) -> Sponsor:
        sponsor = Sponsor(id=self._new_id(), name=request.name)
        created = self._events(SponsorCreated, sponsor, name=sponsor.name)
        return self._sponsors.add(sponsor, created)


class ImportSponsor(Import[Sponsor]):
    """Adds a sponsor that was made elsewhere."""

    kind = Sponsor

    def __init__(self, sponsors: SponsorRepository, events: EventFactory) -> None:
        self._sponsors = sponsors
        self._events = events

    def execute(self, request: Sponsor) -> Sponsor:
        return self._sponsors.add(request, self._events(SponsorCreated, request, name=request.name))


class GetSponsor:
    """The sponsor of that id."""

    def __init__(self, sponsors: SponsorRepository) -> None:
        self._sponsors = sponsors

    def execute(self, request: GetRequest) -> Sponsor:
        return self._sponsors.get(request.id)


class ListSponsors:
    """The sponsors by name, a page at a time."""

    def __init__(self, sponsors: SponsorRepository) -> None:
        self._sponsors = sponsors

    def execute(self, request: ListRequest) -> Page[Sponsor]:
        return self._sponsors.page(request.query, limit=request.limit, cursor=request.cursor)


class RenameSponsorRequest(ChangeRequest):
    """Which sponsor to rename, and to what."""

    name: Name


class RenameSponsor(ChangeOne[Sponsor, RenameSponsorRequest]):
    """Gives a sponsor another name."""

    def change(self, sponsor: Sponsor, request: RenameSponsorRequest) -> Changed[Sponsor]:
        renamed = sponsor.rename(request.name)
        return Changed(renamed, self._events(SponsorRenamed, renamed, name=renamed.name))


class RemoveSponsor(RemoveOne[Sponsor, ChangeRequest]):
    """Removes a sponsor."""

    def remove(self, sponsor: Sponsor, request: ChangeRequest) -> Removed:
        return Removed(self._events(SponsorRemoved, sponsor))
