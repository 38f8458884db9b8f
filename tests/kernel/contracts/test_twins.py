"""Whatever is done, in whatever order, every adapter answers as the in-memory one does."""

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import pytest
from hypothesis import HealthCheck
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine
from hypothesis.stateful import rule
from hypothesis.stateful import run_state_machine_as_test

from domain.kernel.errors import ServiceError
from domain.kernel.errors import TransactionFailed
from domain.kernel.repository import Everything
from domain.kernel.repository import NameContains
from domain.kernel.repository import NamePrefix
from tests.kernel.adapters import Adapter
from tests.kernel.adapters import InMemoryAdapter
from tests.kernel.builders.events import an_event
from tests.kernel.service.container import Container
from tests.kernel.service.domain import Crate
from tests.kernel.service.settings import Settings

IDS = st.sampled_from(["one", "two", "three", "four"])
NAMES = st.sampled_from(["Ab", "áb", "AB c", "b\U0010ffff", "\U0010ffff", "Abc", "\u0301", "cab"])
QUERIES = st.sampled_from([Everything(), NamePrefix("a"), NamePrefix("AB"), NamePrefix("b"), NameContains("b")])
VERSIONS = st.integers(min_value=0, max_value=4)
ACTIONS = st.sampled_from(["add", "save", "remove", "check"])
CHANGES = st.lists(st.tuples(ACTIONS, IDS, NAMES, VERSIONS, st.booleans()), max_size=4)


class Twins(RuleBasedStateMachine):
    """Two containers, of which every question and every change is asked twice."""

    def __init__(self, one: Container, other: Container) -> None:
        super().__init__()
        self._containers = (one, other)

    @rule(action=st.sampled_from(["add", "save", "remove"]), id=IDS, name=NAMES, version=VERSIONS, told=st.booleans())
    def change_one(self, action: str, id: str, name: str, version: int, told: bool) -> None:
        entity = Crate(id=id, name=name, version=version)
        events = [an_event(entity)] * told

        self._alike(lambda container: getattr(container.crates(), action)(entity, *events))

    @rule(id=IDS, name=NAMES)
    def change_what_is_stored(self, id: str, name: str) -> None:
        self._alike(lambda container: container.crates().save(container.crates().get(id).rename(name)))

    @rule(changes=CHANGES)
    def commit_several(self, changes: list[tuple[str, str, str, int, bool]]) -> None:
        def commit(container: Container) -> None:
            with container.unit_of_work() as work:
                for action, id, name, version, told in changes:
                    entity = Crate(id=id, name=name, version=version)
                    events = [an_event(entity)] * (told and action != "check")
                    getattr(work.of(Crate), action)(entity, *events)
                work.commit()

        self._alike(commit)

    @rule(entities=st.lists(st.builds(Crate, id=IDS, name=NAMES, version=VERSIONS), max_size=4))
    def backfill(self, entities: list[Crate]) -> None:
        self._alike(lambda container: container.crates().put_many(entities))

    @rule(ids=st.lists(IDS, max_size=3))
    def clean_up(self, ids: list[str]) -> None:
        self._alike(lambda container: container.crates().remove_many(ids))

    @rule(ids=st.lists(IDS, max_size=6))
    def get_many(self, ids: list[str]) -> None:
        self._alike(lambda container: container.crates().get_many(ids))

    @rule(id=IDS)
    def get_one(self, id: str) -> None:
        self._alike(lambda container: container.crates().get(id, consistent=True))

    @rule(query=QUERIES, limit=st.integers(min_value=1, max_value=3))
    def walk(self, query: Any, limit: int) -> None:
        def pages(container: Container) -> list[Crate]:
            page = container.crates().page(query, limit=limit)
            items = list(page.items)
            while page.has_more:
                page = container.crates().page(query, limit=limit, cursor=page.next_cursor)
                items += page.items
            return items

        self._alike(pages)

    def _alike(self, ask: Callable[[Container], Any]) -> None:
        one, other = (_outcome(ask, container) for container in self._containers)
        assert one == other


def _outcome(ask: Callable[[Container], Any], container: Container) -> Any:
    """What was answered, or which error was raised, in terms that can be compared."""
    try:
        return ask(container)
    except TransactionFailed as exc:
        return [(kind, id, type(error), str(error)) for kind, id, error in exc.failures]
    except ServiceError as exc:
        return type(exc), str(exc), exc.data


@pytest.fixture
def twins(adapter: Adapter):
    """Makes a pair of empty containers, as often as it is asked to; one is the adapter's, the other in memory."""
    with ExitStack() as last:

        def make() -> Twins:
            last.close()
            return Twins(
                last.enter_context(adapter.container(Container, Settings)),
                last.enter_context(InMemoryAdapter().container(Container, Settings)),
            )

        yield make


def test_an_id_that_was_cleaned_up_counts_anew_as_in_memory(twins):
    both = twins()

    both.backfill([Crate(id="one", name="Ab")])
    both.clean_up(["one"])
    both.change_one(action="add", id="one", name="Ab", version=0, told=False)
    both.change_one(action="remove", id="one", name="Ab", version=1, told=False)
    both.clean_up(["one"])
    both.change_one(action="add", id="one", name="Ab", version=0, told=False)

    both.get_one("one")


def test_an_adapter_answers_as_the_one_in_memory(twins):
    run_state_machine_as_test(
        twins,
        settings=settings(
            max_examples=10,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
