"""Containers for tests of what no adapter has a part in."""

from tests.kernel.service.container import Container
from tests.kernel.service.settings import Settings


def an_in_memory_container() -> Container:
    """The tiny service, everything in memory, whatever the environment says."""
    container = Container()
    container.settings.override(Settings(persistence="memory", event_bus="memory"))
    return container
