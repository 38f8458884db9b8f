"""The bus that writes events to the log."""

import logging

from domain.kernel.events import Event
from domain.kernel.events import EventBus
from infrastructure.kernel.events.cloud_events import cloud_event_json

logger = logging.getLogger(__name__)


class LogEventBus(EventBus):
    """Writes the envelope of each event as one line of JSON, at level INFO."""

    def __init__(self, source: str) -> None:
        self._source = source

    def publish(self, *events: Event) -> None:
        for event in events:
            logger.info("%s", cloud_event_json(event, self._source))
