"""Which operations an observer is told of, and what it knows of each."""

import logging
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

import pytest

from domain.kernel.errors import Conflict
from domain.kernel.errors import NotFound
from tests.kernel.builders.crates import a_crate
from tests.kernel.infrastructure.observability.recorder import Recorder
from usecases.kernel.observability import Aggregate
from usecases.kernel.observability import count
from usecases.kernel.observability import current_trace
from usecases.kernel.observability import flush
from usecases.kernel.observability import in_trace
from usecases.kernel.observability import watch_with
from usecases.kernel.observability import watched

pytestmark = pytest.mark.adapters


def without_dynamodb(names):
    """What every adapter has in common."""
    return [(layer, name) for layer, name in names if layer not in {"dynamodb", "relay", "publish"}]


def test_a_request_is_watched_down_to_the_store(api, recorder):
    api.post("/crates", json={"name": "Northern Rail"})

    assert without_dynamodb(recorder.names()) == [
        ("request", "POST /crates"),
        ("use case", "CreateCrate"),
        ("store", "add Crate"),
    ]
    assert recorder.of("request")[0].facts["status"] == 201


def test_a_request_is_named_by_its_route_and_never_by_its_path(api, recorder):
    api.get("/crates/Jane")
    api.get("/Jane")

    named, unnamed = (request.name for request in recorder.of("request"))
    assert named == "GET /crates/{id}"
    assert "Jane" not in unnamed


def test_each_operation_belongs_to_the_one_around_it_and_to_the_same_trace(api, recorder):
    api.get("/crates")

    store = recorder.of("store")[0]
    assert [store.parent.layer, store.parent.parent.layer, store.parent.parent.parent] == ["use case", "request", None]
    assert len({operation.trace for operation in recorder.ended}) == 1


def test_a_use_case_says_what_it_was_about_and_how_long_it_took(api, recorder):
    crate = api.post("/crates", json={"name": "Northern Rail"}).json()
    api.patch(f"/crates/{crate['id']}", json={"name": "Southern Rail"})
    api.get("/crates/none")

    created, renamed, missing = recorder.of("use case")
    assert [each.aggregate for each in (created, renamed, missing)] == [
        Aggregate("Crate", crate["id"], 1),
        Aggregate("Crate", crate["id"], 2),
        Aggregate("Crate", "none"),
    ]
    assert [each.error_kind for each in (created, renamed, missing)] == [None, None, "NotFound"]
    assert all(each.seconds > 0 for each in recorder.ended)


def test_calls_of_the_store_and_their_time_are_counted_in_the_use_case(api, recorder):
    crate = api.post("/crates", json={"name": "Northern Rail"}).json()
    api.patch(f"/crates/{crate['id']}", json={"name": "Southern Rail"})

    [_, renamed] = recorder.of("use case")
    assert renamed.counts["StoreCalls"] == 2
    assert 0 < renamed.counts["StoreSeconds"] < renamed.seconds


def test_a_conflict_is_counted_where_the_store_refuses_it(container, recorder):
    crates = container.crates()
    stored = crates.add(a_crate())
    crates.save(stored)

    with watched("use case", "Late"), pytest.raises(Conflict):
        crates.save(stored)

    assert recorder.of("use case")[0].counts["Conflicts"] == 1
    assert recorder.of("store")[-1].error_kind == "TransactionFailed"


def test_an_entity_that_is_missing_is_no_conflict(container, recorder):
    with watched("use case", "Late"), pytest.raises(NotFound):
        container.crates().save(a_crate().at_version(1))

    assert "Conflicts" not in recorder.of("use case")[0].counts


def test_a_unit_of_work_is_one_call(container, recorder):
    with container.unit_of_work() as work:
        work.of(type(a_crate())).add(a_crate())
        work.commit()

    assert without_dynamodb(recorder.names()) == [("store", "commit")]


def test_what_you_count_belongs_to_the_use_case_around_it(recorder):
    with watched("use case", "Pack"):
        count("Packed", 2)
        with watched("store", "add"):
            count("Packed")
    count("Packed")

    assert recorder.of("use case")[0].counts["Packed"] == 3


def test_counting_in_several_threads_misses_nothing(recorder):
    def pack():
        for _ in range(1000):
            count("Packed")

    with watched("use case", "Pack"), ThreadPoolExecutor(8) as pool:
        for packed in [pool.submit(copy_context().run, pack) for _ in range(8)]:
            packed.result()

    assert recorder.of("use case")[0].counts["Packed"] == 8000


def test_without_an_observer_there_is_no_operation_but_a_trace():
    watch_with()

    with in_trace("request", "GET /crates", request_id="r1") as request, watched("use case", "Pack") as packing:
        count("Packed")

        trace = current_trace()
    assert (request, packing) == (None, None)
    assert trace is not None
    assert trace.request_id == "r1"
    assert current_trace() is None


class Broken(Recorder):
    def begin(self, operation):
        raise RuntimeError("begin")

    def end(self, operation):
        raise RuntimeError("end")

    def flush(self):
        raise RuntimeError("flush")


def test_an_observer_that_fails_harms_neither_the_request_nor_other_observers(api, caplog):
    recorder = Recorder()
    watch_with(Broken(), recorder)

    answer = api.get("/crates")
    flush()

    assert answer.status_code == 200
    assert len(recorder.of("use case")) == 1
    assert recorder.flushed > 0
    assert "Broken failed" in caplog.text
    assert {record.levelno for record in caplog.records} == {logging.ERROR}
