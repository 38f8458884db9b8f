"""What a class puts for the type variables of its generic bases."""

from typing import Any
from typing import Generic
from typing import TypeVar
from typing import get_args
from typing import get_origin


def resolved(hint: Any, within: type[Any]) -> Any:
    """`hint` as it reads in the class `within`: `list[E]` is `list[Order]` in a subclass of `Base[Order]`.

    A type variable that the class leaves open stays as it is.
    """
    if not isinstance(hint, TypeVar):
        parameters = getattr(hint, "__parameters__", ())
        return hint[tuple(resolved(parameter, within) for parameter in parameters)] if parameters else hint
    argument = _arguments(within).get(hint, hint)
    return hint if argument is hint else resolved(argument, within)


def arguments_of(base: type[Any], within: type[Any]) -> tuple[Any, ...]:
    """What the class `within` puts for the type variables of its generic `base`, in their order."""
    parameters: tuple[TypeVar, ...] = getattr(base, "__parameters__", ())
    return tuple(resolved(parameter, within) for parameter in parameters)


def _arguments(kind: type[Any]) -> dict[Any, Any]:
    """What stands for each type variable; where several classes use the same one, the most derived of them counts."""
    arguments: dict[Any, Any] = {}
    for each in reversed(kind.__mro__):
        for base in vars(each).get("__orig_bases__", ()):
            origin = get_origin(base)
            if origin not in (None, Generic):
                arguments.update(zip(origin.__parameters__, get_args(base), strict=True))
    return arguments
