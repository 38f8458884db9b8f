"""Settings come from the environment; wrong ones are refused all at once, by name."""

from collections.abc import Mapping
from typing import ClassVar
from typing import Self

import pytest
from pydantic import model_validator

from domain.kernel.errors import Misconfigured
from infrastructure.kernel.listing_shards import shards_of
from infrastructure.kernel.tables import tables_by_kind
from tests.kernel.service.settings import PREFIX
from tests.kernel.service.settings import Settings


def read(**variables: str) -> Settings:
    return Settings.from_environment({f"{PREFIX}{name}": value for name, value in variables.items()})


def refusal(**variables: str) -> dict[str, str]:
    """Why the variables are refused, each by its name without the prefix."""
    with pytest.raises(Misconfigured) as refused:
        read(**variables)
    parts = (part.partition(": ") for part in str(refused.value).split("; "))
    return {name.removeprefix(PREFIX): why for name, _, why in parts}


def test_without_any_variable_everything_has_a_default():
    settings = Settings.from_environment({})

    assert (settings.persistence, settings.event_bus, settings.dead_letters) == ("memory", "log", "log")
    assert (settings.http_host, settings.http_port, settings.log_level) == ("127.0.0.1", 8080, "INFO")
    assert settings.shutdown_seconds == 30


def test_what_is_set_counts():
    settings = read(DEAD_LETTERS="memory", HTTP_HOST="0.0.0.0", HTTP_PORT="0", SHUTDOWN_SECONDS="5", LOG_LEVEL="DEBUG")

    assert (settings.dead_letters, settings.http_host, settings.http_port) == ("memory", "0.0.0.0", 0)
    assert (settings.shutdown_seconds, settings.log_level) == (5, "DEBUG")


@pytest.mark.parametrize("field", Settings.model_fields)
def test_an_empty_variable_is_as_if_it_were_not_set(field):
    assert read(**{field.upper(): ""}) == Settings()


def test_the_table_is_called_like_the_service_unless_it_is_set():
    assert Settings().dynamodb_table == Settings.service
    assert read(DYNAMODB_TABLE="crates").dynamodb_table == "crates"


def test_aggregates_have_tables_of_their_own_only_if_that_is_set():
    assert Settings().dynamodb_tables is None
    assert tables_by_kind(None, "main") == {}
    assert tables_by_kind(read(DYNAMODB_TABLES="Crate=a.b-c_1, Label = same,Seal=same").dynamodb_tables, "main") == {
        "Crate": "a.b-c_1",
        "Label": "same",
        "Seal": "same",
    }


_PAIRS = "must be pairs of an aggregate and its table, such as Invoice=invoices,Receipt=receipts"
_NAME = "the name of the table of Crate must have 3 to 255 of the characters a-z, A-Z, 0-9, _.-"


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        *((value, _PAIRS) for value in ("crates", "Crate=", "=crates", "Crate=crates,", ",", " ", "Crate:crates")),
        *((f"Crate={name}", _NAME) for name in ("ab", "a b c", "crätes", "a=bcd", "x" * 256)),
        ("Crate=crates,Label=labels,Crate=others", "Crate must be there only once"),
        ("Crate=main", "the table of Crate must be another one than that of all the others, main"),
    ],
)
def test_tables_that_break_a_rule_are_refused_with_the_rule(value, rule):
    assert refusal(DYNAMODB_TABLE="main", DYNAMODB_TABLES=value) == {"DYNAMODB_TABLES": f"Value error, {rule}"}


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
        {"REQUEST_SECONDS": "-1"},
    ],
    ids=str,
)
def test_a_request_has_more_time_than_the_buffer_of_its_deadline(variables):
    with pytest.raises(Misconfigured, match=f"{PREFIX}REQUEST_SECONDS: .*must be more than the buffer of"):
        read(**variables)


ISSUER = {"JWT_ISSUER": "https://issuer.example.com/pool"}


@pytest.mark.parametrize("audience", [{}, {"JWT_AUDIENCE": " , "}], ids=str)
def test_an_issuer_needs_an_audience_or_tokens_for_other_services_would_do(audience):
    with pytest.raises(Misconfigured, match=f"{PREFIX}JWT_AUDIENCE: .*must be set together with {PREFIX}JWT_ISSUER"):
        read(**ISSUER, **audience)


def test_an_audience_needs_an_issuer_or_no_token_would_be_asked_for():
    with pytest.raises(Misconfigured, match=f"{PREFIX}JWT_AUDIENCE: .*must be set together with {PREFIX}JWT_ISSUER"):
        read(JWT_AUDIENCE="crates")


def test_of_an_issuer_that_is_wrong_only_that_is_told():
    assert refusal(JWT_ISSUER="issuer.example.com", JWT_AUDIENCE="crates").keys() == {"JWT_ISSUER"}


def test_an_issuer_contradicts_that_nobody_is_asked():
    with pytest.raises(Misconfigured, match=f"{PREFIX}JWT_ISSUER: .*must not be set together with {PREFIX}AUTH=none"):
        read(**ISSUER, JWT_AUDIENCE="crates", AUTH="none")


def test_there_may_be_several_audiences():
    assert read(**ISSUER, JWT_AUDIENCE="crates, specimens,").audiences == ["crates", "specimens"]


@pytest.mark.parametrize("issuer", ["http://127.0.0.1:8081", "http://localhost/pool", "http://[::1]:80"])
def test_an_issuer_of_this_machine_needs_no_tls(issuer):
    assert read(JWT_ISSUER=issuer, JWT_AUDIENCE="crates").jwt_issuer == issuer


@pytest.mark.parametrize(
    ("shards", "numbers"), [("1", (1,)), ("64", (64,)), ("1,4", (1, 4)), ("4,1", (4, 1)), ("64,63", (64, 63))]
)
def test_a_listing_has_one_number_of_shards_or_two_while_it_is_changed(shards, numbers):
    assert shards_of(read(DYNAMODB_LISTING_SHARDS=shards).dynamodb_listing_shards) == numbers


@pytest.mark.parametrize(
    "shards", ["0", "65", "-1", "four", "1,1", "1,4,8", "1,", ",1", ",", "1,x", "1, 4", "01", "1.5", "1;4", "٤", "1\n"]
)
def test_any_other_number_of_shards_is_refused_with_the_rule(shards):
    rule = "must be a number from 1 to 64, or two different ones with a comma, such as 1,4"

    assert refusal(DYNAMODB_LISTING_SHARDS=shards) == {"DYNAMODB_LISTING_SHARDS": f"Value error, {rule}"}


def test_variables_without_the_prefix_count_for_nothing(caplog):
    others = {"HTTP_PORT": "x", "PATH": "/bin", f"X{PREFIX}HTTP_PORT": "x", f"{PREFIX}HTTP_PORT".lower(): "x"}

    assert Settings.from_environment(others) == Settings()
    assert caplog.records == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PERSISTENCE", "disk"),
        ("PERSISTENCE", "Memory"),
        ("EVENT_BUS", "carrier pigeon"),
        ("EVENT_BUS", "eventbridge"),
        ("EVENT_BUS", "eventbridge:"),
        ("EVENT_BUS", "eventbridge:a b"),
        ("EVENT_BUS", "eventbridge:orders\n"),
        ("EVENT_BUS", "log:x"),
        ("DEAD_LETTERS", "bin"),
        ("AUTH", "maybe"),
        ("AUTH", "None"),
        ("AUTH", "NONE"),
        ("AUTH", "none "),
        ("AUTH", "false"),
        ("JWT_ISSUER", "https://"),
        ("JWT_ISSUER", "http://issuer.example.com"),
        ("JWT_ISSUER", "http://127.0.0.1.example.com"),
        ("JWT_ISSUER", "https://issuer.example.com/?tenant=1"),
        ("JWT_ISSUER", "https://user:secret@issuer.example.com"),
        ("JWT_ISSUER", "http://127.0.0.1/@issuer.example.com"),
        ("JWT_ISSUER", "issuer.example.com"),
        ("HTTP_PORT", "x"),
        ("HTTP_PORT", " "),
        ("HTTP_PORT", "-1"),
        ("HTTP_PORT", "65536"),
        ("HTTP_PORT", "inf"),
        ("SHUTDOWN_SECONDS", "-1"),
        ("DEADLINE_BUFFER_SECONDS", "0"),
        ("LOG_LEVEL", "LOUD"),
        ("DYNAMODB_CREATE_TABLE", "perhaps"),
    ],
)
def test_a_wrong_value_is_refused_by_the_name_of_its_variable(name, value):
    assert refusal(**{name: value}).keys() == {name}


@pytest.mark.parametrize("value", ["inf", "-inf", "Infinity", "nan", "1e999"])
@pytest.mark.parametrize("field", [name for name, field in Settings.model_fields.items() if field.annotation is float])
def test_a_number_that_is_not_finite_is_refused_by_the_name_of_its_variable(field, value):
    assert "finite" in refusal(**{field.upper(): value})[field.upper()]


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("HTTP_PROT", "HTTP_PORT"),
        ("HTTPPORT", "HTTP_PORT"),
        ("PERSISTANCE", "PERSISTENCE"),
        ("LOGLEVEL", "LOG_LEVEL"),
        ("EVENTS_BUS", "EVENT_BUS"),
        ("DYNAMODB_TABEL", "DYNAMODB_TABLE"),
        ("log_level".title(), "LOG_LEVEL"),
        ("http_port", "HTTP_PORT"),
    ],
)
def test_a_variable_that_looks_like_a_mistyped_setting_is_refused_and_the_right_one_named(name, meant):
    assert refusal(**{name: "1"}) == {name: f"no such setting, did you mean {PREFIX}{meant}?"}


@pytest.mark.parametrize("name", ["DYNAMODB_REGION", "dynamodb_region"])
def test_a_variable_of_a_setting_that_was_renamed_is_refused_and_the_new_name_told(name):
    assert refusal(**{name: "eu-west-1"}) == {name: f"this setting was renamed, set {PREFIX}AWS_REGION instead"}


def test_a_renamed_setting_is_refused_even_when_the_new_one_is_set_too():
    assert refusal(DYNAMODB_REGION="eu-west-1", AWS_REGION="eu-north-1").keys() == {"DYNAMODB_REGION"}


def test_a_service_can_rename_a_setting_of_its_own():
    class Own(Settings):
        renamed: ClassVar[Mapping[str, str]] = {**Settings.renamed, "colour": "color"}
        color: str = "red"

    with pytest.raises(Misconfigured) as refused:
        Own.from_environment({f"{PREFIX}COLOUR": "blue", f"{PREFIX}DYNAMODB_REGION": "eu-west-1"})

    assert str(refused.value) == (
        f"{PREFIX}COLOUR: this setting was renamed, set {PREFIX}COLOR instead; "
        f"{PREFIX}DYNAMODB_REGION: this setting was renamed, set {PREFIX}AWS_REGION instead"
    )


def test_every_renamed_setting_leads_to_one_that_exists():
    assert set(Settings.renamed.values()) <= Settings.model_fields.keys()
    assert not Settings.renamed.keys() & Settings.model_fields.keys()


@pytest.mark.parametrize("name", ["BUILD", "PRIVATE_KEY", "TIMEOUT", "X", ""])
def test_any_other_unknown_variable_is_only_warned_of(caplog, name):
    assert read(**{name: "1"}) == Settings()

    [record] = caplog.records
    assert (record.levelname, f"{PREFIX}{name} is set" in record.getMessage()) == ("WARNING", True)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SERVICE_HOST", "10.0.0.11"),
        ("SERVICE_PORT", "80"),
        ("SERVICE_PORT_HTTP", "80"),
        ("PORT", "tcp://10.0.0.11:80"),
        ("PORT_80_TCP", "tcp://10.0.0.11:80"),
        ("PORT_80_TCP_PROTO", "tcp"),
        ("PORT_80_TCP_PORT", "80"),
        ("PORT_80_TCP_ADDR", "10.0.0.11"),
        ("HOST", "10.0.0.11"),
        ("PORT_HTTP", "80"),
    ],
)
def test_what_kubernetes_sets_for_a_service_that_is_called_like_ours_is_ignored(caplog, name, value):
    assert read(**{name: value}) == Settings()
    assert caplog.records == []


def test_all_wrong_variables_are_named_at_once():
    refused = refusal(PERSISTENCE="disk", EVENT_BUS="pigeon", HTTP_PORT="x", HTTP_PROT="1", HTTP_HOST="127.0.0.1")

    assert refused.keys() == {"PERSISTENCE", "EVENT_BUS", "HTTP_PORT", "HTTP_PROT"}


def test_a_rule_about_several_settings_is_told_of_all_with_our_prefix():
    class Strict(Settings):
        @model_validator(mode="after")
        def _has_no_table_in_memory(self) -> Self:
            if self.persistence == "memory" and self.dynamodb_create_table:
                raise ValueError("nothing in memory has a table")
            return self

    with pytest.raises(Misconfigured) as refused:
        Strict.from_environment({f"{PREFIX}DYNAMODB_CREATE_TABLE": "true"})

    assert str(refused.value) == f"{PREFIX}*: Value error, nothing in memory has a table"


def test_every_setting_says_what_it_is_for():
    assert all(field.description for field in Settings.model_fields.values())
