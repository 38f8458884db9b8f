"""Dead letters, read again: from the log, in every form that it has, and from the bucket, those of Lambda included."""

import json
import logging
from datetime import UTC
from datetime import datetime
from datetime import timedelta
from typing import Any

import pytest
from botocore.stub import Stubber

from domain.kernel.errors import InvalidArgument
from domain.kernel.errors import Misconfigured
from domain.kernel.errors import Unavailable
from infrastructure.kernel.aws import CONNECTIONS
from infrastructure.kernel.events.dead_letters import LogDeadLetters
from infrastructure.kernel.events.letters import Letter
from infrastructure.kernel.events.letters import LogLetters
from infrastructure.kernel.events.s3 import S3DeadLetters
from infrastructure.kernel.events.s3_letters import OF_LAMBDA
from infrastructure.kernel.events.s3_letters import S3Letters
from infrastructure.kernel.events.s3_letters import create_s3_letters
from infrastructure.kernel.logs import PrintableFormatter
from tests.kernel.infrastructure.dynamodb.dead_letters import body_of_lambda
from tests.kernel.infrastructure.events.buckets import BUCKET
from tests.kernel.infrastructure.events.buckets import REGION
from tests.kernel.infrastructure.events.buckets import keys

RECORD = {"eventName": "INSERT", "dynamodb": {"Keys": {"pk": {"S": "CRATE#one: {"}}, "text": "Ünïted \x1b"}}
WHYS = [
    "Happened 7 cannot be published: no",
    'Stream record 7 cannot be read: _events.type: there is no event "Odd": {really}',
    "",
    "dead letter: a name",
    "naïve \x1b[31m",
]
AS_LAMBDA_LOGS = {"timestamp": "2026-01-31T12:30:00.000Z", "level": "ERROR", "logger": "kernel", "requestId": "r1"}


def logged(record: Any, reason: str, caplog: pytest.LogCaptureFixture) -> logging.LogRecord:
    """What the dead letter is, as the log has it."""
    LogDeadLetters().put(json.dumps(record), reason)
    return caplog.records[-1]


def plain(line: logging.LogRecord) -> str:
    """The line that the command line logs."""
    return PrintableFormatter().format(line)


def of_lambda(line: logging.LogRecord) -> str:
    """The line that Lambda logs."""
    return json.dumps({**AS_LAMBDA_LOGS, "message": line.getMessage()})


def tailed(line: logging.LogRecord) -> str:
    """The line that `aws logs tail` prints."""
    return f"2026-01-31T12:30:00.000000+00:00 2026/01/31/[1]a0b1 {of_lambda(line)}"


def written(*lines: str) -> LogLetters:
    return LogLetters([f"{line}\n".encode() for line in lines])


# The log


@pytest.mark.parametrize("form", [plain, of_lambda, tailed])
@pytest.mark.parametrize("reason", WHYS)
def test_a_letter_in_the_log_is_read_whole_with_its_reason(caplog, form, reason):
    line = form(logged(RECORD, reason, caplog))

    [letter] = written(line).read()

    assert (letter.record, letter.problem, letter.is_of_batch) == (RECORD, "", False)
    assert letter.reason == (reason if form is not plain else reason.replace("\x1b", r"\x1b"))


@pytest.mark.parametrize("record", [[], "noise"], ids=repr)
def test_what_the_relay_was_given_in_place_of_a_record_is_read_too(caplog, record):
    [letter] = written(plain(logged(record, "must be an object", caplog))).read()

    assert (letter.record, letter.reason) == (record, "must be an object")


def test_letters_are_named_by_their_lines_and_other_lines_are_passed_over(caplog):
    line = plain(logged(RECORD, "no", caplog))
    letters = written("", "a record is among the dead letters", line, '{"message": "memory: 40 MB"}', "{", line)

    assert [letter.name for letter in letters.read()] == ["3", "6"]
    assert [letter.name for letter in letters.find("6")] == ["6"]


@pytest.mark.parametrize("form", [plain, of_lambda])
def test_a_letter_that_is_cut_off_is_named_with_its_problem(caplog, form):
    line = form(logged(RECORD, "no", caplog))

    [letter] = written(line[: -len(line) // 3]).read()

    assert (letter.name, letter.record) == ("1", None)
    assert "cut off" in letter.problem


def test_a_letter_without_a_record_is_named_with_its_problem():
    [letter] = written("ERROR dead letter: nothing").read()

    assert letter == Letter("1", None, "nothing", "has no record")


def test_bytes_that_are_no_text_do_not_hide_the_letters_after_them(caplog):
    line = plain(logged(RECORD, "no", caplog)).encode()

    letters = list(LogLetters([b"\xff\xfe dead letter: \xff\n", line]).read())

    assert [letter.problem for letter in letters] == ["has no record", ""]


@pytest.mark.parametrize("letters", [written("a line")], ids=["log"])
def test_a_name_that_no_letter_has_is_refused(letters):
    with pytest.raises(InvalidArgument, match="7: there is no dead letter of that name"):
        letters.find("7")


# The bucket


@pytest.fixture
def letters(s3) -> S3Letters:
    return create_s3_letters(BUCKET, REGION)


def put(s3: Any, key: str, body: bytes) -> str:
    s3.put_object(Bucket=BUCKET, Key=key, Body=body)
    return key


def test_a_letter_of_the_relay_is_read_as_it_was_put(s3, letters):
    S3DeadLetters(s3, BUCKET).put(json.dumps(RECORD), "no")

    [key] = keys(s3)

    assert list(letters.read()) == [Letter(key, RECORD, "no")]
    assert letters.find(key) == [Letter(key, RECORD, "no")]


def test_a_batch_that_lambda_gave_up_is_a_letter_per_record(s3, letters):
    key = put(s3, f"{OF_LAMBDA}e0/shardId-1/2026/02/01/2026-02-01T11.30.00-u1", body_of_lambda(RECORD, {"n": 2}))

    first, second = letters.read()

    assert first == Letter(f"{key}#1", RECORD, is_of_batch=True)
    assert second == Letter(f"{key}#2", {"n": 2}, is_of_batch=True, place=2)
    assert letters.find(key) == [first, second]
    assert letters.find(f"{key}#2") == [second]


def test_a_batch_is_read_whether_it_is_a_text_or_an_object(s3, letters):
    put(s3, f"{OF_LAMBDA}1", json.dumps({"payload": {"Records": [RECORD]}}).encode())

    assert [letter.record for letter in letters.read()] == [RECORD]


def test_the_letters_of_the_relay_come_first_and_other_objects_are_passed_over(s3, letters):
    of_batch = put(s3, f"{OF_LAMBDA}e0/1", body_of_lambda(RECORD))
    put(s3, "other/1", b"{}")
    S3DeadLetters(s3, BUCKET).put("{}", "no")

    assert [letter.name.partition("/")[0] for letter in letters.read()] == ["dead-letters", "aws"]
    assert [letter.name for letter in letters.read()][1] == f"{of_batch}#1"


def test_any_number_of_letters_is_read(s3, letters):
    for number in range(25):
        put(s3, f"dead-letters/{number:02}.json", str(number).encode())

    assert [letter.record for letter in letters.read()] == list(range(25))


@pytest.mark.parametrize(
    ("key", "body", "problem"),
    [
        ("dead-letters/1", b'{"cut', "is no JSON"),
        ("dead-letters/1", b"[" * 100_000, "is no JSON"),
        (f"{OF_LAMBDA}1", b'{"cut', "is no JSON"),
        (f"{OF_LAMBDA}1", b'{"payload": "{"}', "is no JSON"),
        (f"{OF_LAMBDA}1", b"[]", "payload: must have the Records"),
        (f"{OF_LAMBDA}1", b'{"requestPayload": {"Records": []}}', "payload: must have the Records"),
        (f"{OF_LAMBDA}1", b'{"payload": {"Records": 1}}', "payload: must have the Records"),
    ],
)
def test_an_object_that_is_no_letter_is_named_with_its_problem(s3, letters, key, body, problem):
    put(s3, key, body)

    [letter] = letters.read()

    assert (letter.name, letter.record) == (key, None)
    assert letter.problem.startswith(problem)


def test_what_was_put_before_the_time_that_is_asked_for_is_not_read(s3, letters):
    put(s3, "dead-letters/1", b"{}")
    now = datetime.now(UTC)

    assert len(list(letters.read(now - timedelta(hours=1)))) == 1
    assert list(letters.read(now + timedelta(hours=1))) == []


@pytest.mark.parametrize("name", ["dead-letters/none", f"{OF_LAMBDA}1#2"])
def test_a_name_that_no_letter_in_the_bucket_has_is_refused(s3, letters, name):
    put(s3, f"{OF_LAMBDA}1", body_of_lambda(RECORD))

    with pytest.raises(InvalidArgument, match="there is no dead letter of that name"):
        letters.find(name)


def test_a_letter_that_is_deleted_meanwhile_is_passed_over(s3, letters):
    names = [put(s3, f"dead-letters/{number:02}", b"{}") for number in range(2 * CONNECTIONS)]
    found = letters.read()

    first = next(found)
    s3.delete_object(Bucket=BUCKET, Key=names[-1])

    assert [letter.name for letter in (first, *found)] == names[:-1]


def test_a_bucket_that_is_not_there_is_a_wrong_setup(s3):
    with pytest.raises(Misconfigured, match="no-such-bucket"):
        list(create_s3_letters("no-such-bucket", REGION).read())


@pytest.mark.parametrize(("code", "error"), [("AccessDenied", Misconfigured), ("SlowDown", Unavailable)])
def test_a_bucket_that_does_not_answer_is_an_error_of_ours(s3, code, error):
    letters = S3Letters(s3, BUCKET)

    with Stubber(s3) as answers:
        for operation in ("list_objects_v2", "get_object"):
            answers.add_client_error(operation, code)
        with pytest.raises(error, match=code):
            list(letters.read())
        with pytest.raises(error, match=code):
            letters.find("dead-letters/1")
