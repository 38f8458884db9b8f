"""From method and path to an endpoint: what every server of the API shares, so that all of them answer alike."""

import re
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any
from typing import NamedTuple

from infrastructure.kernel.api.call import Answer
from infrastructure.kernel.api.call import Authentication
from infrastructure.kernel.api.call import Call
from infrastructure.kernel.api.endpoint import MAX_BODY
from infrastructure.kernel.api.endpoint import Endpoint
from infrastructure.kernel.api.errors import BodyTooLarge
from infrastructure.kernel.api.errors import MethodNotAllowed
from infrastructure.kernel.api.errors import RouteNotFound
from infrastructure.kernel.api.health import HEALTH
from infrastructure.kernel.api.health import health_cases
from infrastructure.kernel.api.problems import failure
from infrastructure.kernel.wiring import Container
from infrastructure.kernel.wiring import use_cases


class Route(NamedTuple):
    """An endpoint that was asked for, its use case, and what the path says."""

    endpoint: Endpoint
    use_case: Callable[[], Any]
    in_path: Mapping[str, str]

    def answer(
        self,
        query: Sequence[tuple[str, str]],
        headers: Mapping[str, str],
        body: bytes,
        authentication: Authentication,
    ) -> Answer:
        """Serves one request: query percent-decoded, names of headers in lower case. Never raises."""
        if self.endpoint.may_have_body and len(body) > MAX_BODY:
            return failure(BodyTooLarge(f"the body must have at most {MAX_BODY} bytes"))
        return self.endpoint.answer(Call(self.in_path, query, headers, body, authentication), self.use_case)


class Router:
    """Finds routes."""

    def __init__(self, endpoints: Iterable[Endpoint], container: Container) -> None:
        """
        Raises:
            KeyError: an endpoint has a use case that is not in the container.
        """
        cases = {**use_cases(container), **health_cases(container.persistence)}
        self._endpoints = [(_pattern(each.path), each, cases[each.use_case]) for each in (*HEALTH, *endpoints)]

    def find(self, method: str, path: str) -> Route:
        """The route of a request; of HEAD, that of GET. `path` is percent-decoded. Of two that match, the first.

        Raises:
            RouteNotFound: nothing is served at that path.
            MethodNotAllowed: something is, and does not take that method.
        """
        routes: dict[str, Route] = {}
        for pattern, endpoint, use_case in self._endpoints:
            if match := pattern.fullmatch(path):
                routes.setdefault(endpoint.method, Route(endpoint, use_case, match.groupdict()))
        if "GET" in routes:
            routes["HEAD"] = routes["GET"]
        if not routes:
            raise RouteNotFound(f"nothing is served at {path}")
        if method not in routes:
            raise MethodNotAllowed(f"{path} does not take {method}", allowed=sorted(routes))
        return routes[method]


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", path))
