"""The commands about dead letters: what they print, what they send, and how they end."""

import json
from pathlib import Path
from typing import Any

import pytest
from dependency_injector.providers import Callable
from typer.testing import CliRunner
from typer.testing import Result

from domain.kernel.errors import InvalidArgument
from domain.kernel.events import Event
from infrastructure.kernel.cli import Service
from infrastructure.kernel.commands import app
from infrastructure.kernel.events.dead_letters import LogDeadLetters
from infrastructure.kernel.events.letters import Letter
from infrastructure.kernel.events.memory import InMemoryEventBus
from infrastructure.kernel.events.s3 import S3DeadLetters
from infrastructure.kernel.events.s3_letters import OF_LAMBDA
from tests.kernel.builders.events import a_relay
from tests.kernel.builders.events import an_event
from tests.kernel.builders.specimens import a_specimen
from tests.kernel.infrastructure.dynamodb.dead_letters import body_of_lambda
from tests.kernel.infrastructure.dynamodb.dead_letters import given_up
from tests.kernel.infrastructure.events.buckets import BUCKET
from tests.kernel.infrastructure.events.buckets import REGION
from tests.kernel.infrastructure.events.buses import StubbornBus
from tests.kernel.infrastructure.events.buses import never
from tests.kernel.service.container import Container
from tests.kernel.service.endpoints import ENDPOINTS
from tests.kernel.service.settings import PREFIX
from tests.kernel.service.settings import SOURCE
from tests.kernel.service.settings import Settings

pytestmark = pytest.mark.usefixtures("process_as_it_was")

ONE = a_specimen().evolve(id="one")
FIRST, SECOND, THIRD = (an_event(ONE.at_version(version)) for version in range(3))
OTHER = an_event(a_specimen().evolve(id="other"))


@pytest.fixture(autouse=True)
def wide(monkeypatch):
    """No line of output is broken."""
    monkeypatch.setenv("COLUMNS", "300")


@pytest.fixture
def bus() -> StubbornBus:
    return StubbornBus()


@pytest.fixture
def container(bus) -> Container:
    """What was sent is remembered in memory, as long as the container lasts."""
    container = Container()
    container.settings.override(
        Settings(persistence="memory", event_bus="memory", dead_letters=f"s3:{BUCKET}", aws_region=REGION)
    )
    container.event_bus.override(bus)
    container.relay.override(a_relay(InMemoryEventBus()))  # of the store, which needs no bus of ours
    return container


@pytest.fixture
def run(container):
    def run(*arguments: object, stdin: str | None = None) -> Result:
        given = ["dead-letters", *map(str, arguments)]
        return CliRunner().invoke(app, given, input=stdin, obj=Service(container, ENDPOINTS))

    return run


@pytest.fixture
def log(tmp_path, caplog) -> Path:
    """A log with the letters of all four events, the second and the third before the first."""
    for number, event in ((2, SECOND), (3, THIRD), (1, FIRST), (4, OTHER)):
        LogDeadLetters().put(whole(given_up(number, event)), "no")
    file = tmp_path / "service.log"
    file.write_text("".join(f"ERROR {message}\n" for message in caplog.messages))
    return file


def whole(letter: Letter) -> str:
    return json.dumps(letter.record)


def put_batch(s3: Any, name: str, *letters: Letter) -> str:
    key = f"{OF_LAMBDA}e0/shardId-1/{name}"
    s3.put_object(Bucket=BUCKET, Key=key, Body=body_of_lambda(*(letter.record for letter in letters)))
    return key


def columns(result: Result) -> list[list[str]]:
    return [line.split("  ") for line in result.stdout.splitlines()]


def refused(result: Result) -> str:
    """Why the argument was, which is one of the errors that are told in one line."""
    assert isinstance(result.exception, InvalidArgument)
    return str(result.exception)


def told(event: Event) -> str:
    return f"Happened@{event.version}"


# Replay


def test_letters_of_the_log_are_replayed_in_order_and_counted(run, log, bus):
    result = run("replay", log)

    assert result.exit_code == 0
    assert bus.published == [FIRST, SECOND, THIRD, OTHER]
    assert "4 sent, 0 sent before, 0 refused, 0 unreadable, 0 held back" in result.stderr


def test_letters_come_from_stdin_too(run, log, bus):
    assert run("replay", "-", stdin=log.read_text()).exit_code == 0

    assert bus.published == [FIRST, SECOND, THIRD, OTHER]


def test_letters_of_the_relay_and_of_lambda_are_replayed_in_one_order(run, s3, bus):
    put_batch(s3, "u1", given_up(2, SECOND), given_up(4, OTHER))
    put_batch(s3, "u0", given_up(3, THIRD))
    S3DeadLetters(s3, BUCKET).put(whole(given_up(1, FIRST)), "no")

    result = run("replay")

    assert result.exit_code == 0
    assert [event for event in bus.published if event != OTHER] == [FIRST, SECOND, THIRD]
    assert OTHER in bus.published


def test_any_bucket_can_be_named(run, s3, container, bus):
    container.settings.override(Settings(persistence="memory", event_bus="memory", aws_region=REGION))
    put_batch(s3, "u1", given_up(1, FIRST))

    assert run("replay", f"s3:{BUCKET}").exit_code == 0

    assert bus.published == [FIRST]


def test_a_second_replay_sends_nothing_unless_it_is_forced(run, log, bus):
    run("replay", log)

    again, forced = run("replay", log), run("replay", log, "--force")

    assert (again.exit_code, forced.exit_code) == (0, 0)
    assert "0 sent, 4 sent before" in again.stderr
    assert bus.published == [FIRST, SECOND, THIRD, OTHER] * 2


def test_a_refused_event_is_named_and_the_exit_code_says_that_letters_stay(run, log, bus):
    bus.errors = {SECOND: never(SECOND)}

    result = run("replay", log)

    assert result.exit_code == 1
    assert bus.published == [FIRST, OTHER]
    assert f"1: Happened {SECOND.event_id} cannot be published" in result.stderr
    assert "2 sent, 0 sent before, 1 refused, 0 unreadable, 1 held back" in result.stderr


def test_the_exit_code_tells_of_a_refused_event_that_nothing_waits_for(run, log, bus):
    bus.errors = {OTHER: never(OTHER)}

    result = run("replay", log)

    assert result.exit_code == 1
    assert "3 sent, 0 sent before, 1 refused, 0 unreadable, 0 held back" in result.stderr


def test_a_damaged_letter_is_named_and_the_exit_code_says_so(run, log, bus):
    log.write_text(log.read_text()[:-100])

    result = run("replay", log)

    assert result.exit_code == 1
    assert bus.published == [FIRST, SECOND, THIRD]
    assert "4: is cut off, or no JSON" in result.stderr
    assert "3 sent, 0 sent before, 0 refused, 1 unreadable, 0 held back" in result.stderr


def test_a_bus_that_fails_ends_the_command_which_says_what_was_sent(run, log, bus):
    bus.errors = {THIRD: RuntimeError("not now")}

    result = run("replay", log)

    assert isinstance(result.exception, RuntimeError)
    assert "2 sent, 0 sent before" in result.stderr


def test_a_dry_run_prints_what_would_be_sent_in_that_order_and_sends_nothing(run, log, bus, container):
    container.event_bus.override(Callable(pytest.fail, "the bus was made"))

    result = run("replay", log, "--dry-run")

    assert result.exit_code == 0
    assert bus.published == []
    assert columns(result) == [
        ["to send", event.aggregate_id, told(event), event.event_id, line]
        for event, line in ((FIRST, "3"), (SECOND, "1"), (THIRD, "2"), (OTHER, "4"))
    ]
    assert "4 to send, 0 sent before" in result.stderr


def test_a_dry_run_tells_what_was_sent_before(run, log):
    run("replay", log, "--aggregate", "other")

    assert [line[0] for line in columns(run("replay", log, "--dry-run"))] == ["to send"] * 3 + ["sent before"]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--aggregate", "other"], [OTHER]),
        (["--aggregate", "other", "--aggregate", "one"], [FIRST, SECOND, THIRD, OTHER]),
        (["--type", "CrateCreated"], []),
        (["--type", "CrateCreated", "--type", "Happened"], [FIRST, SECOND, THIRD, OTHER]),
        (["--since", "2026-01-31"], [FIRST, SECOND, THIRD, OTHER]),
        (["--since", "2026-01-31T12:30:00Z"], [FIRST, SECOND, THIRD, OTHER]),
        (["--since", "2026-01-31T12:30:01Z"], []),
    ],
)
def test_only_what_is_meant_is_replayed(run, log, bus, options, expected):
    assert run("replay", log, *options).exit_code == 0

    assert bus.published == expected


def test_a_type_that_there_is_not_is_refused(run, log, bus):
    assert refused(run("replay", log, "--type", "Hapened")) == "--type: there is no event 'Hapened'"
    assert bus.published == []


def test_that_memory_forgets_what_is_sent_is_said(run, log):
    assert f"{PREFIX}PERSISTENCE is memory" in run("replay", log).stderr


# List


def test_a_list_has_a_line_per_letter_with_its_name_in_the_end(run, log):
    run("replay", log, "--aggregate", "other")

    result = run("list", log)

    assert result.exit_code == 0
    assert columns(result) == [
        ["2026-01-31T12:30:00+00:00", status, f"CRATE#{event.aggregate_id}", told(event), line]
        for status, event, line in (
            ("waiting", SECOND, "1"),
            ("waiting", THIRD, "2"),
            ("waiting", FIRST, "3"),
            ("sent", OTHER, "4"),
        )
    ]


@pytest.mark.parametrize(("options", "number"), [([], 4), (["--aggregate", "nobody"], 0)], ids=["some", "none"])
def test_a_list_ends_with_the_number_of_letters(run, log, options, number):
    assert run("list", log, *options).stderr.endswith(f"{number} dead letters\n")


def test_a_list_tells_of_letters_without_events_and_of_those_that_were_sent_in_part(run, s3, bus):
    key = put_batch(s3, "u1", given_up(1, FIRST, NewImage={}), given_up(2, SECOND, THIRD))
    bus.errors = {THIRD: never(THIRD)}
    run("replay")

    listed = columns(run("list"))

    assert [(line[1], line[3], line[4]) for line in listed] == [
        ("no events", "-", f"{key}#1"),
        ("sent in part", f"{told(SECOND)} {told(THIRD)}", f"{key}#2"),
    ]


def test_a_list_says_what_is_wrong_with_a_letter(run, s3):
    S3DeadLetters(s3, BUCKET).put("[]", "no")
    S3DeadLetters(s3, BUCKET).put("", "no")

    listed = columns(run("list"))

    assert {(when, status, item) for when, status, item, *_ in listed} == {("-", "unreadable", "-")}
    assert sorted(line[3].partition(":")[0] for line in listed) == [
        "Stream record at place 1 of its batch cannot be read",
        "is no JSON",
    ]


def test_what_is_no_record_is_named_by_its_place_in_its_batch(run, s3):
    key = put_batch(s3, "u1", given_up(1, FIRST), Letter("none", {}))

    listed, replayed, shown = run("list"), run("replay"), run("show", f"{key}#2")

    assert ["at place 2 of its batch" in each.output for each in (listed, replayed, shown)] == [True] * 3


@pytest.mark.parametrize(
    ("options", "expected"),
    [(["--aggregate", "other"], ["4"]), (["--type", "CrateCreated"], []), (["--since", "2026-02-01"], [])],
)
def test_only_what_is_meant_is_listed(run, log, options, expected):
    assert [line[-1] for line in columns(run("list", log, *options))] == expected


# Show


def test_a_letter_is_shown_with_its_reason_its_events_and_its_record(run, s3):
    S3DeadLetters(s3, BUCKET).put(whole(given_up(1, FIRST)), "no such colour")
    [line] = columns(run("list"))

    shown = json.loads(run("show", line[-1]).stdout)

    assert (shown["letter"], shown["reason"], shown["problem"]) == (line[-1], "no such colour", "")
    assert [(event["id"], event["source"]) for event in shown["events"]] == [(FIRST.event_id, SOURCE)]
    assert shown["record"] == given_up(1, FIRST).record


def test_a_letter_of_the_log_is_shown_by_its_line(run, log):
    assert json.loads(run("show", "4", log).stdout)["events"][0]["id"] == OTHER.event_id


def test_what_is_wrong_with_a_letter_is_shown(run, s3):
    S3DeadLetters(s3, BUCKET).put(whole(given_up(1, FIRST, NewImage=None)), "no")
    [line] = columns(run("list"))

    assert "NewImage: is missing" in json.loads(run("show", line[-1]).stdout)["problem"]


def test_a_letter_that_there_is_not_is_refused(run, log):
    assert refused(run("show", "99", log)) == "99: there is no dead letter of that name"


# Sources


@pytest.mark.parametrize("command", [["list"], ["replay"], ["show", "1"]], ids=lambda given: given[0])
def test_without_a_bucket_a_log_has_to_be_named(run, container, command):
    container.settings.override(Settings(persistence="memory", event_bus="memory"))

    assert refused(run(*command)) == f"SOURCE: name a log file, for {PREFIX}DEAD_LETTERS is log"


def test_a_log_that_is_not_there_is_refused(run, tmp_path):
    assert "cannot be read: No such file" in refused(run("list", tmp_path / "none.log"))
