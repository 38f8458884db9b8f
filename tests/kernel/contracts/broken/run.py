"""The contracts on every broken adapter. Not collected by itself: `test_broken_adapters.py` runs it."""

from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from dependency_injector.providers import Factory
from ulid import ULID

from domain.kernel.text import fold
from infrastructure.kernel.memory.outbox import Outbox
from infrastructure.kernel.memory.store import InMemoryStore
from infrastructure.kernel.settings import Settings
from infrastructure.kernel.unit_of_work import StoredUnitOfWork
from tests.kernel.adapters import C
from tests.kernel.adapters import InMemoryAdapter
from tests.kernel.builders.specimens import a_specimen
from tests.kernel.builders.specimens import renamed
from tests.kernel.contracts.broken.listings import AnyListing
from tests.kernel.contracts.broken.listings import CursorForAnyListing
from tests.kernel.contracts.broken.listings import DeclaredListingsAreNeverCleaned
from tests.kernel.contracts.broken.listings import IndexIsNeverCleaned
from tests.kernel.contracts.broken.listings import ListsWhatHasNoValue
from tests.kernel.contracts.broken.listings import NothingIsDescending
from tests.kernel.contracts.broken.listings import NumbersAsTexts
from tests.kernel.contracts.broken.listings import Specimens
from tests.kernel.contracts.broken.listings import ValuesAreIgnored
from tests.kernel.contracts.broken.repositories import AlwaysOnePageMore
from tests.kernel.contracts.broken.repositories import AnyId
from tests.kernel.contracts.broken.repositories import AnyLimit
from tests.kernel.contracts.broken.repositories import BackfillsKeepTheLife
from tests.kernel.contracts.broken.repositories import BulkAsksForVersions
from tests.kernel.contracts.broken.repositories import ContainsLooksIntoIds
from tests.kernel.contracts.broken.repositories import Crates
from tests.kernel.contracts.broken.repositories import CursorForAnyQuery
from tests.kernel.contracts.broken.repositories import CursorIsTheBarePlace
from tests.kernel.contracts.broken.repositories import CursorRepeats
from tests.kernel.contracts.broken.repositories import CursorSkips
from tests.kernel.contracts.broken.repositories import FirstOfDuplicatesWins
from tests.kernel.contracts.broken.repositories import GetManyInItsOwnOrder
from tests.kernel.contracts.broken.repositories import GetManyLosesDuplicates
from tests.kernel.contracts.broken.repositories import GetManyOfAHundred
from tests.kernel.contracts.broken.repositories import MoreThanTheLimit
from tests.kernel.contracts.broken.repositories import OrderByRawName
from tests.kernel.contracts.broken.repositories import PrefixEndsBeforeTheLastCharacter
from tests.kernel.contracts.broken.repositories import PrefixIsAContains
from tests.kernel.contracts.broken.repositories import SharesItsState
from tests.kernel.contracts.broken.stores import AddOverwrites
from tests.kernel.contracts.broken.stores import AlreadyExistsForConflict
from tests.kernel.contracts.broken.stores import CheckIsForgotten
from tests.kernel.contracts.broken.stores import ChecksTheVersionAlone
from tests.kernel.contracts.broken.stores import CommitsAtOnce
from tests.kernel.contracts.broken.stores import CommitsTwice
from tests.kernel.contracts.broken.stores import ConflictForNotFound
from tests.kernel.contracts.broken.stores import CountsAnew
from tests.kernel.contracts.broken.stores import DropsAnEvent
from tests.kernel.contracts.broken.stores import EventsCountAnew
from tests.kernel.contracts.broken.stores import EventsOfRefusedWrites
from tests.kernel.contracts.broken.stores import EveryFailureIsAConflict
from tests.kernel.contracts.broken.stores import FirstFailureOnly
from tests.kernel.contracts.broken.stores import ForgetsLives
from tests.kernel.contracts.broken.stores import ForgetsRemovals
from tests.kernel.contracts.broken.stores import HalfACommit
from tests.kernel.contracts.broken.stores import NewestFirst
from tests.kernel.contracts.broken.stores import NoIncrement
from tests.kernel.contracts.broken.stores import NoLimit
from tests.kernel.contracts.broken.stores import NotFoundForConflict
from tests.kernel.contracts.broken.stores import NoVersionCheck
from tests.kernel.contracts.broken.stores import RemovalsTakeNoVersion
from tests.kernel.contracts.broken.stores import RemoveIgnoresVersion
from tests.kernel.contracts.broken.stores import SaveRevives
from tests.kernel.contracts.broken.stores import StartsAnew
from tests.kernel.contracts.events import EventsContract
from tests.kernel.contracts.repository import RepositoryContract
from tests.kernel.contracts.unit_of_work import UnitOfWorkContract
from tests.kernel.service.domain import Crate
from tests.kernel.service.domain import Specimen
from tests.kernel.service.repositories import InMemoryPersistence


@dataclass(frozen=True)
class BrokenAdapter(InMemoryAdapter):
    """The in-memory adapter with one broken part, and the test that must fail on it."""

    part: type[Any]
    found_out_by: str

    @property
    def name(self) -> str:  # type: ignore[override]  # each is named after its broken part
        return self.part.__name__

    @contextmanager
    def container(self, make: Callable[[], C], settings: type[Settings]) -> Iterator[C]:
        """A container on the in-memory adapter, with the broken part in place of the sound one."""
        with super().container(make, settings) as container:
            persistence = container.persistence()
            assert isinstance(persistence, InMemoryPersistence)
            if issubclass(self.part, Outbox):
                persistence.outbox = self.part(container.relay())
            store = self.part if issubclass(self.part, InMemoryStore) else InMemoryStore
            persistence.store = store(persistence.outbox)
            crates = self.part if issubclass(self.part, Crates) else Crates
            persistence.crates = crates(persistence.store)
            specimens = self.part if issubclass(self.part, Specimens) else Specimens
            persistence.specimens = specimens(persistence.store)
            if issubclass(self.part, StoredUnitOfWork):
                container.providers["unit_of_work"].override(Factory(self.part, persistence.store))
            yield container


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
        (CountsAnew, "test_an_entity_added_again_is_above_every_version_that_its_id_had"),
        (RemovalsTakeNoVersion, "test_an_entity_added_again_is_above_every_version_that_its_id_had"),
        (StartsAnew, "test_a_stale_copy_of_a_removed_entity_cannot_change_the_one_added_again"),
        (ChecksTheVersionAlone, "test_a_stale_copy_of_what_was_added_again_refuses_the_commit"),
        (EventsCountAnew, "test_events_keep_their_order_over_a_removal_and_an_addition_of_the_same_id"),
        (ForgetsLives, "test_a_copy_from_before_a_backfill_cannot_change_what_was_put_in_its_place"),
        (BackfillsKeepTheLife, "test_a_copy_from_before_a_backfill_cannot_change_what_was_put_in_its_place"),
        (IndexIsNeverCleaned, "test_an_entity_that_moves_is_listed_at_its_new_place_only"),
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
        (CursorSkips, "test_pages_hold_every_match_once_and_nothing_else"),
        (CursorRepeats, "test_pages_hold_every_match_once_and_nothing_else"),
        (CursorForAnyQuery, "test_a_cursor_serves_no_other_text"),
        (CursorIsTheBarePlace, "test_a_damaged_cursor_is_refused"),
        (OrderByRawName, "test_the_listing_is_ordered_by_folded_name_then_id"),
        (PrefixIsAContains, "test_a_prefix_is_found_at_the_start_only_and_whatever_its_case_and_accents"),
        (PrefixEndsBeforeTheLastCharacter, "test_an_odd_name_is_kept_listed_and_found"),
        (ContainsLooksIntoIds, "test_a_text_is_not_found_in_an_id"),
        (AlwaysOnePageMore, "test_the_last_page_says_that_there_is_no_more"),
        (MoreThanTheLimit, "test_pages_hold_every_match_once_and_nothing_else"),
        (AnyLimit, "test_a_limit_out_of_bounds_is_refused"),
        (FirstOfDuplicatesWins, "test_the_last_of_duplicates_wins_in_bulk"),
        (BulkAsksForVersions, "test_bulk_writes_are_unconditional_and_of_any_number"),
        (DeclaredListingsAreNeverCleaned, "test_an_entity_that_moves_is_listed_at_its_new_place_only"),
        (NothingIsDescending, "test_a_listing_is_in_its_order_and_then_by_id"),
        (NumbersAsTexts, "test_a_listing_is_in_its_order_and_then_by_id"),
        (ValuesAreIgnored, "test_pages_hold_every_match_once_and_nothing_else"),
        (ListsWhatHasNoValue, "test_an_entity_without_a_value_to_list_it_by_is_not_listed_until_it_has_one"),
        (CursorForAnyListing, "test_a_cursor_serves_no_other_listing_and_no_other_values"),
        (AnyListing, "test_a_listing_of_another_kind_is_refused"),
        (AnyId, "test_an_impossible_id_is_refused_and_nothing_is_removed"),
    )
)


class CratesContract(RepositoryContract[Crate]):
    provider = "crates"

    named = staticmethod(lambda name: Crate(id=fold(str(ULID())), name=name))  # lower case, as folded texts are
    make = staticmethod(lambda: CratesContract.named("Somebody"))
    changed = staticmethod(lambda crate: crate.rename(f"{crate.name} II"))


class SpecimensContract(RepositoryContract[Specimen]):
    provider, make, changed = "specimens", staticmethod(a_specimen), staticmethod(renamed)
    named = staticmethod(a_specimen)


CONTRACTS: tuple[type[Any], ...] = (CratesContract, SpecimensContract, UnitOfWorkContract, EventsContract)
OF_SPECIMENS = (Specimens, DeclaredListingsAreNeverCleaned, NothingIsDescending, ValuesAreIgnored)


def named_test_alone(broken: BrokenAdapter) -> type[Any]:
    """The contract of which `broken` must fail a test, on it, without the contract's other tests."""
    of_specimens = issubclass(broken.part, OF_SPECIMENS)
    kept = next(
        contract for contract in CONTRACTS[of_specimens:] if getattr(contract, broken.found_out_by, None) is not None
    )
    others = {name: None for name in dir(kept) if name.startswith("test_") and name != broken.found_out_by}
    adapter = pytest.fixture(name="adapter")(lambda self: broken)
    return type(f"Test{broken.name}", (kept,), {**others, "adapter": adapter})


globals().update({f"Test{broken.name}": named_test_alone(broken) for broken in BROKEN})
