"""Settings come from the environment; wrong ones are refused all at once, by name."""

import pytest

from domain.errors import Misconfigured
from infrastructure.settings import PREFIX
from infrastructure.settings import Settings


def read(**variables: str) -> Settings:
    return Settings.from_environment({f"{PREFIX}{name}": value for name, value in variables.items()})


def test_without_any_variable_everything_has_a_default():
    settings = Settings.from_environment({})

    assert (settings.persistence, settings.event_bus, settings.dead_letters) == ("memory", "log", "log")
    assert (settings.host, settings.port, settings.log_level) == ("127.0.0.1", 8080, "INFO")
    assert settings.shutdown_seconds == 30


def test_what_is_set_counts():
    settings = read(DEAD_LETTERS="memory", HOST="0.0.0.0", PORT="0", SHUTDOWN_SECONDS="5", LOG_LEVEL="DEBUG")

    assert (settings.dead_letters, settings.host, settings.port) == ("memory", "0.0.0.0", 0)
    assert (settings.shutdown_seconds, settings.log_level) == (5, "DEBUG")


@pytest.mark.parametrize(
    ("bus", "kind"),
    [
        ("log", "log"),
        ("memory", "memory"),
        ("eventbridge:default", "eventbridge"),
        ("eventbridge:arn:aws:events:eu-west-1:123456789012:event-bus/orders", "eventbridge"),
    ],
)
def test_a_bus_has_a_kind_before_its_name(bus, kind):
    settings = read(EVENT_BUS=bus)

    assert (settings.event_bus, settings.event_bus_kind) == (bus, kind)


@pytest.mark.parametrize(
    "variables",
    [
        {"REQUEST_SECONDS": "1"},
        {"DEADLINE_BUFFER_SECONDS": "30"},
        {"REQUEST_SECONDS": "0"},
        {"REQUEST_SECONDS": "-inf"},
    ],
    ids=str,
)
def test_a_request_has_more_time_than_the_buffer_of_its_deadline(variables):
    with pytest.raises(Misconfigured, match=f"{PREFIX}REQUEST_SECONDS: .*must be more than the buffer of"):
        read(**variables)


def test_variables_of_others_count_for_nothing():
    assert Settings.from_environment({"PORT": "x", "PATH": "/bin", f"X{PREFIX}PORT": "x"}) == Settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PERSISTENCE", "disk"),
        ("PERSISTENCE", ""),
        ("PERSISTENCE", "Memory"),
        ("EVENT_BUS", "carrier pigeon"),
        ("EVENT_BUS", "eventbridge"),
        ("EVENT_BUS", "eventbridge:"),
        ("EVENT_BUS", "eventbridge:a b"),
        ("EVENT_BUS", "eventbridge:orders\n"),
        ("EVENT_BUS", "log:x"),
        ("DEAD_LETTERS", ""),
        ("DEAD_LETTERS", "bin"),
        ("PORT", "x"),
        ("PORT", ""),
        ("PORT", "-1"),
        ("PORT", "65536"),
        ("SHUTDOWN_SECONDS", "-1"),
        ("LOG_LEVEL", "LOUD"),
        ("PROT", "8080"),
        ("", "x"),
    ],
)
def test_a_wrong_or_unknown_variable_is_refused_by_name(name, value):
    with pytest.raises(Misconfigured, match=f"{PREFIX}{name}: "):
        read(**{name: value})


def test_all_wrong_variables_are_named_at_once():
    with pytest.raises(Misconfigured) as refused:
        read(PERSISTENCE="disk", EVENT_BUS="pigeon", PORT="x", PROT="1", HOST="127.0.0.1")

    named = {part.partition(": ")[0] for part in str(refused.value).split("; ")}
    assert named == {f"{PREFIX}{name}" for name in ("PERSISTENCE", "EVENT_BUS", "PORT", "PROT")}


def test_every_setting_says_what_it_is_for():
    assert all(field.description for field in Settings.model_fields.values())
