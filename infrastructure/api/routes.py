"""Every endpoint: a line per module. Of two paths that match, the first is served."""

from infrastructure.api import sponsors
from infrastructure.api import teams
from infrastructure.api import transfers
from infrastructure.kernel.api.endpoint import Endpoint

ROUTES: tuple[Endpoint, ...] = (
    *sponsors.ENDPOINTS,
    *teams.ENDPOINTS,
    *transfers.ENDPOINTS,
)
