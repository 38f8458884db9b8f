"""In the zip, in place of `dependency_injector.containers`: containers that are declared as classes."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from .providers import Provider

__all__ = ["DeclarativeContainer"]


class _Declared(type):
    """Collects the providers of a container, those that it inherits first."""

    providers: Mapping[str, Provider]

    def __new__(mcs, name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> Any:
        inherited = {key: each for base in bases for key, each in getattr(base, "providers", {}).items()}
        own = {key: each for key, each in namespace.items() if isinstance(each, Provider)}
        return super().__new__(mcs, name, bases, {**namespace, "providers": {**inherited, **own}})


class DynamicContainer:
    """Providers of one container, which share nothing with those of another one of the same class."""

    providers: dict[str, Provider]

    def __init__(self) -> None:
        vars(self)["providers"] = {}

    def __setattr__(self, name: str, value: Any) -> None:
        if isinstance(value, Provider):
            self.providers[name] = value
        super().__setattr__(name, value)


class DeclarativeContainer(metaclass=_Declared):
    """Providers by their names. To make an instance copies them."""

    def __new__(cls, **overriding: Any) -> Any:
        container = DynamicContainer()
        for name, provider in deepcopy(dict(cls.providers)).items():
            setattr(container, name, provider)
        for name, other in overriding.items():
            getattr(container, name).override(other)
        return container
