"""A clock that is wrong is found out by the first refusal, and requests are signed by that of AWS from then on."""

import itertools
import threading
from datetime import UTC
from datetime import datetime
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from domain.kernel.errors import Misconfigured
from infrastructure.kernel import clock_skew
from infrastructure.kernel.aws import create_aws_client
from tests.kernel.builders.crates import a_crate
from tests.kernel.infrastructure.dynamodb.line import JSON
from tests.kernel.infrastructure.dynamodb.line import Line
from tests.kernel.infrastructure.dynamodb.line import an_answer
from tests.kernel.ministack import ENVIRONMENT

TOLERANCE = timedelta(minutes=5)
PATIENCE = 60
"""Seconds after which a test that waits for what does not come fails."""


@pytest.fixture(autouse=True)
def no_skew_is_known(monkeypatch):
    monkeypatch.setattr(clock_skew._Skew, "by", timedelta())


@pytest.fixture
def line(remote):
    """The line of `remote`, if botocore sends for it."""
    return Line(remote.table.transport.client)


def signed_at(line):
    """The times that requests were signed at."""
    return [moment(text(request.headers["X-Amz-Date"])) for request in line.sent]


def refusing(code, **head):
    """The request does not arrive; its signature is refused."""
    body = f'{{"__type": "com.amazon.coral.service#{code}", "message": "Signature expired"}}'.encode()
    return lambda _: an_answer(400, {**JSON, **head}, body)


@pytest.mark.parametrize("code", ["InvalidSignatureException", "RequestTimeTooSkewed", "RequestExpired"])
@pytest.mark.parametrize("wrong_by", [timedelta(hours=1), timedelta(days=-3)], ids=["slow", "fast"])
def test_a_request_is_sent_again_with_the_time_of_aws(remote, line, code, wrong_by):
    new, there = a_crate(), datetime.now(UTC) + wrong_by
    line.replies = [refusing(code, Date=format_datetime(there, usegmt=True))]

    added = remote.crates.add(new)
    remote.crates.get(new.id)

    assert added == new.at_version(1)
    assert line.operations == ["PutItem", "PutItem", "GetItem"]
    assert [abs(at - there) < TOLERANCE for at in signed_at(line)] == [False, True, True]


def test_a_clock_that_is_set_right_later_is_found_out_too(remote, line, monkeypatch):
    monkeypatch.setattr(clock_skew._Skew, "by", timedelta(hours=1))
    here = datetime.now(UTC)
    line.replies = [refusing("InvalidSignatureException", Date=format_datetime(here, usegmt=True))]

    remote.crates.add(a_crate())

    assert [abs(at - here) < TOLERANCE for at in signed_at(line)] == [False, True]


@pytest.mark.parametrize("told", ["nothing", "no-time", "the-same-time"])
def test_a_wrong_signature_that_the_clock_does_not_explain_is_a_wrong_setup_at_once(remote, line, told):
    dates = {
        "no-time": {"Date": "yesterday"},
        "the-same-time": {"Date": format_datetime(datetime.now(UTC), usegmt=True)},
    }
    line.replies = [refusing("InvalidSignatureException", **dates.get(told, {}))] * 2

    with pytest.raises(Misconfigured, match="clock of this machine"):
        remote.crates.add(a_crate())

    assert len(line.sent) == 1


def test_a_request_is_sent_again_once_however_the_time_of_aws_jumps(remote, line):
    hours = itertools.count(1)
    line.replies = [
        lambda request: refusing(
            "InvalidSignatureException",
            Date=format_datetime(datetime.now(UTC) + timedelta(hours=next(hours)), usegmt=True),
        )(request)
    ] * 3

    with pytest.raises(Misconfigured, match="clock of this machine"):
        remote.crates.add(a_crate())

    assert len(line.sent) == 2


def test_of_many_requests_that_are_refused_at_once_each_is_sent_again(remote, line):
    there = datetime.now(UTC) + timedelta(hours=1)
    stored = [a_crate() for _ in range(60)]
    all_sent = threading.Barrier(3, timeout=PATIENCE)
    refuse = refusing("InvalidSignatureException", Date=format_datetime(there, usegmt=True))

    def refuse_together(request):
        all_sent.wait()
        return refuse(request)

    line.replies = [refuse_together] * 3

    remote.crates.put_many(stored)

    assert len(remote.crates.get_many(crate.id for crate in stored)) == 60


@pytest.mark.parametrize("service", ["dynamodbstreams", "events", "s3"])
def test_the_other_services_are_asked_again_with_the_time_of_aws(nothing_set, service):
    for name, value in ENVIRONMENT.items():
        nothing_set.setenv(name, value)
    there = datetime.now(UTC) + timedelta(hours=1)
    client = create_aws_client(service, "it", region="eu-west-1")
    line = Line(client)
    head = {**JSON, "Date": format_datetime(there, usegmt=True)}
    refused = {True: b"<Error><Code>RequestTimeTooSkewed</Code></Error>", False: b'{"__type": "RequestExpired"}'}
    line.replies = [
        lambda _: an_answer(403, head, refused[service == "s3"]),
        lambda _: an_answer(200, head, b""),
    ]
    calls = {
        "dynamodbstreams": lambda: client.list_streams(),
        "events": lambda: client.put_events(Entries=[{"Detail": "{}", "DetailType": "x", "Source": "x"}]),
        "s3": lambda: client.put_object(Bucket="bucket", Key="key", Body=b"x"),
    }

    calls[service]()

    first, second = ({name.lower(): text(value) for name, value in request.headers.items()} for request in line.sent)
    assert first.keys() == second.keys()
    assert abs(moment(second["x-amz-date"]) - there) < TOLERANCE < abs(moment(first["x-amz-date"]) - there)


def text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else value


def moment(date: str) -> datetime:
    return datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
