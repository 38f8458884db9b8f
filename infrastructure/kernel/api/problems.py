"""Errors as answers: problem details (RFC 9457), a type per error."""

import re
from collections.abc import Iterable
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel
from pydantic import ConfigDict
from pydantic import Field
from pydantic_core import to_json

from domain.kernel import errors

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = 1


class MalformedBody(errors.ServiceError):
    """The body is not JSON."""


class RouteNotFound(errors.ServiceError):
    """Nothing is served at that path."""


class MethodNotAllowed(errors.ServiceError):
    """The path does not take that method."""

    def __init__(self, detail: str, *, allowed: Iterable[str] = ()) -> None:
        self.allowed = tuple(allowed)
        super().__init__(detail)


class PreconditionFailed(errors.ServiceError):
    """If-Match names no version of what is to be changed."""


class BodyTooLarge(errors.ServiceError):
    """The body is larger than the service takes."""


class UnsupportedMediaType(errors.ServiceError):
    """The body is not declared to be JSON."""


class InternalError(errors.ServiceError):
    """Something is broken here; the log of the service says what."""


STATUS: Mapping[type[errors.ServiceError], HTTPStatus] = {
    MalformedBody: HTTPStatus.BAD_REQUEST,
    errors.InvalidCursor: HTTPStatus.BAD_REQUEST,
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


def problem_type(error: type[errors.ServiceError]) -> str:
    """The `type` of the problems that tell of `error`."""
    return f"urn:problem-type:{_words(error).replace(' ', '-')}"


def problem(error: errors.ServiceError, status: HTTPStatus) -> bytes:
    """The problem that tells of `error`."""
    return to_json(
        {
            "type": problem_type(type(error)),
            "title": _words(type(error)).capitalize(),
            "status": status,
            "detail": str(error),
            **error.data,
        }
    )


def _words(error: type[Any]) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", error.__name__).lower()
