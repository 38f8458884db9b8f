"""How much is logged, in which format, and what of it a terminal is shown."""

import logging
import os
from datetime import UTC
from datetime import datetime

from pydantic_core import to_json

from infrastructure.kernel.settings import Settings
from usecases.kernel.observability import current_trace
from usecases.kernel.observability import operation_under_way

_OF_EVERY_RECORD = {*vars(logging.makeLogRecord({})), "asctime", "message", "context", "color_message"}


def printable(text: str, *, besides: str = "") -> str:
    r"""`text` with an escape such as `\x1b` for each character that is not to be seen, but for those `besides`.

    A terminal would obey some of them: the name of an entity could move its cursor, or rename its window.
    """
    return "".join(
        each if each.isprintable() or each in besides else each.encode("unicode_escape").decode() for each in text
    )


class PrintableFormatter(logging.Formatter):
    """Formats what a terminal may be shown. Before the message of a request is the id of that."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  # as logging has it
        if request_id := vars(record).get("request_id"):
            record.message = f"[{request_id}] {record.message}"
        return super().formatMessage(record)

    def format(self, record: logging.LogRecord) -> str:
        return printable(super().format(record), besides="\n\t")


class JsonFormatter(logging.Formatter):
    """Formats a line of JSON, with the names that Lambda's own JSON has, and all that `extra` was given.

    https://docs.aws.amazon.com/lambda/latest/dg/python-logging.html
    """

    def __init__(self, *, end: str = "") -> None:
        super().__init__()
        self._end = end

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **{name: value for name, value in vars(record).items() if name not in _OF_EVERY_RECORD},
        }
        if record.exc_info:
            line["stackTrace"] = self.formatException(record.exc_info).splitlines()
        try:
            text = to_json(line, fallback=str, inf_nan_mode="strings").decode()
        except ValueError:  # such as bytes, or half of a character: no line is lost for that
            text = to_json({name: printable(str(value)) for name, value in line.items()}).decode()
        return text + self._end


def add_context(record: logging.LogRecord) -> bool:
    """A filter of handlers: adds to each record the request, the trace and the use case that it was logged in."""
    trace = current_trace()
    if trace is not None and not hasattr(record, "request_id"):
        record.request_id, record.trace_id = trace
        record.trace_id = trace.trace_id
        operation = operation_under_way()
        while operation is not None:
            if operation.layer == "use case":
                record.use_case = operation.name
            operation = operation.parent
    return True


def set_format(settings: Settings, handlers: list[logging.Handler]) -> None:
    """Has these handlers write what the settings say, each record with its context."""
    for handler in handlers:
        handler.setFormatter(JsonFormatter() if settings.log_format == "json" else PrintableFormatter())
        handler.addFilter(add_context)


def set_format_on_lambda(settings: Settings) -> None:
    """The same on Lambda, whose handler stays. If the function has `LogFormat: JSON`, its formatter stays, too."""
    for handler in logging.getLogger().handlers:
        handler.addFilter(add_context)
        if settings.log_format == "json" and os.environ.get("AWS_LAMBDA_LOG_FORMAT") != "JSON":
            handler.setFormatter(JsonFormatter(end="\n"))  # its handler for text writes no line breaks of its own


def set_levels(settings: Settings) -> None:
    """Has everything logged from the level of the settings on; the client of AWS from INFO on, at most."""
    logging.getLogger().setLevel(settings.log_level)
    hide_answers_of_aws()
    for name in ("botocore.credentials", "botocore.tokens"):
        logging.getLogger(name).addFilter(_without_traceback)


def hide_answers_of_aws() -> None:
    """Has the client of AWS log nothing below INFO. There it logs its answers: what entities hold, and secrets."""
    logging.getLogger("botocore").setLevel(max(logging.INFO, logging.getLogger().level))


def _without_traceback(record: logging.LogRecord) -> bool:
    """Credentials that cannot be fetched are an error of ours; botocore logs its traceback besides."""
    record.exc_info = None
    return True
