"""The contracts on every broken adapter. Not collected by itself: `test_broken_adapters.py` runs it."""

from dataclasses import dataclass
from typing import Any

import pytest
from dependency_injector.providers import Factory
from ulid import ULID

from domain.sponsor import Sponsor
from domain.text import fold
from infrastructure.container import Container
from infrastructure.memory.outbox import Outbox
from infrastructure.memory.persistence import InMemoryPersistence
from infrastructure.memory.store import Store
from infrastructure.memory.unit_of_work import InMemoryUnitOfWork
from tests.adapters import InMemoryAdapter
from tests.contracts.broken.repositories import AlwaysOnePageMore
from tests.contracts.broken.repositories import AnyId
from tests.contracts.broken.repositories import AnyLimit
from tests.contracts.broken.repositories import BulkAsksForVersions
from tests.contracts.broken.repositories import ContainsLooksIntoIds
from tests.contracts.broken.repositories import CursorForAnyQuery
from tests.contracts.broken.repositories import CursorIsTheBarePlace
from tests.contracts.broken.repositories import CursorRepeats
from tests.contracts.broken.repositories import CursorSkips
from tests.contracts.broken.repositories import FirstOfDuplicatesWins
from tests.contracts.broken.repositories import GetManyInItsOwnOrder
from tests.contracts.broken.repositories import GetManyLosesDuplicates
from tests.contracts.broken.repositories import GetManyOfAHundred
from tests.contracts.broken.repositories import MoreThanTheLimit
from tests.contracts.broken.repositories import OrderByRawName
from tests.contracts.broken.repositories import PrefixEndsBeforeTheLastCharacter
from tests.contracts.broken.repositories import PrefixIsAContains
from tests.contracts.broken.repositories import SharesItsState
from tests.contracts.broken.repositories import Sponsors
from tests.contracts.broken.stores import AddOverwrites
from tests.contracts.broken.stores import AlreadyExistsForConflict
from tests.contracts.broken.stores import CheckIsForgotten
from tests.contracts.broken.stores import CommitsAtOnce
from tests.contracts.broken.stores import CommitsTwice
from tests.contracts.broken.stores import ConflictForNotFound
from tests.contracts.broken.stores import DropsAnEvent
from tests.contracts.broken.stores import EventsOfRefusedWrites
from tests.contracts.broken.stores import EveryFailureIsAConflict
from tests.contracts.broken.stores import FirstFailureOnly
from tests.contracts.broken.stores import ForgetsRemovals
from tests.contracts.broken.stores import HalfACommit
from tests.contracts.broken.stores import IndexIsNeverCleaned
from tests.contracts.broken.stores import NewestFirst
from tests.contracts.broken.stores import NoIncrement
from tests.contracts.broken.stores import NoLimit
from tests.contracts.broken.stores import NotFoundForConflict
from tests.contracts.broken.stores import NoVersionCheck
from tests.contracts.broken.stores import RemoveIgnoresVersion
from tests.contracts.broken.stores import SaveRevives
from tests.contracts.events import EventsContract
from tests.contracts.repository import RepositoryContract
from tests.contracts.unit_of_work import UnitOfWorkContract


@dataclass(frozen=True)
class BrokenAdapter(InMemoryAdapter):
    """The in-memory adapter with one broken part, and the test that must fail on it."""

    part: type[Any]
    found_out_by: str

    @property
    def name(self) -> str:  # type: ignore[override]  # each is named after its broken part
        return self.part.__name__

    def container(self) -> Any:
        """A container on the in-memory adapter, with the broken part in place of the sound one."""
        context = super().container()
        container: Container = context.__enter__()
        persistence = container.persistence()
        assert isinstance(persistence, InMemoryPersistence)
        if issubclass(self.part, Outbox):
            persistence.outbox = self.part(container.relay())
        store = self.part if issubclass(self.part, Store) else Store
        persistence.store = store(persistence.outbox)
        repository = self.part if issubclass(self.part, Sponsors) else Sponsors
        persistence.sponsors = repository(persistence.store)
        if issubclass(self.part, InMemoryUnitOfWork):
            container.unit_of_work.override(Factory(self.part, persistence.store))
        return context


BROKEN = tuple(
    BrokenAdapter(part, found_out_by)
    for part, found_out_by in (
        (NoVersionCheck, "test_a_stale_save_is_refused_and_changes_nothing"),
        (NoIncrement, "test_versions_count_every_save"),
        (AddOverwrites, "test_adding_a_taken_id_is_refused_and_leaves_what_is_stored"),
        (SaveRevives, "test_saving_what_is_gone_is_not_found_and_stores_nothing"),
        (NotFoundForConflict, "test_a_stale_save_is_refused_and_changes_nothing"),
        (ConflictForNotFound, "test_saving_what_is_gone_is_not_found_and_stores_nothing"),
        (AlreadyExistsForConflict, "test_a_stale_remove_is_refused_and_removes_nothing"),
        (RemoveIgnoresVersion, "test_a_stale_remove_is_refused_and_removes_nothing"),
        (CheckIsForgotten, "test_a_check_refuses_the_commit_when_the_entity_is"),
        (EventsOfRefusedWrites, "test_the_events_of_a_refused_write_never_arrive"),
        (HalfACommit, "test_a_refused_commit_changes_nothing_and_names_every_entity_in_the_way"),
        (FirstFailureOnly, "test_a_refused_commit_changes_nothing_and_names_every_entity_in_the_way"),
        (IndexIsNeverCleaned, "test_a_renamed_entity_is_listed_at_its_new_place_only"),
        (DropsAnEvent, "test_the_events_of_every_write_arrive_in_order"),
        (NewestFirst, "test_the_events_of_every_write_arrive_in_order"),
        (ForgetsRemovals, "test_the_events_of_every_write_arrive_in_order"),
        (CommitsAtOnce, "test_leaving_without_a_commit_changes_nothing"),
        (CommitsTwice, "test_a_commit_repeated_is_made_once"),
        (EveryFailureIsAConflict, "test_a_refused_commit_changes_nothing_and_names_every_entity_in_the_way"),
        (NoLimit, "test_a_hundred_changes_are_committed_and_one_more_is_refused"),
        (SharesItsState, "test_a_result_belongs_to_its_caller"),
        (GetManyLosesDuplicates, "test_many_come_in_the_order_asked_with_duplicates_and_without_the_missing"),
        (GetManyInItsOwnOrder, "test_many_come_in_the_order_asked_with_duplicates_and_without_the_missing"),
        (GetManyOfAHundred, "test_any_number_of_ids_can_be_asked_for"),
        (CursorSkips, "test_pages_hold_every_match_once"),
        (CursorRepeats, "test_pages_hold_every_match_once"),
        (CursorForAnyQuery, "test_a_cursor_serves_no_other_query"),
        (CursorIsTheBarePlace, "test_a_damaged_cursor_is_refused"),
        (OrderByRawName, "test_a_listing_is_ordered_by_folded_name_then_id"),
        (PrefixIsAContains, "test_a_prefix_is_found_at_the_start_only_and_whatever_its_case_and_accents"),
        (PrefixEndsBeforeTheLastCharacter, "test_an_odd_name_is_kept_listed_and_found"),
        (ContainsLooksIntoIds, "test_a_text_is_not_found_in_an_id"),
        (AlwaysOnePageMore, "test_the_last_page_says_that_there_is_no_more"),
        (MoreThanTheLimit, "test_pages_hold_every_match_once"),
        (AnyLimit, "test_a_limit_out_of_bounds_is_refused"),
        (FirstOfDuplicatesWins, "test_the_last_of_duplicates_wins_in_bulk"),
        (BulkAsksForVersions, "test_bulk_writes_are_unconditional_and_of_any_number"),
        (AnyId, "test_an_impossible_id_is_refused_and_nothing_is_removed"),
    )
)


class SponsorsContract(RepositoryContract[Sponsor]):
    provider = "sponsors"

    make = staticmethod(lambda name: Sponsor(id=fold(str(ULID())), name=name))  # lower case, as folded texts are
    changed = staticmethod(lambda sponsor: sponsor.rename(f"{sponsor.name} II"))


def named_test_alone(broken: BrokenAdapter) -> type[Any]:
    """The contract of which `broken` must fail a test, on it, without the contract's other tests."""
    [kept] = (c for c in (SponsorsContract, UnitOfWorkContract, EventsContract) if hasattr(c, broken.found_out_by))
    others = {name: None for name in dir(kept) if name.startswith("test_") and name != broken.found_out_by}
    adapter = pytest.fixture(name="adapter")(lambda self: broken)
    return type(f"Test{broken.name}", (kept,), {**others, "adapter": adapter})


globals().update({f"Test{broken.name}": named_test_alone(broken) for broken in BROKEN})
