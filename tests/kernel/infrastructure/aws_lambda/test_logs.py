"""What the log of a function looks like, which Lambda sets up, and the settings and its `LogFormat` change."""

import io
import json
import logging
from typing import Any
from typing import Literal

import pytest

from infrastructure.kernel.logs import set_format_on_lambda
from tests.kernel.service.settings import Settings
from usecases.kernel.observability import in_trace


class HandlerOfLambda(logging.StreamHandler[io.StringIO]):
    """As Lambda's own: it ends no line, for the format of its lines does so."""

    terminator = ""


def logged(
    monkeypatch: pytest.MonkeyPatch, log_format: Literal["text", "json"], of_lambda: str
) -> tuple[str, list[Any]]:
    """What a function writes, whose `LogFormat` is `of_lambda`, and the request ids of its records."""
    handler = HandlerOfLambda(io.StringIO())
    ids: list[Any] = []

    def keep(record: logging.LogRecord) -> bool:
        ids.append(vars(record).get("request_id"))
        return True

    handler.setFormatter(logging.Formatter("as Lambda has it: %(message)s\n"))
    monkeypatch.setattr(logging.getLogger(), "handlers", [handler])  # not those of pytest, which are there, too
    monkeypatch.setenv("AWS_LAMBDA_LOG_FORMAT", of_lambda)
    set_format_on_lambda(Settings(log_format=log_format))
    handler.addFilter(keep)
    with in_trace("request", "GET /crates", request_id="r1"):
        logging.getLogger("tests.logs").warning("packed")
    logging.getLogger("tests.logs").warning("stopped")
    return handler.stream.getvalue(), ids


def test_a_line_of_json_is_a_line(monkeypatch):
    written, _ = logged(monkeypatch, "json", of_lambda="Text")

    packed, stopped = map(json.loads, written.splitlines())
    assert (packed["message"], packed["request_id"], stopped["message"]) == ("packed", "r1", "stopped")


@pytest.mark.parametrize(("log_format", "of_lambda"), [("json", "JSON"), ("text", "JSON"), ("text", "Text")])
def test_the_format_is_that_of_lambda_and_each_record_has_its_ids(monkeypatch, log_format, of_lambda):
    written, ids = logged(monkeypatch, log_format, of_lambda)

    assert written == "as Lambda has it: packed\nas Lambda has it: stopped\n"
    assert ids == ["r1", None]
