"""The API of teams and their players."""

from http import HTTPStatus

from domain.kernel.errors import Conflict
from domain.kernel.errors import InvalidCursor
from domain.kernel.errors import NotFound
from domain.kernel.errors import PartialFailure
from infrastructure.kernel.api.endpoint import Endpoint
from usecases import players
from usecases import teams
from usecases.kernel.requests import ChangeRequest
from usecases.kernel.requests import GetRequest
from usecases.kernel.requests import ListRequest
from usecases.kernel.requests import LookUpRequest

READ = "teams:read"
WRITE = "teams:write"

ENDPOINTS = (
    Endpoint(
        "POST",
        "/teams",
        teams.CreateTeamRequest,
        teams.CreateTeam,
        HTTPStatus.CREATED,
        scope=WRITE,
        example={"name": "Leeds United"},
        location=lambda team: f"/teams/{team.id}",
    ),
    Endpoint(
        "GET",
        "/teams",
        ListRequest,
        teams.ListTeams,
        scope=READ,
        errors=(InvalidCursor, PartialFailure),
    ),
    Endpoint(
        "POST",
        "/teams/lookup",
        LookUpRequest,
        teams.LookUpTeams,
        scope=READ,
        errors=(PartialFailure,),
        example={"ids": ["01JD8X4W5Y0V3T7Q2N6M9K1H4B"]},
    ),
    Endpoint(
        "GET",
        "/teams/{id}",
        GetRequest,
        teams.GetTeam,
        scope=READ,
        errors=(NotFound,),
    ),
    Endpoint(
        "PATCH",
        "/teams/{id}",
        teams.RenameTeamRequest,
        teams.RenameTeam,
        scope=WRITE,
        errors=(NotFound, Conflict),
        example={"name": "Leeds City"},
    ),
    Endpoint(
        "DELETE",
        "/teams/{id}",
        ChangeRequest,
        teams.DisbandTeam,
        HTTPStatus.NO_CONTENT,
        scope=WRITE,
        errors=(NotFound, Conflict),
    ),
    Endpoint(
        "POST",
        "/teams/{id}/players",
        players.SignPlayerRequest,
        players.SignPlayer,
        HTTPStatus.CREATED,
        scope=WRITE,
        errors=(NotFound, Conflict),
        example={"name": "Ellen White", "position": "ST"},
        location=lambda team: f"/teams/{team.id}/players/{team.players[-1].id}",
    ),
    Endpoint(
        "PATCH",
        "/teams/{id}/players/{player_id}",
        players.MovePlayerRequest,
        players.MovePlayer,
        scope=WRITE,
        errors=(NotFound, Conflict),
        example={"position": "MID"},
    ),
    Endpoint(
        "DELETE",
        "/teams/{id}/players/{player_id}",
        players.ReleasePlayerRequest,
        players.ReleasePlayer,
        scope=WRITE,
        errors=(NotFound, Conflict),
    ),
)
