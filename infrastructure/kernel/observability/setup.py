"""Which observers the settings choose."""

from importlib import import_module

from domain.kernel.errors import Misconfigured
from infrastructure.kernel.settings import Settings
from usecases.kernel.observability import Observer
from usecases.kernel.observability import watch_with


def observe(settings: Settings) -> None:
    """Has the observers that the settings choose told of all that happens in this process from now on.

    Raises:
        Misconfigured: one needs what is not installed.
    """
    watch_with(*(_observer(name, settings) for name in (settings.observers or "").split(",") if name))


def _observer(name: str, settings: Settings) -> Observer:
    try:
        observer: Observer = import_module(f"infrastructure.kernel.observability.{name}").create(settings)
    except ModuleNotFoundError as exc:
        variable = settings.variable("observers")
        raise Misconfigured(
            f"{variable}={name} needs {exc.name}, which is not installed: pip install '{settings.service}[{name}]'"
        ) from exc
    return observer
