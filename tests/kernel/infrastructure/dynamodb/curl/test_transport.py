"""What libcurl sends, what it makes of answers, and which connections it keeps."""

import logging
import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC
from datetime import datetime
from datetime import timedelta
from email.utils import format_datetime
from time import monotonic

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import HealthCheck
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from domain.kernel.errors import Misconfigured
from infrastructure.kernel import copies
from infrastructure.kernel.dynamodb.transport import Answer
from infrastructure.kernel.dynamodb.transport import NoAnswer
from infrastructure.kernel.dynamodb.transport import NotSent
from infrastructure.kernel.dynamodb.transport import create_transport
from tests.kernel.infrastructure.dynamodb.curl.server import answer_and_hang_up
from tests.kernel.infrastructure.dynamodb.curl.server import answering
from tests.kernel.infrastructure.dynamodb.curl.server import hang_up
from tests.kernel.infrastructure.dynamodb.curl.server import never_answer
from tests.kernel.ministack import NOBODY
from tests.kernel.service.settings import Settings
from usecases.kernel.deadline import OutOfTime
from usecases.kernel.deadline import within

PATIENCE = 60
"""Seconds that no machine takes to give up a request after a fraction of a second."""
BODY = b'{"TableName":"tiny-service"}'


def test_requests_and_answers_pass_as_they_are(transport, server):
    server.replies = [answering(200, b'{"Something": "new"}'), answering(400, b'{"__type": "x#ValidationException"}')]

    answers = [transport.send("GetItem", BODY), transport.send("PutItem", b'{"n":"\xc3\xa9"}')]

    assert answers == [Answer(200, b'{"Something": "new"}'), Answer(400, b'{"__type": "x#ValidationException"}')]
    assert [(received.headers["x-amz-target"], received.body) for received in server.received] == [
        ("DynamoDB_20120810.GetItem", BODY),
        ("DynamoDB_20120810.PutItem", b'{"n":"\xc3\xa9"}'),
    ]


KEY_TEXT = st.text("ABCxyz019/+=", min_size=1, max_size=40)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    id=st.text("ABCXYZ0189", min_size=1, max_size=20),
    secret=KEY_TEXT,
    token=st.none() | KEY_TEXT,
    body=st.binary(max_size=200),
    operation=st.sampled_from(["GetItem", "TransactWriteItems"]),
)
def test_the_signature_is_that_of_botocore(create, server, alone, id, secret, token, body, operation):
    for name, value in {"ACCESS_KEY_ID": id, "SECRET_ACCESS_KEY": secret, "SESSION_TOKEN": token or ""}.items():
        alone.setenv(f"AWS_{name}", value)

    create().send(operation, body)

    sent = server.received[-1].headers
    date, signed = sent["x-amz-date"], sent["authorization"].partition("SignedHeaders=")[2].partition(",")[0]
    theirs = AWSRequest("POST", f"{server.address}/", data=body)
    for name in signed.split(";"):
        theirs.headers[name] = sent[name]
    theirs.context["timestamp"] = date
    signer = SigV4Auth(Credentials(id, secret, token), "dynamodb", "eu-west-1")
    assert sent["authorization"].endswith(signer.signature(_string_to_sign(signer, theirs), theirs))
    assert {"host", "x-amz-date", "x-amz-target"} <= set(signed.split(";"))
    assert ("x-amz-security-token" in signed) is (token is not None)


def _string_to_sign(signer, request):
    return signer.string_to_sign(request, signer.canonical_request(request))


# Answers


@pytest.mark.parametrize(
    "reply",
    [
        answering(200, b"{}x"),
        answering(200, b""),
        answering(200, b"{}", **{"Content-Type": "text/html"}),
        answering(200, b"{}", **{"x-amz-crc32": "1"}),
        answering(200, b"{}", **{"Content-Length": "3"}),
        answering(302, b"<html>", **{"Content-Type": "text/html"}),
        hang_up,
    ],
    ids=["no-json", "nothing", "another-type", "a-wrong-checksum", "cut-short", "a-login-page", "hung-up"],
)
def test_a_damaged_answer_is_no_answer(create, server, reply):
    server.replies = [reply]

    with pytest.raises(NoAnswer):
        create(dynamodb_read_seconds=0.3).send("PutItem", BODY)


def test_a_page_of_a_failure_is_an_answer(transport, server):
    server.replies = [answering(503, b"<html>", **{"Content-Type": "text/html"})]

    assert transport.send("PutItem", BODY) == Answer(503, b"<html>")


def test_a_server_that_does_not_answer_in_time_gives_no_answer(create, server):
    server.replies = [never_answer]

    with pytest.raises(NoAnswer):
        create(dynamodb_read_seconds=0.1).send("PutItem", BODY)


def test_nobody_waits_beyond_the_deadline(create, server, monkeypatch):
    monkeypatch.setattr("usecases.kernel.deadline.monotonic", lambda: 0.0)  # so that a pause makes nothing too late
    server.replies = [answering(200), never_answer]
    transport = create(dynamodb_read_seconds=3 * PATIENCE)
    transport.send("GetItem", BODY)  # over a connection that the next one finds
    began = monotonic()

    with within(0.4, buffer=0.2), pytest.raises(NoAnswer):
        transport.send("PutItem", BODY)

    assert monotonic() - began < PATIENCE


def test_nothing_is_sent_within_the_buffer(transport, server):
    with within(1000, buffer=1001), pytest.raises(OutOfTime):
        transport.send("PutItem", BODY)

    assert server.received == []


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_nobody_listening_is_not_sent(create, scheme):
    transport = create(dynamodb_endpoint=NOBODY.replace("http", scheme))

    with pytest.raises(NotSent):
        transport.send("PutItem", BODY)


# Connections


def test_one_connection_carries_one_request_after_the_other(transport, server):
    for _ in range(20):
        transport.send("GetItem", BODY)

    assert server.connections == 1


def test_requests_at_once_have_a_connection_each_and_no_more(transport, server):
    all_there = threading.Barrier(5, timeout=PATIENCE)

    def wait(handler):
        all_there.wait()
        answering(200)(handler)

    server.replies = [wait] * 5
    with ThreadPoolExecutor(5) as threads:
        list(threads.map(lambda _: transport.send("GetItem", BODY), range(5)))
        list(threads.map(lambda _: transport.send("GetItem", BODY), range(50)))

    assert server.connections == 5


def test_a_request_on_a_connection_that_breaks_is_not_sent_again_in_silence(transport, server):
    transport.send("GetItem", BODY)
    server.replies = [hang_up]

    with pytest.raises(NoAnswer):
        transport.send("PutItem", BODY)

    assert len(server.received) == 2
    assert transport.send("PutItem", BODY).status == 200


def test_a_connection_that_the_server_has_closed_is_replaced(transport, server):
    server.replies = [answer_and_hang_up]
    transport.send("GetItem", BODY)
    for _ in range(100):  # it may take a moment until this side hears of it
        try:
            transport.send("GetItem", BODY)
        except NoAnswer:
            continue
        break

    assert server.connections == 2


def test_connections_are_closed_before_the_process_is_copied(transport, server):
    transport.send("GetItem", BODY)

    copies.prepare()
    transport.send("GetItem", BODY)

    assert server.connections == 2


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_fork_leaves_the_connections_of_its_parent_alone(transport, server):
    transport.send("GetItem", BODY)

    child = os.fork()
    if not child:
        status = 0
        try:
            status = transport.send("GetItem", BODY).status
            transport.close()
        finally:  # or the rest of the tests would run in two processes
            os._exit(status != 200)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    transport.send("GetItem", BODY)

    first, second, third = server.received
    assert first.connection == third.connection != second.connection


# The clock


@pytest.mark.parametrize("wrong_by", [timedelta(hours=1), timedelta(days=-3)], ids=["slow", "fast"])
def test_a_request_is_sent_again_with_the_time_of_aws(transport, server, wrong_by):
    there = datetime.now(UTC) + wrong_by
    refused = b'{"__type": "com.amazon.coral.service#InvalidSignatureException", "message": "Signature expired"}'
    server.replies = [answering(400, refused, Date=format_datetime(there, usegmt=True))]

    answers = [transport.send("PutItem", BODY), transport.send("GetItem", BODY)]

    dates = [datetime.strptime(sent.headers["x-amz-date"], "%Y%m%dT%H%M%S%z") for sent in server.received]
    assert [answer.status for answer in answers] == [200, 200]
    assert [abs(date - there) < timedelta(minutes=5) for date in dates] == [False, True, True]


def test_a_wrong_signature_that_the_clock_does_not_explain_is_sent_once(transport, server):
    refused = b'{"__type": "com.amazon.coral.service#InvalidSignatureException"}'
    server.replies = [answering(400, refused, Date=format_datetime(datetime.now(UTC), usegmt=True))]

    assert transport.send("PutItem", BODY) == Answer(400, refused)
    assert len(server.received) == 1


# moto


def test_it_is_not_made_while_moto_is_active(moto_active):
    moto_active()

    with pytest.raises(Misconfigured, match="moto"):
        create_transport(Settings(aws_region="eu-west-1", dynamodb_transport="curl"))


def test_nothing_leaves_while_moto_is_active(transport, server, moto_active):
    moto_active()

    with pytest.raises(Misconfigured, match="moto"):
        transport.send("PutItem", BODY)

    assert server.received == []
    assert server.connections == 0


# What is not there


def test_a_transport_that_is_not_installed_says_what_is_missing(monkeypatch):
    monkeypatch.setitem(sys.modules, "pycurl", None)
    for module in [name for name in sys.modules if name.startswith("infrastructure.kernel.dynamodb.curl.")]:
        monkeypatch.delitem(sys.modules, module)

    with pytest.raises(Misconfigured, match="TINY_SERVICE_DYNAMODB_TRANSPORT=curl needs pycurl"):
        create_transport(Settings(aws_region="eu-west-1", dynamodb_transport="curl"))


def test_neither_errors_nor_logs_tell_keys(create, server, alone, caplog):
    caplog.set_level(logging.DEBUG)
    alone.setenv("AWS_SECRET_ACCESS_KEY", "confidential")
    alone.setenv("AWS_SESSION_TOKEN", "private")
    server.replies = [hang_up]

    with pytest.raises(NoAnswer) as raised:
        create().send("PutItem", BODY)

    assert not {"confidential", "private"} & set(f"{raised.value} {raised.value.__cause__} {caplog.text}".split())
