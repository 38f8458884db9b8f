"""How containers are wired, as texts: by them, what the zip wires is compared with what dependency-injector does."""

from collections.abc import Mapping
from typing import Any

from deploy.kernel.lean.canonical import described
from deploy.kernel.lean.canonical import subclasses

_CALLED = ("provides", "args", "kwargs")
_PARTS: Mapping[str, tuple[str, ...]] = {
    "AttributeGetter": ("provides", "name"),
    "Callable": _CALLED,
    "Delegate": ("provides",),
    "Factory": _CALLED,
    "MethodCaller": _CALLED,
    "Object": ("provides",),
    "ProvidedInstance": ("provides",),
    "Selector": ("selector", "providers"),
    "Singleton": _CALLED,
    "ThreadSafeSingleton": _CALLED,
}
"""The providers that the zip knows, and what each is made of."""


class Unwired(Exception):
    """A container has a provider that the zip does not know; says which."""


def wired(declarative: type[Any], provider: type[Any]) -> dict[str, str]:
    """Every subclass of `declarative`, and how it is wired from what are subclasses of `provider`.

    Raises:
        Unwired: it is not known how.
    """
    return {f"{each.__module__}:{each.__qualname__}": _described(each, provider) for each in subclasses(declarative)}


def _described(container: Any, provider: type[Any]) -> str:
    names = {id(each): name for name, each in container.providers.items()}

    def in_other_words(thing: Any) -> tuple[Any, ...] | None:
        """A provider as its parts, or as its name in the container; an object that tells nothing of itself as its class."""
        if isinstance(thing, provider):
            return ("named", names[id(thing)]) if id(thing) in names else parts(thing)
        kind: Any = type(thing)
        return ("object", kind) if kind.__repr__ is object.__repr__ else None

    def parts(thing: Any) -> tuple[Any, ...]:
        kind = type(thing).__name__
        if kind not in _PARTS:
            raise Unwired(f"{container.__module__}:{container.__qualname__} has a provider of the kind {kind}")
        return (kind, *(getattr(thing, part) for part in _PARTS[kind]), tuple(thing.overridden))

    return described({name: parts(each) for name, each in container.providers.items()}, in_other_words)
