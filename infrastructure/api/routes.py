"""Every endpoint: a line per module. Of two paths that match, the first is served."""

from collections.abc import Sequence

from infrastructure.api import sponsors
from infrastructure.api import teams
from infrastructure.api import transfers
from infrastructure.kernel.api.endpoint import Endpoint

ROUTES: Sequence[Endpoint] = [
    *sponsors.ENDPOINTS,
    *teams.ENDPOINTS,
    *transfers.ENDPOINTS,
]
