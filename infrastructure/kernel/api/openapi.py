"""The OpenAPI document of a table of endpoints.

Made from the table and not by FastAPI, which documents function signatures: so every server of the table shows the
same document, and a newer FastAPI does not change it.
"""

import json
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from http import HTTPStatus
from inspect import cleandoc
from typing import Any

from pydantic import TypeAdapter

from domain.kernel.entity import Entity
from domain.kernel.errors import InvalidArgument
from domain.kernel.errors import ServiceError
from domain.kernel.errors import TooLarge
from domain.kernel.errors import Unavailable
from infrastructure.kernel.api.endpoint import EXPECTED_VERSION
from infrastructure.kernel.api.endpoint import Endpoint
from infrastructure.kernel.api.errors import BodyTooLarge
from infrastructure.kernel.api.errors import Forbidden
from infrastructure.kernel.api.errors import InternalError
from infrastructure.kernel.api.errors import MalformedBody
from infrastructure.kernel.api.errors import PreconditionFailed
from infrastructure.kernel.api.errors import Unauthenticated
from infrastructure.kernel.api.errors import UnsupportedMediaType
from infrastructure.kernel.api.health import HEALTH
from infrastructure.kernel.api.problems import MEDIA_TYPE
from infrastructure.kernel.api.problems import STATUS
from infrastructure.kernel.api.problems import Problem
from infrastructure.kernel.api.problems import problem_type

Json = dict[str, Any]

_SCHEME = "accessToken"
_SCHEMES = {_SCHEME: {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}}
_REF = "#/components/schemas/"
_IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "examples": ['"3"']},
    "description": "The ETag of the version to change. Without it, whatever is stored is changed.",
}
_ETAG = {"description": "The version, for If-Match.", "schema": {"type": "string", "examples": ['"3"']}}
_LOCATION = {"description": "Where the new one is.", "schema": {"type": "string"}}
_REQUEST_ID = {
    "description": "Finds the request in the log. If the client sends a valid X-Request-Id, it is that one.",
    "schema": {"type": "string"},
}
_IN_EVERY_ANSWER = {"X-Request-Id": {"$ref": "#/components/headers/RequestId"}}


def openapi(endpoints: Sequence[Endpoint], *, title: str, version: str) -> Json:
    """The document of `endpoints`, and of those that every service has."""
    routes = (*HEALTH, *endpoints)
    requests, results, components = _schemas(routes)
    paths: dict[str, Json] = {}
    for endpoint in routes:
        request = components[requests[endpoint]]
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = _operation(
            endpoint, request, results.get(endpoint)
        )
    for endpoint in routes:
        if endpoint.has_body:
            components[requests[endpoint]] = _only(components[requests[endpoint]], endpoint.in_payload)
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": version},
        "paths": paths,
        "components": {
            "schemas": _referenced(components, paths),
            "headers": {"RequestId": _REQUEST_ID},
            "securitySchemes": _SCHEMES,
        },
    }


def _referenced(components: Json, paths: Json) -> Json:
    """Those of `components` that something refers to, sorted; not that of the caller, which no client sends."""
    kept: Json = {}
    texts = [json.dumps(paths)]
    while texts:
        named = {name for name in components.keys() - kept.keys() if any(f'"{_REF}{name}"' in text for text in texts)}
        kept |= {name: components[name] for name in named}
        texts = [json.dumps(components[name]) for name in named]
    return dict(sorted(kept.items()))


def _schemas(routes: Iterable[Endpoint]) -> tuple[dict[Endpoint, str], dict[Endpoint, Json], Json]:
    """The names of the requests' schemas, the schemas of the results, and all named schemas."""
    inputs: list[Any] = [(endpoint, "validation", TypeAdapter(endpoint.request)) for endpoint in routes]
    inputs += [(endpoint, "serialization", TypeAdapter(endpoint.result)) for endpoint in routes if endpoint.result]
    inputs += [("problem", "serialization", TypeAdapter(Problem))]
    schemas, named = TypeAdapter.json_schemas(inputs, ref_template=_REF + "{model}")
    requests = {
        key: schema["$ref"].removeprefix(_REF) for (key, mode), schema in schemas.items() if mode == "validation"
    }
    results = {key: schema for (key, mode), schema in schemas.items() if mode == "serialization"}
    return requests, results, named["$defs"]


def _operation(endpoint: Endpoint, request: Json, result: Json | None) -> Json:
    summary, _, description = cleandoc(endpoint.use_case.__doc__ or "").partition("\n\n")
    operation: Json = {
        "tags": [endpoint.path.split("/")[1]],
        "summary": summary,
        "operationId": endpoint.use_case.__name__,
        "responses": {str(int(endpoint.status)): _success(endpoint, result), **_failures(endpoint)},
    }
    if description:
        operation["description"] = description
    operation["security"] = [] if endpoint.scope is None else [{_SCHEME: [endpoint.scope]}]
    parameters = list(_parameters(endpoint, request))
    if parameters:
        operation["parameters"] = parameters
    if endpoint.has_body:
        content = {"schema": {"$ref": _REF + endpoint.request.__name__}}
        if endpoint.example is not None:
            content["example"] = dict(endpoint.example)
        operation["requestBody"] = {"required": endpoint.requires_body, "content": {"application/json": content}}
    return operation


def _parameters(endpoint: Endpoint, request: Json) -> Iterator[Json]:
    for name, schema in request.get("properties", {}).items():
        if name in endpoint.in_path:
            yield {"name": name, "in": "path", "required": True, "schema": schema}
        elif name == EXPECTED_VERSION:
            yield _IF_MATCH
        elif name in endpoint.in_payload and not endpoint.has_body:
            required = name in request.get("required", ())
            yield {"name": name, "in": "query", "required": required, "schema": schema}


def _success(endpoint: Endpoint, result: Json | None) -> Json:
    headers: Json = {**_IN_EVERY_ANSWER}
    if isinstance(endpoint.result, type) and issubclass(endpoint.result, Entity):
        headers["ETag"] = _ETAG
    if endpoint.location is not None:
        headers["Location"] = _LOCATION
    answer: Json = {"description": endpoint.status.phrase, "headers": headers}
    if result is not None:
        answer["content"] = {"application/json": {"schema": result}}
    return answer


def _failures(endpoint: Endpoint) -> Json:
    by_status: dict[HTTPStatus, dict[str, type[ServiceError]]] = {}
    for error in _errors(endpoint):
        by_status.setdefault(STATUS[error], {})[problem_type(error)] = error
    return {str(int(status)): _failure(status, by_status[status]) for status in sorted(by_status)}


def _errors(endpoint: Endpoint) -> Iterator[type[ServiceError]]:
    """The errors of the use case, and those that follow from what the endpoint takes."""
    yield from endpoint.errors
    if endpoint.has_body:
        yield from (MalformedBody, UnsupportedMediaType)
    if endpoint.may_have_body:
        yield BodyTooLarge
    if endpoint.request.model_fields or endpoint.may_have_body:
        yield InvalidArgument
    if endpoint.method != "GET":
        yield PreconditionFailed
    if endpoint.scope is not None:
        yield from (Unauthenticated, Forbidden)
    if endpoint not in HEALTH:
        yield Unavailable
        if endpoint.method != "GET":
            yield TooLarge
    yield InternalError


def _failure(status: HTTPStatus, errors: dict[str, type[ServiceError]]) -> Json:
    descriptions = {name: cleandoc(error.__doc__ or "").partition("\n")[0] for name, error in errors.items()}
    examples = {
        name.rpartition(":")[2]: {
            "value": {"type": name, "title": _title(name), "status": int(status), "detail": descriptions[name]}
        }
        for name in errors
    }
    answer: Json = {
        "description": " ".join(dict.fromkeys(descriptions.values())),
        "headers": {**_IN_EVERY_ANSWER},
        "content": {MEDIA_TYPE: {"schema": {"$ref": f"{_REF}{Problem.__name__}"}, "examples": examples}},
    }
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        wait = "Seconds to wait. It is missing where the change may have been applied: a repeat might apply it twice."
        answer["headers"]["Retry-After"] = {"description": wait, "schema": {"type": "integer"}}
    return answer


def _only(schema: Json, names: frozenset[str]) -> Json:
    """`schema` without the properties that are not in `names`."""
    only = {**schema, "properties": {n: s for n, s in schema.get("properties", {}).items() if n in names}}
    required = [name for name in schema.get("required", ()) if name in names]
    return {**only, "required": required} if required else {k: v for k, v in only.items() if k != "required"}


def _title(problem_type: str) -> str:
    return problem_type.rpartition(":")[2].replace("-", " ").capitalize()
