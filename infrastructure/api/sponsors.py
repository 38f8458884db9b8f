"""The API of sponsors."""

from http import HTTPStatus

from domain.kernel.errors import Conflict
from domain.kernel.errors import InvalidCursor
from domain.kernel.errors import NotFound
from domain.kernel.errors import PartialFailure
from infrastructure.kernel.api.endpoint import Endpoint
from usecases import sponsors
from usecases.kernel.requests import ChangeRequest
from usecases.kernel.requests import GetRequest
from usecases.kernel.requests import ListRequest

READ = "sponsors:read"
WRITE = "sponsors:write"

ENDPOINTS = (
    Endpoint(
        "POST",
        "/sponsors",
        sponsors.CreateSponsorRequest,
        sponsors.CreateSponsor,
        HTTPStatus.CREATED,
        scope=WRITE,
        example={"name": "Northern Rail"},
        location=lambda sponsor: f"/sponsors/{sponsor.id}",
    ),
    Endpoint(
        "GET",
        "/sponsors",
        ListRequest,
        sponsors.ListSponsors,
        scope=READ,
        errors=(InvalidCursor, PartialFailure),
    ),
    Endpoint(
        "GET",
        "/sponsors/{id}",
        GetRequest,
        sponsors.GetSponsor,
        scope=READ,
        errors=(NotFound,),
    ),
    Endpoint(
        "PATCH",
        "/sponsors/{id}",
        sponsors.RenameSponsorRequest,
        sponsors.RenameSponsor,
        scope=WRITE,
        errors=(NotFound, Conflict),
        example={"name": "Southern Rail"},
    ),
    Endpoint(
        "DELETE",
        "/sponsors/{id}",
        ChangeRequest,
        sponsors.RemoveSponsor,
        HTTPStatus.NO_CONTENT,
        scope=WRITE,
        errors=(NotFound, Conflict),
    ),
)
