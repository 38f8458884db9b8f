"""The adapters of the tests, as several fixtures of one session use them."""

import os
from contextlib import ExitStack
from datetime import UTC
from datetime import datetime

import pytest
from ulid import ULIDGenerator

from domain.kernel.events import EventFactory
from domain.kernel.repository import MAX_PAGE
from domain.kernel.repository import Everything
from tests.kernel.adapters import MotoAdapter
from tests.kernel.builders.crates import a_crate
from tests.kernel.builders.events import Happened
from tests.kernel.contracts.base import walk
from tests.kernel.service.container import Container
from tests.kernel.service.domain import Crate
from tests.kernel.service.settings import Settings


def test_each_of_two_folders_finds_its_store_whatever_the_other_has_begun_or_ended_meanwhile():
    adapter, another = MotoAdapter(), MotoAdapter()
    with ExitStack() as here, ExitStack() as there:
        here.enter_context(adapter.running())
        there.enter_context(adapter.running())
        there.enter_context(another.running())
        for _ in range(2):
            with adapter.container(Container, Settings) as container:
                assert everything(container) == []
                added = container.crates().add(a_crate())
                assert everything(container) == [added]
            there.close()


def test_a_test_that_fails_leaves_nothing_to_the_next():
    adapter = MotoAdapter()
    with adapter.running():
        with pytest.raises(ZeroDivisionError), adapter.container(Container, Settings) as container:
            container.crates().add(a_crate())
            raise ZeroDivisionError
        with adapter.container(Container, Settings) as container:
            assert everything(container) == []


def test_an_adapter_that_an_error_ends_serves_no_longer():
    with MotoAdapter().running():
        pass  # whichever adapter other tests have begun is served no longer
    found, adapter = dict(os.environ), MotoAdapter()

    with pytest.raises(ZeroDivisionError), adapter.running():
        raise ZeroDivisionError

    assert dict(os.environ) == found


def test_what_happens_in_the_millisecond_in_which_a_test_begins_is_published_whoever_makes_its_id(monkeypatch):
    now = 1_800_000_000_000
    of_the_service = ULIDGenerator(lambda: now, lambda _: b"\1" * 10)
    monkeypatch.setattr("ulid.default_generator", ULIDGenerator(lambda: now, lambda _: b"\xfe" * 10))
    events = EventFactory(lambda: str(of_the_service.generate()), lambda: datetime(2026, 1, 31, tzinfo=UTC))
    adapter, crate = MotoAdapter(), a_crate()
    happened = events(Happened, crate)

    with adapter.running(), adapter.container(Container, Settings) as container:
        container.crates().add(crate, happened)
        assert adapter.published(container) == [happened]


def everything(container: Container) -> list[Crate]:
    return list(walk(container.crates(), Everything(), limit=MAX_PAGE))
