"""The API of the service's own health."""

from domain.errors import Misconfigured
from domain.errors import Unavailable
from infrastructure.api.endpoint import Endpoint
from infrastructure.health import CheckLiveness
from infrastructure.health import CheckReadiness
from infrastructure.health import HealthRequest

ENDPOINTS = (
    Endpoint("GET", "/health/live", HealthRequest, CheckLiveness),
    Endpoint("GET", "/health/ready", HealthRequest, CheckReadiness, errors=(Misconfigured, Unavailable)),
)
