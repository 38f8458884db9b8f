"""A clock that is wrong is found out by the first refusal, and requests are signed by that of AWS from then on."""

import itertools
import threading
from datetime import UTC
from datetime import datetime
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from moto.core.models import botocore_stubber

from domain.kernel.errors import Misconfigured
from infrastructure.kernel import clock_skew
from infrastructure.kernel.aws import create_aws_client
from tests.kernel.builders.crates import a_crate
from tests.kernel.infrastructure.dynamodb.network import JSON
from tests.kernel.infrastructure.dynamodb.network import an_answer
from tests.kernel.infrastructure.dynamodb.network import deliver
from tests.kernel.ministack import ENVIRONMENT

TOLERANCE = timedelta(minutes=5)
PATIENCE = 10
"""Seconds after which a test that waits for what does not come fails."""


@pytest.fixture(autouse=True)
def no_skew_is_known(monkeypatch):
    monkeypatch.setattr(clock_skew._Skew, "by", timedelta())


@pytest.fixture
def signed_at(remote):
    """The times that requests were signed at."""
    times = []

    def note(request, **_):
        times.append(moment(text(request.headers["X-Amz-Date"])))

    remote.table.client.meta.events.register_first("before-send.dynamodb", note)
    return times


def refusing(code, **head):
    """The request does not arrive; its signature is refused."""
    body = f'{{"__type": "com.amazon.coral.service#{code}", "message": "Signature expired"}}'.encode()
    return lambda _: an_answer(400, {**JSON, **head}, body)


@pytest.mark.parametrize("code", ["InvalidSignatureException", "RequestTimeTooSkewed", "RequestExpired"])
@pytest.mark.parametrize("wrong_by", [timedelta(hours=1), timedelta(days=-3)], ids=["slow", "fast"])
def test_a_request_is_sent_again_with_the_time_of_aws(remote, network, signed_at, code, wrong_by):
    new, there = a_crate(), datetime.now(UTC) + wrong_by
    network.will(refusing(code, Date=format_datetime(there, usegmt=True)))

    added = remote.crates.add(new)
    remote.crates.get(new.id)

    assert added == new.at_version(1)
    assert network.operations() == ["PutItem", "PutItem", "GetItem"]
    assert [abs(at - there) < TOLERANCE for at in signed_at] == [False, True, True]


def test_a_clock_that_is_set_right_later_is_found_out_too(remote, network, signed_at, monkeypatch):
    monkeypatch.setattr(clock_skew._Skew, "by", timedelta(hours=1))
    here = datetime.now(UTC)
    network.will(refusing("InvalidSignatureException", Date=format_datetime(here, usegmt=True)), deliver)

    remote.crates.add(a_crate())

    assert [abs(at - here) < TOLERANCE for at in signed_at] == [False, True]


@pytest.mark.parametrize("told", ["nothing", "no-time", "the-same-time"])
def test_a_wrong_signature_that_the_clock_does_not_explain_is_a_wrong_setup_at_once(remote, network, told):
    dates = {
        "no-time": {"Date": "yesterday"},
        "the-same-time": {"Date": format_datetime(datetime.now(UTC), usegmt=True)},
    }
    network.always(refusing("InvalidSignatureException", **dates.get(told, {})))

    with pytest.raises(Misconfigured, match="clock of this machine"):
        remote.crates.add(a_crate())

    assert len(network.sent) == 1


def test_a_request_is_sent_again_once_however_the_time_of_aws_jumps(remote, network):
    hours = itertools.count(1)
    network.always(
        lambda delivery: refusing(
            "InvalidSignatureException",
            Date=format_datetime(datetime.now(UTC) + timedelta(hours=next(hours)), usegmt=True),
        )(delivery)
    )

    with pytest.raises(Misconfigured, match="clock of this machine"):
        remote.crates.add(a_crate())

    assert len(network.sent) == 2


def test_of_many_requests_that_are_refused_at_once_each_is_sent_again(remote, network):
    there = datetime.now(UTC) + timedelta(hours=1)
    stored = [a_crate() for _ in range(60)]
    all_sent = threading.Barrier(3, timeout=PATIENCE)
    refuse = refusing("InvalidSignatureException", Date=format_datetime(there, usegmt=True))

    def refuse_together(delivery):
        all_sent.wait()
        return refuse(delivery)

    network.will(*[refuse_together] * 3)

    remote.crates.put_many(stored)

    assert len(remote.crates.get_many(crate.id for crate in stored)) == 60


@pytest.mark.parametrize("service", ["dynamodbstreams", "events", "s3"])
def test_the_other_services_are_asked_again_with_the_time_of_aws(nothing_set, service):
    for name, value in ENVIRONMENT.items():
        nothing_set.setenv(name, value)
    there = datetime.now(UTC) + timedelta(hours=1)
    client = create_aws_client(service, "it", region="eu-west-1")
    signed: list[Any] = []

    def answer(request, **_):
        signed.append(request.headers)
        head = {"Date": format_datetime(there, usegmt=True)}
        body = {True: b"<Error><Code>RequestTimeTooSkewed</Code></Error>", False: b'{"__type": "RequestExpired"}'}
        return an_answer(403 if len(signed) == 1 else 200, {**JSON, **head}, body[service == "s3"] * (len(signed) == 1))

    client.meta.events.unregister("before-send", botocore_stubber)
    client.meta.events.register("before-send", answer)
    calls = {
        "dynamodbstreams": lambda: client.list_streams(),
        "events": lambda: client.put_events(Entries=[{"Detail": "{}", "DetailType": "x", "Source": "x"}]),
        "s3": lambda: client.put_object(Bucket="bucket", Key="key", Body=b"x"),
    }

    calls[service]()

    first, second = ({name.lower(): text(value) for name, value in headers.items()} for headers in signed)
    assert first.keys() == second.keys()
    assert abs(moment(second["x-amz-date"]) - there) < TOLERANCE < abs(moment(first["x-amz-date"]) - there)


def text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else value


def moment(date: str) -> datetime:
    return datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
