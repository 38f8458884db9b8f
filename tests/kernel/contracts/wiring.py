"""What the container of every service promises."""

import inspect
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any
from typing import get_args
from typing import get_origin
from typing import get_type_hints
from unittest.mock import patch

from domain.kernel.repository import Repository
from infrastructure.kernel.api.endpoint import Endpoint
from infrastructure.kernel.settings import Settings
from infrastructure.kernel.wiring import Container
from infrastructure.kernel.wiring import use_cases
from tests.kernel.adapters import Adapter
from tests.kernel.chosen import TABLE
from usecases.kernel.generics import resolved


class WiringContract:
    """The container gives every use case the ports that its constructor asks for, and has one for every endpoint.

    The tests run on every adapter that the settings can choose. A subclass names the endpoints. The container is that of the fixture.
    """

    endpoints: Sequence[Endpoint]

    def test_every_use_case_is_given_exactly_the_ports_that_its_constructor_asks_for(self, container):
        assert list(misfits(container)) == []

    def test_every_endpoint_has_its_use_case_in_the_container(self, container):
        assert list(without_use_case(container, self.endpoints)) == []

    def test_every_adapter_that_the_settings_can_choose_is_known_to_the_tests(self, container):
        unknown = unknown_to_tests(type(container.settings()))

        assert not unknown, (
            f"the setting `persistence` allows {', '.join(unknown)}, on which no test runs. Write a subclass of"
            f" {Adapter.__module__}.Adapter whose `persistence` is that value, and name it in tests/conftest.py:"
            ' adapter = once_for_each(*asked_for("memory", "moto", "tests.adapters:YourAdapter")). See docs/adapter.md'
        )


def unknown_to_tests(settings: type[Settings]) -> list[str]:
    """The values of the setting `persistence` that no adapter of the tests is for."""
    known = {adapter.persistence for adapter in TABLE.values()}
    return [value for value in get_args(settings.model_fields["persistence"].annotation) if value not in known]


def misfits(container: Container) -> Iterator[str]:
    """What is wrong with the arguments of the use cases, a line each."""
    for case, make in use_cases(container).items():
        asked = {name: resolved(hint, case) for name, hint in get_type_hints(case.__init__).items()}
        try:
            given = arguments(case, make)
        except TypeError as exc:
            yield f"{case.__name__}: {exc}"
            continue
        for name, argument in given.items():
            if not provides(argument, asked.get(name, Any)):
                yield f"{case.__name__}: {name} is {argument!r}, not {asked[name]}"


def arguments(case: type[Any], make: Callable[[], Any]) -> Mapping[str, Any]:
    """What `make` gives the constructor of `case`, by the names of the parameters.

    Raises:
        TypeError: the constructor does not take it.
    """
    signature = inspect.signature(case)
    given: dict[str, Any] = {}

    def keep(_: Any, *args: Any, **kwargs: Any) -> None:
        given.update(signature.bind(*args, **kwargs).arguments)

    with patch.object(case, "__init__", keep):
        make()
    return given


def provides(given: Any, port: Any) -> bool:
    """Whether `given` is a `port`; of a factory, whether what it makes is one."""
    if get_origin(port) is Callable:
        takes, returns = get_args(port)
        return callable(given) and (takes != [] or provides(given(), returns))
    if get_origin(port) is Repository:
        return isinstance(given, Repository) and (given.kind,) == get_args(port)
    try:
        return isinstance(given, port)
    except TypeError:  # of such a type only a type checker can tell
        return True


def without_use_case(container: Container, endpoints: Sequence[Endpoint]) -> Iterator[str]:
    """The endpoints that the container has no use case for."""
    cases = use_cases(container)
    for endpoint in endpoints:
        if endpoint.use_case not in cases:
            yield f"{endpoint.method} {endpoint.path}: {endpoint.use_case.__name__}"
