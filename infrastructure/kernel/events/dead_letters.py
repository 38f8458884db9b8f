"""Where records go whose events cannot be published."""

import logging
from abc import ABC
from abc import abstractmethod

logger = logging.getLogger(__name__)


class DeadLetters(ABC):
    """Keeps what could not be published, so that it can be looked into, and handed to the relay again."""

    @abstractmethod
    def put(self, record: str, reason: str) -> None:
        """Keeps a whole record, which is JSON. It may be put again; if it raises, it will be."""


class LogDeadLetters(DeadLetters):
    """Writes each as one line to the log, at level ERROR."""

    def put(self, record: str, reason: str) -> None:
        logger.error("dead letter: %s: %s", reason, record)


class InMemoryDeadLetters(DeadLetters):
    """Keeps each in `letters`, with the reason. For tests."""

    def __init__(self) -> None:
        self.letters: list[tuple[str, str]] = []

    def put(self, record: str, reason: str) -> None:
        self.letters.append((record, reason))
