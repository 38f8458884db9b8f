"""One endpoint of the API: from a request, whoever received it, to an answer."""

import logging
import re
from collections import Counter
from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from functools import cached_property
from http import HTTPStatus
from typing import Any
from typing import Generic
from typing import TypeVar
from typing import get_args
from typing import get_origin
from typing import get_type_hints

from pydantic import TypeAdapter
from pydantic_core import to_json

from domain.kernel.entity import MAX_VERSION
from domain.kernel.entity import Entity
from domain.kernel.errors import Conflict
from domain.kernel.errors import InvalidArgument
from domain.kernel.errors import ServiceError
from domain.kernel.errors import Violation
from domain.kernel.exact_json import read_json
from domain.kernel.value import Value
from infrastructure.kernel.api.bounds import require_bounded
from infrastructure.kernel.api.problems import MEDIA_TYPE
from infrastructure.kernel.api.problems import RETRY_AFTER_SECONDS
from infrastructure.kernel.api.problems import STATUS
from infrastructure.kernel.api.problems import InternalError
from infrastructure.kernel.api.problems import MalformedBody
from infrastructure.kernel.api.problems import MethodNotAllowed
from infrastructure.kernel.api.problems import PreconditionFailed
from infrastructure.kernel.api.problems import UnsupportedMediaType
from infrastructure.kernel.api.problems import problem
from usecases.kernel.changes import OfOne
from usecases.kernel.generics import resolved

logger = logging.getLogger(__name__)

MAX_BODY = 1024 * 1024
EXPECTED_VERSION = "expected_version"

_ETAG = re.compile(r'"([1-9][0-9]{0,18})"')
_JSON = re.compile(r"application/(?:[\w.+-]+\+)?json\s*(?:;\s*charset=\"?utf-8\"?\s*)?", re.IGNORECASE)

T = TypeVar("T")


@dataclass(frozen=True)
class Call:
    """A request as it arrived: names of headers in lower case, path and query percent-decoded."""

    path: Mapping[str, str] = field(default_factory=dict)
    query: Sequence[tuple[str, str]] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True)
class Answer:
    """What goes back."""

    status: int
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True)
class Items(Generic[T]):
    """What was found."""

    items: list[T]


@dataclass(frozen=True, eq=False)
class Endpoint:
    """A line of the API: what it answers to, what it takes, what it does, how it can fail.

    `errors` are those of the use case; the others follow from method and path. The fields of `request` come from the
    path where the path names them, `expected_version` from If-Match, the rest from the body or, without one, the query.
    A body may be left out if every field in it is optional, and must be empty, or `{}`, if there is none.

    Raises:
        TypeError: the request has an `expected_version` that the use case would not require.
    """

    method: str
    path: str
    request: type[Value]
    use_case: type[Any]
    status: HTTPStatus = HTTPStatus.OK
    scope: str | None = None
    errors: tuple[type[ServiceError], ...] = ()
    example: Mapping[str, Any] | None = None
    location: Callable[[Any], str] | None = None

    def __post_init__(self) -> None:
        if self.is_versioned and not issubclass(self.use_case, OfOne):
            raise TypeError(
                f"{self.use_case.__name__}: {self.request.__name__} has an expected_version, which it may forget to "
                "require; build it on ChangeOne, RemoveOne, ChangeTogether or RemoveTogether of usecases.kernel.changes"
            )

    @cached_property
    def in_path(self) -> frozenset[str]:
        """The fields that the path names."""
        return frozenset(re.findall(r"{(\w+)}", self.path))

    @cached_property
    def in_payload(self) -> frozenset[str]:
        """The fields that come from the body or, without one, the query."""
        return frozenset(self.request.model_fields) - self.in_path - {EXPECTED_VERSION}

    @property
    def may_have_body(self) -> bool:
        """Whether requests of this method can have a body, wanted or not."""
        return self.method in ("POST", "PUT", "PATCH")

    @property
    def has_body(self) -> bool:
        """Whether fields come from a body."""
        return self.may_have_body and bool(self.in_payload)

    @property
    def requires_body(self) -> bool:
        """Whether a request without a body lacks a field."""
        return self.has_body and any(self.request.model_fields[name].is_required() for name in self.in_payload)

    @property
    def is_versioned(self) -> bool:
        """Whether If-Match says which version to change."""
        return EXPECTED_VERSION in self.request.model_fields

    @cached_property
    def result(self) -> Any:
        """The type of the answer's body; None if it has none."""
        returned = resolved(get_type_hints(self.use_case.execute)["return"], self.use_case)
        if get_origin(returned) is list:
            return Items[get_args(returned)[0]]  # type: ignore[misc]  # a type that only exists when running
        return None if returned is type(None) else returned

    @cached_property
    def _writer(self) -> TypeAdapter[Any]:
        return TypeAdapter(self.result)

    def answer(self, call: Call, use_case: Callable[[], Any]) -> Answer:
        """Serves one call. Never raises: what went wrong is an answer too."""
        try:
            return self._succeed(use_case().execute(self._request(call)))
        except ServiceError as exc:
            return failure(exc, precondition="if-match" in call.headers)
        except Exception:
            logger.exception("%s %s failed", self.method, self.path)
            return failure(InternalError("the request could not be served; it is not known how much of it was done"))

    def _request(self, call: Call) -> Value:
        given: dict[str, Any] = self._body(call) if self.may_have_body else dict(call.query)
        misplaced = given.keys() & (self.in_path | {EXPECTED_VERSION})
        if self.may_have_body:
            misplaced |= {name for name, _ in call.query}
        if misplaced:
            raise InvalidArgument.of(Violation(name, "does not belong here") for name in sorted(misplaced))
        repeated = [name for name, times in Counter(name for name, _ in call.query).items() if times > 1]
        if repeated:
            raise InvalidArgument.of(Violation(name, "must be given once") for name in repeated)
        if self.method != "GET" and "if-match" in call.headers:
            given[EXPECTED_VERSION] = self._expected_version(call.headers["if-match"])
        return self.request.model_validate_json(to_json({**given, **call.path}))

    def _body(self, call: Call) -> dict[str, Any]:
        if not self.has_body:
            if call.body.strip() not in (b"", b"{}"):
                raise InvalidArgument(
                    "body", "must be empty: all that this request takes is in the path and in If-Match"
                )
            return {}
        return self._json(call) if call.body or self.requires_body else {}

    def _json(self, call: Call) -> dict[str, Any]:
        declared = call.headers.get("content-type", "")
        if not _JSON.fullmatch(declared.strip()):
            raise UnsupportedMediaType(f"the body must be application/json, in UTF-8, not {declared or 'undeclared'!r}")
        try:
            given = read_json(call.body)
        except ValueError as exc:
            raise MalformedBody(f"the body is not JSON: {exc}") from exc
        if not isinstance(given, dict):
            raise InvalidArgument("body", "must be an object")
        require_bounded(self.request, given)
        return given

    def _expected_version(self, if_match: str) -> int | None:
        if not self.is_versioned:
            raise PreconditionFailed("If-Match cannot be met: what is changed here has no one version")
        if if_match.strip() == "*":
            return None
        version = _ETAG.fullmatch(if_match.strip())
        if version is None or int(version[1]) > MAX_VERSION:
            raise PreconditionFailed('If-Match must be one strong ETag, such as "3", or *')
        return int(version[1])

    def _succeed(self, result: Any) -> Answer:
        headers = {}
        if isinstance(result, Entity):
            headers["etag"] = f'"{result.version}"'
        if self.location is not None:
            headers["location"] = self.location(result)
        if self.result is None:
            return Answer(self.status, headers)
        body = self._writer.dump_json(Items(result) if isinstance(result, list) else result)
        return Answer(self.status, {"content-type": "application/json", **headers}, body)


def failure(error: ServiceError, *, precondition: bool = False) -> Answer:
    """The answer that tells of `error`; a conflict under If-Match is a failed precondition.

    An error of your own has the status of the one it is derived from; derived from `ServiceError` alone, 500.
    """
    known = (STATUS[base] for base in type(error).__mro__ if base in STATUS)
    status = next(known, HTTPStatus.INTERNAL_SERVER_ERROR)
    if precondition and isinstance(error, Conflict):
        status = HTTPStatus.PRECONDITION_FAILED
    headers = {"content-type": MEDIA_TYPE}
    if status is HTTPStatus.SERVICE_UNAVAILABLE and error.retryable:
        headers["retry-after"] = str(RETRY_AFTER_SECONDS)
    if isinstance(error, MethodNotAllowed):
        headers["allow"] = ", ".join(error.allowed)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        logger.error("%s: %s", type(error).__name__, error)
    return Answer(status, headers, problem(error, status))
