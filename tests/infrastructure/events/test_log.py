"""The bus that writes events to the log."""

import json
import logging

from domain.sponsor import SponsorCreated
from infrastructure.events.cloud_events import cloud_event
from infrastructure.events.log import LogEventBus
from tests.builders.events import an_event
from tests.builders.events import events
from tests.builders.specimens import a_specimen
from tests.builders.sponsors import a_sponsor


def test_every_event_is_a_line_of_json_at_level_info(caplog):
    first, second = an_event(a_specimen()), events(SponsorCreated, a_sponsor(), name="Ünïted\u2028🏟 %s")

    with caplog.at_level(logging.INFO):
        LogEventBus().publish(first, second)

    assert [record.levelname for record in caplog.records] == ["INFO", "INFO"]
    assert all("\n" not in record.getMessage() for record in caplog.records)
    assert [json.loads(record.getMessage()) for record in caplog.records] == [
        cloud_event(first),
        cloud_event(second),
    ]


def test_publishing_nothing_writes_nothing(caplog):
    with caplog.at_level(logging.INFO):
        LogEventBus().publish()

    assert caplog.records == []
