"""Containers for tests of what no adapter has a part in."""

from infrastructure.container import Container
from infrastructure.settings import Settings


def an_in_memory_container() -> Container:
    """The real container, everything in memory, whatever the environment says."""
    container = Container()
    container.settings.override(Settings(persistence="memory", event_bus="memory"))
    return container
