"""The API of transfers."""

from domain.kernel.errors import NotFound
from domain.kernel.errors import TransactionFailed
from infrastructure.kernel.api.endpoint import Endpoint
from usecases import transfers

ENDPOINTS = (
    Endpoint(
        "POST",
        "/transfers",
        transfers.TransferPlayerRequest,
        transfers.TransferPlayer,
        scope="teams:write",
        errors=(NotFound, TransactionFailed),
        example={
            "player_id": "01JD8X4W5Y0V3T7Q2N6M9K1H4B",
            "from_team": "01JD8X4W5Y0V3T7Q2N6M9K1H4C",
            "to_team": "01JD8X4W5Y0V3T7Q2N6M9K1H4D",
        },
    ),
)
