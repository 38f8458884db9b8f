"""In the zip, in place of `dependency_injector.providers`: the providers that containers of our packages use.

They provide the same objects, and are overridden in the same way. Injections that are awaited, arguments for nested
factories, and providers that `__all__` does not name do not exist here.
"""

from copy import copy
from copy import deepcopy
from threading import RLock
from types import TracebackType
from typing import Any
from typing import Self

__all__ = ["Callable", "Factory", "Object", "Provider", "Selector", "Singleton", "ThreadSafeSingleton"]


class Error(Exception):
    """Something cannot be provided, or not be overridden."""


class Provider:
    """Provides something when it is called, unless it is overridden: then what the last one provides that overrides it."""

    def __init__(self) -> None:
        self.overridden: tuple[Provider, ...] = ()

    @classmethod
    def __class_getitem__(cls, item: object) -> type[Self]:
        return cls

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.overridden[-1](*args, **kwargs) if self.overridden else self._provide(args, kwargs)

    def _provide(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        raise NotImplementedError

    @property
    def provider(self) -> "Delegate":
        """Provides this provider itself."""
        return Delegate(self)

    @property
    def provided(self) -> "ProvidedInstance":
        """Provides the same; its attributes are providers of the attributes."""
        return ProvidedInstance(self)

    def override(self, other: Any) -> "Overriding":
        """Has `other` provide from now on, or to the end of a block."""
        if other is self:
            raise Error(f"{type(self).__name__} must not override itself")
        self.overridden += (other if isinstance(other, Provider) else Object(other),)
        return Overriding(self)

    def reset_last_overriding(self) -> None:
        if not self.overridden:
            raise Error(f"{type(self).__name__} is not overridden")
        self.overridden = self.overridden[:-1]

    def reset_override(self) -> None:
        self.overridden = ()

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        memo[id(self)] = copied = copy(self)
        for name, value in vars(self).items():
            if name != "provides" or isinstance(value, Provider):
                vars(copied)[name] = deepcopy(value, memo)
        return copied


class Overriding:
    """A block at whose end the provider is not overridden any more."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider

    def __enter__(self) -> Provider:
        return self._provider.overridden[-1]

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._provider.reset_last_overriding()


class Object(Provider):
    """Provides what it was given."""

    def __init__(self, provides: Any = None) -> None:
        super().__init__()
        self.provides = provides

    def _provide(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        return self.provides

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        copied = super().__deepcopy__(memo)
        copied.provides = self.provides
        return copied


class Delegate(Provider):
    """Provides another provider."""

    def __init__(self, provides: Provider) -> None:
        super().__init__()
        self.provides = provides

    def _provide(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        return self.provides


class ProvidedInstance(Provider):
    """Provides what another provider does."""

    def __init__(self, provides: Provider) -> None:
        super().__init__()
        self.provides = provides

    def __getattr__(self, name: str) -> "AttributeGetter":
        if name.startswith("__"):
            raise AttributeError(name)
        return AttributeGetter(self, name)

    def call(self, *args: Any, **kwargs: Any) -> "MethodCaller":
        """Provides what a call of the provided object returns."""
        return MethodCaller(self, *args, **kwargs)

    def _provide(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        return self.provides(*args, **kwargs)


class AttributeGetter(ProvidedInstance):
    """Provides an attribute of what another provider provides."""

    def __init__(self, provides: Provider, name: str) -> None:
        super().__init__(provides)
        self.name = name

    def _provide(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        return getattr(self.provides(*args, **kwargs), self.name)


class MethodCaller(ProvidedInstance):
    """Provides what another provider's object returns when it is called."""

    def __init__(self, provides: Provider, *args: Any, **kwargs: Any) -> None:
        super().__init__(provides)
        self.args = args
        self.kwargs = kwargs

    def _provide(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        return called(self.provides(), self, args, kwargs)


class Callable(Provider):
    """Provides what `provides` returns, which is given what its arguments provide."""

    def __init__(self, provides: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__()
        if not callable(provides):
            raise TypeError(f"{type(self).__name__} takes something to call, not {provides!r}")
        self.provides = provides
        self.args = args
        self.kwargs = kwargs

    def _provide(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        return called(self.provides, self, args, kwargs)


class Factory(Callable):
    """Makes a new object each time."""

    @property
    def cls(self) -> Any:
        """What makes it."""
        return self.provides


class Singleton(Factory):
    """Makes an object once for each container."""

    def __init__(self, provides: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(provides, *args, **kwargs)
        self._made: Any = None

    def _provide(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if self._made is None:
            self._made = super()._provide(args, kwargs)
        return self._made

    def reset(self) -> None:
        """Has it made anew."""
        self._made = None

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        made, self._made = self._made, None
        copied = super().__deepcopy__(memo)
        self._made = made
        return copied


class ThreadSafeSingleton(Singleton):
    """The same, in one thread at a time."""

    _lock = RLock()

    def _provide(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if self._made is not None:
            return self._made
        with self._lock:
            return super()._provide(args, kwargs)


class Selector(Provider):
    """Provides what that one of its providers does whose name `selector` returns."""

    def __init__(self, selector: Any, **providers: Provider) -> None:
        super().__init__()
        self.selector = selector
        self.providers = providers

    def __getattr__(self, name: str) -> Provider:
        if name.startswith("__") or name not in vars(self).get("providers", ()):
            raise AttributeError(f"Selector has no {name!r} provider")
        return self.providers[name]

    def _provide(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        chosen = self.selector()
        if chosen not in self.providers:
            raise Error(f"Selector has no {chosen!r} provider")
        return self.providers[chosen](*args, **kwargs)


def called(function: Any, provider: Callable | MethodCaller, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """What the function returns, given what is injected, and then what the provider itself is called with."""
    injected = {name: value for name, value in provider.kwargs.items() if name not in kwargs}
    return function(
        *[_given(value) for value in provider.args],
        *args,
        **{name: _given(value) for name, value in injected.items()},
        **kwargs,
    )


def _given(value: Any) -> Any:
    return value() if isinstance(value, Provider) else value
