"""One endpoint of the API: from a request, whoever received it, to an answer."""

import logging
import re
from collections import Counter
from collections.abc import Callable
from collections.abc import Mapping
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
from domain.kernel.errors import InvalidArgument
from domain.kernel.errors import ServiceError
from domain.kernel.errors import Violation
from domain.kernel.exact_json import read_json
from domain.kernel.value import Value
from infrastructure.kernel.api.bounds import require_bounded
from infrastructure.kernel.api.call import Answer
from infrastructure.kernel.api.call import Authentication
from infrastructure.kernel.api.call import Call
from infrastructure.kernel.api.errors import Forbidden
from infrastructure.kernel.api.errors import InternalError
from infrastructure.kernel.api.errors import MalformedBody
from infrastructure.kernel.api.errors import PreconditionFailed
from infrastructure.kernel.api.errors import UnsupportedMediaType
from infrastructure.kernel.api.problems import failure
from usecases.kernel.caller import ANONYMOUS
from usecases.kernel.caller import Caller
from usecases.kernel.caller import holds_caller
from usecases.kernel.changes import OfOne
from usecases.kernel.generics import resolved
from usecases.kernel.observability import perform

logger = logging.getLogger(__name__)

MAX_BODY = 1024 * 1024
EXPECTED_VERSION = "expected_version"

_ETAG = re.compile(r'"([1-9][0-9]{0,18})"')
_SCOPE = re.compile(r"[!#-\[\]-~]+")
"""What RFC 6749 allows in a scope: no blank, no quote, no backslash."""
_JSON = re.compile(r"application/(?:[\w.+-]+\+)?json\s*(?:;\s*charset=\"?utf-8\"?\s*)?", re.IGNORECASE)

T = TypeVar("T")


@dataclass(frozen=True)
class Items(Generic[T]):
    """What was found."""

    items: list[T]


@dataclass(frozen=True, eq=False)
class Endpoint:
    """A line of the API: what it answers to, what it takes, what it does, how it can fail.

    `scope` is what the access token of a caller must have; None, which has to be said, lets everyone in.

    `errors` are those of the use case; the others follow from method and path. The fields of `request` come from the
    path where the path names them, `expected_version` from If-Match, a field of the type `Caller` from the access token,
    the rest from the body or, without one, the query. A body may be left out if every field in it is optional, and must
    be empty, or `{}`, if there is none.

    Raises:
        TypeError: the request has an `expected_version` that the use case would not require, a caller on a public
            endpoint, or a caller that a client could send, such as `Caller | None`; or the scope has a character that
            RFC 6749 does not allow, such as a blank.
    """

    method: str
    path: str
    request: type[Value]
    use_case: type[Any]
    status: HTTPStatus = HTTPStatus.OK
    scope: str | None = field(kw_only=True)
    errors: tuple[type[ServiceError], ...] = ()
    example: Mapping[str, Any] | None = None
    location: Callable[[Any], str] | None = None

    def __post_init__(self) -> None:
        if self.is_versioned and not issubclass(self.use_case, OfOne):
            raise TypeError(
                f"{self.use_case.__name__}: {self.request.__name__} has an expected_version, which it may forget to "
                "require; build it on ChangeOne, RemoveOne, ChangeTogether or RemoveTogether of usecases.kernel.changes"
            )
        if self.scope is None and self.of_caller:
            raise TypeError(
                f"{self.method} {self.path}: {self.request.__name__} has a caller, so the endpoint needs a scope"
            )
        if hidden := [name for name in self.in_payload if holds_caller(self.request.model_fields[name].annotation)]:
            raise TypeError(
                f"{self.method} {self.path}: {self.request.__name__}.{hidden[0]} has a caller in it, which a client "
                "could send; only a field of the type Caller itself is filled from the access token"
            )
        if self.scope is not None and not _SCOPE.fullmatch(self.scope):
            raise TypeError(f"{self.method} {self.path}: {self.scope!r} is no scope of RFC 6749; it must be one word")

    @cached_property
    def in_path(self) -> frozenset[str]:
        """The fields that the path names."""
        return frozenset(re.findall(r"{(\w+)}", self.path))

    @cached_property
    def of_caller(self) -> frozenset[str]:
        """The fields that tell who sent the request."""
        return frozenset(name for name, field in self.request.model_fields.items() if field.annotation is Caller)

    @cached_property
    def in_payload(self) -> frozenset[str]:
        """The fields that come from the body or, without one, the query."""
        return frozenset(self.request.model_fields) - self.in_path - self.of_caller - {EXPECTED_VERSION}

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
            caller = self.admitted(call.authentication)
            return self._succeed(perform(use_case(), self._request(call, caller)))
        except ServiceError as exc:
            return failure(exc, precondition="if-match" in call.headers)
        except Exception:
            logger.exception("%s %s failed", self.method, self.path)
            return failure(InternalError("the request could not be served; it is not known how much of it was done"))

    def admitted(self, authentication: Authentication) -> Caller:
        """Who sent a request, and may.

        Raises:
            Unauthenticated, Forbidden, Unavailable: the request must not be served.
        """
        if self.scope is None:
            return ANONYMOUS
        caller = authentication()
        if caller is None:
            return ANONYMOUS
        if self.scope not in caller.scopes:
            raise Forbidden(self.scope)
        return caller

    def _request(self, call: Call, caller: Caller) -> Value:
        given: dict[str, Any] = self._body(call) if self.may_have_body else dict(call.query)
        misplaced = given.keys() & (self.in_path | self.of_caller | {EXPECTED_VERSION})
        if self.may_have_body:
            misplaced |= {name for name, _ in call.query}
        if misplaced:
            raise InvalidArgument.of(Violation(name, "does not belong here") for name in sorted(misplaced))
        repeated = [name for name, times in Counter(name for name, _ in call.query).items() if times > 1]
        if repeated:
            raise InvalidArgument.of(Violation(name, "must be given once") for name in repeated)
        if self.method != "GET" and "if-match" in call.headers:
            given[EXPECTED_VERSION] = self._expected_version(call.headers["if-match"])
        told = dict.fromkeys(self.of_caller, caller)
        return self.request.model_validate_json(to_json({**given, **call.path, **told}))

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
