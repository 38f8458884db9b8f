"""The contract under failure on every broken adapter. Not collected by itself: `test_broken_adapters.py` runs it."""

from typing import Any
from typing import NamedTuple

from tests.kernel.contracts.broken import remote_data
from tests.kernel.contracts.broken import remote_failures
from tests.kernel.contracts.broken.remote_hooks import OnAServer
from tests.kernel.contracts.failures import FailuresContract
from tests.kernel.contracts.quantities import QuantitiesContract
from tests.kernel.contracts.values import ValuesContract


class Broken(NamedTuple):
    """The adapter on a server with one broken part, and the test that must fail on it."""

    part: type[Any]
    found_out_by: str

    @property
    def name(self) -> str:
        return self.part.__name__


BROKEN_UNDER_FAILURE = (
    Broken(
        remote_failures.DeletesEventsBeforeTheyAreCarried,
        "test_the_events_that_a_killed_process_left_are_carried_by_the_next",
    ),
    Broken(
        remote_failures.KeepsEventsInTheProcess, "test_the_events_that_a_killed_process_left_are_carried_by_the_next"
    ),
    Broken(remote_failures.DropsEventsThatTheBusRefused, "test_events_that_the_bus_refused_arrive_when_it_takes_them"),
    Broken(remote_failures.LetsEventsOvertake, "test_events_wait_behind_one_that_the_bus_refused"),
    Broken(remote_failures.WritesFailWithTheBus, "test_a_bus_that_fails_fails_no_write"),
    Broken(remote_failures.ForgetsTokens, "test_a_commit_repeated_when_its_answer_is_missing_is_made_once"),
    Broken(remote_failures.MakesCommitsTwice, "test_a_commit_repeated_when_its_answer_is_missing_is_made_once"),
    Broken(remote_failures.TakesWhatWasSentForMade, "test_a_commit_repeated_when_its_answer_is_missing_is_made_once"),
    Broken(remote_failures.WritesAgainWhateverIsThere, "test_a_commit_in_doubt_undoes_nothing_that_was_written_since"),
    Broken(remote_failures.ForgetsItsDoubt, "test_a_commit_in_doubt_stays_in_doubt_while_nobody_answers"),
    Broken(remote_failures.LostAnswersMeanNothing, "test_a_write_whose_answer_is_lost_may_have_been_made"),
    Broken(remote_failures.NothingIsEverCertain, "test_a_write_that_could_not_be_sent_was_not_made"),
    Broken(remote_failures.LetsErrorsOfTheDriverThrough, "test_while_the_store_is_gone_every_call_is_unavailable"),
    Broken(remote_failures.IsAlwaysReady, "test_while_the_store_is_gone_the_service_is_not_ready"),
    Broken(remote_failures.BeginsWithinTheBuffer, "test_nothing_begins_within_the_buffer"),
    Broken(remote_failures.WaitsForEver, "test_a_call_that_is_not_answered_ends_by_the_deadline"),
    Broken(remote_failures.LateWritesMeanNothing, "test_a_call_that_is_not_answered_ends_by_the_deadline"),
    Broken(remote_data.CachesReads, "test_a_process_reads_what_another_has_written_since_its_last_read"),
    Broken(remote_data.ChecksVersionsInTheProcess, "test_a_stale_copy_in_another_process_changes_nothing"),
    Broken(remote_data.ForgetsRemovalsAtItsBegin, "test_an_id_that_another_process_removed_goes_on_counting"),
    Broken(remote_data.KeepsItsPlacesInTheProcess, "test_a_walk_that_one_process_began_goes_on_in_another"),
    Broken(remote_data.ReadsAtMost240, "test_any_number_of_entities_is_put_read_listed_and_removed"),
    Broken(remote_data.PutsOneBatch, "test_any_number_of_entities_is_put_read_listed_and_removed"),
    Broken(remote_data.DropsOneBatch, "test_any_number_of_entities_is_put_read_listed_and_removed"),
    Broken(remote_data.EndsAfterTwoPages, "test_any_number_of_entities_is_put_read_listed_and_removed"),
    Broken(remote_data.TextsBecomeNumbers, "test_a_text_stays_a_text_whatever_it_looks_like"),
    Broken(remote_data.TextsBecomeBytes, "test_a_text_stays_a_text_whatever_it_looks_like"),
    Broken(remote_data.ExpiredEntitiesBreakTheirPage, "test_an_expired_entity_is_as_any_other_as_long_as_it_is_there"),
)

CONTRACTS: tuple[type[Any], ...] = (FailuresContract, QuantitiesContract, ValuesContract)


def named_test_alone(broken: Broken) -> type[Any]:
    """The contract of which `broken` must fail a test, on it, without the contract's other tests."""
    kept = next(contract for contract in CONTRACTS if hasattr(contract, broken.found_out_by))
    others = {name: None for name in dir(kept) if name.startswith("test_") and name != broken.found_out_by}
    return type(f"Test{broken.name}", (OnAServer, kept), {**others, "part": broken.part, "patience": 0.1})


globals().update({f"Test{broken.name}": named_test_alone(broken) for broken in BROKEN_UNDER_FAILURE})
