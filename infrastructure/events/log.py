"""The bus that writes events to the log."""

import logging

from domain.events import Event
from domain.events import EventBus

logger = logging.getLogger(__name__)


class LogEventBus(EventBus):
    """Writes each event as one line of JSON, at level INFO."""

    def publish(self, *events: Event) -> None:
        for event in events:
            logger.info("%s", event.model_dump_json())
