"""Errors as answers: problem details (RFC 9457), a type per error."""

import logging
import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel
from pydantic import ConfigDict
from pydantic import Field
from pydantic_core import to_json

from domain.kernel import errors
from infrastructure.kernel.api.call import Answer
from infrastructure.kernel.api.errors import BodyTooLarge
from infrastructure.kernel.api.errors import Forbidden
from infrastructure.kernel.api.errors import InternalError
from infrastructure.kernel.api.errors import MalformedBody
from infrastructure.kernel.api.errors import MethodNotAllowed
from infrastructure.kernel.api.errors import PreconditionFailed
from infrastructure.kernel.api.errors import RouteNotFound
from infrastructure.kernel.api.errors import Unauthenticated
from infrastructure.kernel.api.errors import UnsupportedMediaType
from usecases.kernel.observability import current_trace

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = 1

STATUS: Mapping[type[errors.ServiceError], HTTPStatus] = {
    MalformedBody: HTTPStatus.BAD_REQUEST,
    errors.InvalidCursor: HTTPStatus.BAD_REQUEST,
    Unauthenticated: HTTPStatus.UNAUTHORIZED,
    Forbidden: HTTPStatus.FORBIDDEN,
    RouteNotFound: HTTPStatus.NOT_FOUND,
    errors.NotFound: HTTPStatus.NOT_FOUND,
    MethodNotAllowed: HTTPStatus.METHOD_NOT_ALLOWED,
    errors.AlreadyExists: HTTPStatus.CONFLICT,
    errors.Conflict: HTTPStatus.CONFLICT,
    errors.TransactionFailed: HTTPStatus.CONFLICT,
    PreconditionFailed: HTTPStatus.PRECONDITION_FAILED,
    BodyTooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    errors.TooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    UnsupportedMediaType: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    errors.InvalidArgument: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.Misconfigured: HTTPStatus.INTERNAL_SERVER_ERROR,
    errors.Undeliverable: HTTPStatus.INTERNAL_SERVER_ERROR,
    errors.Unreadable: HTTPStatus.INTERNAL_SERVER_ERROR,
    InternalError: HTTPStatus.INTERNAL_SERVER_ERROR,
    errors.Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.PartialFailure: HTTPStatus.SERVICE_UNAVAILABLE,
}


class Problem(BaseModel):
    """Why a request was not served. Some types say more, in members of their own."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(description="Which kind of problem; never changes.", examples=["urn:problem-type:not-found"])
    title: str = Field(description="The kind of problem in words.", examples=["Not found"])
    status: int = Field(description="The HTTP status.", examples=[404])
    detail: str = Field(description="What is wrong this time.", examples=["... does not exist"])
    request_id: str | None = Field(
        default=None,
        description="Finds the request in the log; the same as the header `X-Request-Id` of the answer.",
        examples=["4bf92f3577b34da6a3ce929d0e0e4736"],
    )


def problem_type(error: type[errors.ServiceError]) -> str:
    """The `type` of the problems that tell of `error`."""
    return f"urn:problem-type:{_words(error).replace(' ', '-')}"


def problem(error: errors.ServiceError, status: HTTPStatus) -> bytes:
    """The problem that tells of `error`, and of the request that it ended."""
    trace = current_trace()
    return to_json(
        {
            "type": problem_type(type(error)),
            "title": _words(type(error)).capitalize(),
            "status": status,
            "detail": str(error),
            **error.data,
            **({} if trace is None else {"request_id": trace.request_id}),
        }
    )


def _words(error: type[Any]) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", error.__name__).lower()


def failure(error: errors.ServiceError, *, precondition: bool = False) -> Answer:
    """The answer that tells of `error`; a conflict under If-Match is a failed precondition.

    Your own error has the status of its base class. If that is `ServiceError` itself, the status is 500.
    """
    known = (STATUS[base] for base in type(error).__mro__ if base in STATUS)
    status = next(known, HTTPStatus.INTERNAL_SERVER_ERROR)
    if precondition and isinstance(error, errors.Conflict):
        status = HTTPStatus.PRECONDITION_FAILED
    headers = {"content-type": MEDIA_TYPE}
    if status is HTTPStatus.SERVICE_UNAVAILABLE and error.retryable:
        headers["retry-after"] = str(RETRY_AFTER_SECONDS)
    if isinstance(error, MethodNotAllowed):
        headers["allow"] = ", ".join(error.allowed)
    if isinstance(error, Unauthenticated | Forbidden):
        headers["www-authenticate"] = error.challenge
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        kind, throttled_by = type(error).__name__, error.data.get("throttled_by")
        told = {"error": kind, **({"throttled_by": throttled_by} if throttled_by else {})}
        logger.error("%s: %s", kind, error, extra=told)
    return Answer(status, headers, problem(error, status))
