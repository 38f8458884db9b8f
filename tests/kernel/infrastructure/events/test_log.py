"""The bus that writes events to the log."""

import json
import logging

from infrastructure.kernel.events.cloud_events import cloud_event
from infrastructure.kernel.events.log import LogEventBus
from tests.kernel.builders.crates import a_crate
from tests.kernel.builders.events import an_event
from tests.kernel.builders.events import events
from tests.kernel.builders.specimens import a_specimen
from tests.kernel.service.domain import CrateCreated
from tests.kernel.service.settings import SOURCE


def test_every_event_is_a_line_of_json_at_level_info(caplog):
    first, second = an_event(a_specimen()), events(CrateCreated, a_crate(), name="Ünïted\u2028🏟 %s")

    with caplog.at_level(logging.INFO):
        LogEventBus(SOURCE).publish(first, second)

    assert [record.levelname for record in caplog.records] == ["INFO", "INFO"]
    assert all("\n" not in record.getMessage() for record in caplog.records)
    assert [json.loads(record.getMessage()) for record in caplog.records] == [
        cloud_event(first, SOURCE),
        cloud_event(second, SOURCE),
    ]


def test_publishing_nothing_writes_nothing(caplog):
    with caplog.at_level(logging.INFO):
        LogEventBus(SOURCE).publish()

    assert caplog.records == []
