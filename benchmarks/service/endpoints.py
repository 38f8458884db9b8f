"""The API of the service."""

from benchmarks.service.usecases import GetBasket
from infrastructure.kernel.api.endpoint import Endpoint
from usecases.kernel.requests import GetRequest

ENDPOINTS = (Endpoint("GET", "/baskets/{id}", GetRequest, GetBasket, scope=None),)
