"""Every endpoint: a line per module. Of two paths that match, the first is served."""

from infrastructure.api import health
from infrastructure.api import sponsors
from infrastructure.api import teams
from infrastructure.api import transfers
from infrastructure.api.endpoint import Endpoint

ROUTES: tuple[Endpoint, ...] = (
    *health.ENDPOINTS,
    *sponsors.ENDPOINTS,
    *teams.ENDPOINTS,
    *transfers.ENDPOINTS,
)
