"""The API of the tiny service."""

from http import HTTPStatus

from domain.kernel.errors import Conflict
from domain.kernel.errors import InvalidCursor
from domain.kernel.errors import NotFound
from domain.kernel.errors import PartialFailure
from domain.kernel.errors import TransactionFailed
from infrastructure.kernel.api.endpoint import Endpoint
from tests.kernel.service import usecases
from usecases.kernel.requests import ChangeRequest
from usecases.kernel.requests import GetRequest
from usecases.kernel.requests import ListRequest
from usecases.kernel.requests import LookUpRequest

READ = "crates:read"
WRITE = "crates:write"

ENDPOINTS = (
    Endpoint(
        "POST",
        "/crates",
        usecases.CreateCrateRequest,
        usecases.CreateCrate,
        HTTPStatus.CREATED,
        scope=WRITE,
        example={"name": "Northern Rail"},
        location=lambda crate: f"/crates/{crate.id}",
    ),
    Endpoint(
        "GET",
        "/crates",
        ListRequest,
        usecases.ListCrates,
        scope=READ,
        errors=(InvalidCursor, PartialFailure),
    ),
    Endpoint(
        "GET",
        "/crates/{id}",
        GetRequest,
        usecases.GetCrate,
        scope=READ,
        errors=(NotFound,),
    ),
    Endpoint(
        "PATCH",
        "/crates/{id}",
        usecases.RenameCrateRequest,
        usecases.RenameCrate,
        scope=WRITE,
        errors=(NotFound, Conflict),
        example={"name": "Southern Rail"},
    ),
    Endpoint(
        "DELETE",
        "/crates/{id}",
        ChangeRequest,
        usecases.RemoveCrate,
        HTTPStatus.NO_CONTENT,
        scope=WRITE,
        errors=(NotFound, Conflict),
    ),
    Endpoint(
        "POST",
        "/crates/lookup",
        LookUpRequest,
        usecases.LookUpCrates,
        scope=READ,
        errors=(PartialFailure,),
        example={"ids": ["01JD8X4W5Y0V3T7Q2N6M9K1H4B"]},
    ),
    Endpoint(
        "GET",
        "/crates/{id}/specimens",
        usecases.ListSpecimensOfCrateRequest,
        usecases.ListSpecimensOfCrate,
        scope=READ,
        errors=(InvalidCursor, PartialFailure),
    ),
    Endpoint(
        "POST",
        "/crates/{id}/specimens",
        usecases.PackSpecimenRequest,
        usecases.PackSpecimen,
        HTTPStatus.CREATED,
        scope=WRITE,
        errors=(NotFound, Conflict, TransactionFailed),
        example={"name": "Amber"},
    ),
    Endpoint(
        "POST",
        "/crates/{id}/stamp",
        ChangeRequest,
        usecases.StampCrate,
        scope=WRITE,
        errors=(NotFound, Conflict),
    ),
    Endpoint(
        "PUT",
        "/crates/{id}/label",
        usecases.LabelCrateRequest,
        usecases.LabelCrate,
        scope=WRITE,
        errors=(NotFound, Conflict),
        example={},
    ),
)
