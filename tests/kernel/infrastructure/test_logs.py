"""How much is logged."""

import logging

import pytest

from infrastructure.kernel.logs import set_levels
from tests.kernel.service.settings import Settings


@pytest.fixture(autouse=True)
def levels_as_they_were():
    loggers = [logging.getLogger(name) for name in (None, "botocore")]
    before = [logger.level for logger in loggers]
    yield
    for logger, level in zip(loggers, before, strict=True):
        logger.setLevel(level)


@pytest.mark.parametrize(
    ("level", "of_aws"), [("DEBUG", "INFO"), ("INFO", "INFO"), ("WARNING", "WARNING"), ("ERROR", "ERROR")]
)
def test_everything_is_logged_from_the_level_on_but_never_what_entities_hold(level, of_aws):
    set_levels(Settings(log_level=level))

    assert logging.getLogger("infrastructure").getEffectiveLevel() == logging.getLevelNamesMapping()[level]
    assert logging.getLogger("botocore.endpoint").getEffectiveLevel() == logging.getLevelNamesMapping()[of_aws]


def test_credentials_that_cannot_be_fetched_are_a_line_of_the_log(caplog):
    set_levels(Settings())

    try:
        raise OSError("no token")
    except OSError:
        logging.getLogger("botocore.credentials").warning("Refreshing failed", exc_info=True)

    assert ("Refreshing failed" in caplog.text, "Traceback" in caplog.text) == (True, False)
