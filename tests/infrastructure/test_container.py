"""The container of this service keeps the contract."""

from infrastructure.api.routes import ROUTES
from tests.kernel.contracts.wiring import WiringContract


class TestWiring(WiringContract):
    endpoints = ROUTES
