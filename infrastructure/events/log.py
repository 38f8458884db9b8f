"""The bus that writes events to the log."""

import logging

from domain.events import Event
from domain.events import EventBus
from infrastructure.events.cloud_events import cloud_event_json

logger = logging.getLogger(__name__)


class LogEventBus(EventBus):
    """Writes the envelope of each event as one line of JSON, at level INFO."""

    def publish(self, *events: Event) -> None:
        for event in events:
            logger.info("%s", cloud_event_json(event))
