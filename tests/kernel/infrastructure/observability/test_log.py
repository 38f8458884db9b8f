"""The observers that write lines: to the log, and in the embedded metric format of CloudWatch."""

import io
import json
import logging
import sys

import pytest

from domain.kernel.errors import Conflict
from domain.kernel.errors import Misconfigured
from infrastructure.kernel.observability.cloudwatch import CloudWatchObserver
from infrastructure.kernel.observability.log import LogObserver
from infrastructure.kernel.observability.setup import observe
from tests.kernel.service.settings import Settings
from usecases.kernel.observability import count
from usecases.kernel.observability import in_trace
from usecases.kernel.observability import observers
from usecases.kernel.observability import watch_with
from usecases.kernel.observability import watched

PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def pack():
    """A use case that counts, calls the store, and meets a conflict."""
    with in_trace("request", "POST /crates", traceparent=PARENT, request_id="r1"):
        try:
            with watched("use case", "Pack"):
                count("Packed", 2)
                with watched("store", "save Crate"):
                    raise Conflict("Crate", "c1", expected=1, found=2)
        except Conflict:
            return


def test_a_use_case_is_one_line_of_the_log(caplog):
    caplog.set_level(logging.INFO)
    watch_with(LogObserver())

    pack()

    [record] = caplog.records
    told = vars(record)
    assert record.getMessage().startswith("Pack: Conflict in ")
    assert {
        name: told[name] for name in ("use_case", "aggregate", "aggregate_id", "error", "Packed", "StoreCalls")
    } == {
        "use_case": "Pack",
        "aggregate": "Crate",
        "aggregate_id": "c1",
        "error": "Conflict",
        "Packed": 2,
        "StoreCalls": 1,
    }


def test_a_use_case_is_one_line_of_metrics():
    lines: list[str] = []
    watch_with(CloudWatchObserver("crates", "crates-api", lines.append))

    pack()

    [line] = lines
    told = json.loads(line)
    assert line.endswith("}\n")
    assert (told["function"], told["operation"], told["error"]) == ("crates-api", "Pack", "Conflict")
    assert (told["request_id"], told["trace_id"]) == ("r1", "4bf92f3577b34da6a3ce929d0e0e4736")
    assert (told["Errors"], told["Packed"], told["StoreCalls"]) == (1, 2, 1)


def test_a_line_of_metrics_keeps_the_rules_of_the_format():
    lines: list[str] = []
    watch_with(CloudWatchObserver("crates", "crates-api", lines.append))

    with watched("use case", "Pack"):
        for number in range(150):
            count(f"Packed{number}")

    told = json.loads(lines[0])
    for directive in told["_aws"]["CloudWatchMetrics"]:
        assert directive["Namespace"] == "crates"
        assert len(directive["Metrics"]) <= 100
        assert all(isinstance(told[metric["Name"]], int | float) for metric in directive["Metrics"])
        assert all(isinstance(told[name], str) for names in directive["Dimensions"] for name in names)
    assert told["_aws"]["Timestamp"] > 10**12


def test_a_count_that_is_no_number_costs_no_other_metric():
    lines: list[str] = []
    watch_with(CloudWatchObserver("crates", "crates-api", lines.append))

    with watched("use case", "Pack"):
        count("Share", float("nan"))
        count("Packed", 2)

    told = json.loads(lines[0], parse_constant=pytest.fail)
    names = {metric["Name"] for directive in told["_aws"]["CloudWatchMetrics"] for metric in directive["Metrics"]}
    assert names == {"Duration", "Errors", "Packed"}


def test_the_time_of_a_line_of_metrics_is_in_milliseconds(monkeypatch):
    lines: list[str] = []
    watch_with(CloudWatchObserver("crates", "crates-api", lines.append))
    monkeypatch.setattr("infrastructure.kernel.observability.cloudwatch.time", lambda: 1_800_000_000.25)

    pack()

    assert json.loads(lines[0])["_aws"]["Timestamp"] == 1_800_000_000_250


def test_only_duration_and_errors_are_kept_by_operation():
    lines: list[str] = []
    watch_with(CloudWatchObserver("crates", "crates-api", lines.append))

    pack()

    kept = {
        tuple(directive["Dimensions"][0]): [metric["Name"] for metric in directive["Metrics"]]
        for directive in json.loads(lines[0])["_aws"]["CloudWatchMetrics"]
    }
    assert kept["function", "operation"] == ["Duration", "Errors"]
    assert kept["function", "error"] == ["Errors"]
    assert {"Packed", "StoreCalls"} <= {*kept["function",]}


def test_the_settings_choose_observers_in_their_order():
    observe(Settings(observers="cloudwatch,log"))

    assert [type(observer) for observer in observers()] == [CloudWatchObserver, LogObserver]


def test_by_default_nobody_is_told():
    observe(Settings(observers="log"))

    observe(Settings())

    assert observers() == ()


@pytest.mark.parametrize("given", ["logs", "log,", "log;otel", "log,log,log,log"])
def test_observers_that_are_not_known_are_refused(given):
    with pytest.raises(ValueError, match="observers"):
        Settings(observers=given)


def test_an_observer_that_is_not_installed_says_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "opentelemetry", None)
    monkeypatch.delitem(sys.modules, "infrastructure.kernel.observability.otel", raising=False)

    with pytest.raises(Misconfigured, match=r"_OBSERVERS=otel needs opentelemetry, .*: pip install '[\w-]+\[otel\]'"):
        observe(Settings(observers="otel"))


class Stdout(io.StringIO):
    """Keeps what was written by the time of each flush."""

    def __init__(self) -> None:
        super().__init__()
        self.flushed: list[str] = []

    def flush(self) -> None:
        self.flushed.append(self.getvalue())


@pytest.mark.parametrize(("variable", "function"), [("crates-api", "crates-api"), (None, Settings.service)])
def test_each_line_of_metrics_is_written_at_once_and_names_the_function(monkeypatch, variable, function):
    stdout = Stdout()
    monkeypatch.setattr(sys, "stdout", stdout)
    if variable is None:
        monkeypatch.delenv("AWS_LAMBDA_FUNCTION_NAME", raising=False)
    else:
        monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", variable)
    observe(Settings(observers="cloudwatch"))

    pack()

    assert json.loads(stdout.flushed[-1])["function"] == function
    assert stdout.flushed[-1] == stdout.getvalue()
