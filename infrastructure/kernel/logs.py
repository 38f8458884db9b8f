"""How much is logged, and what of it a terminal is shown."""

import logging

from infrastructure.kernel.settings import Settings


def printable(text: str, *, besides: str = "") -> str:
    r"""`text` with an escape such as `\x1b` for each character that is not to be seen, but for those `besides`.

    A terminal would obey some of them: the name of an entity could move its cursor, or rename its window.
    """
    return "".join(
        each if each.isprintable() or each in besides else each.encode("unicode_escape").decode() for each in text
    )


class PrintableFormatter(logging.Formatter):
    """Formats what a terminal may be shown."""

    def format(self, record: logging.LogRecord) -> str:
        return printable(super().format(record), besides="\n\t")


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
