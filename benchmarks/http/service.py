"""The API of the service, over HTTP, with the adapter in memory."""

import uvicorn

from benchmarks.data import IDS
from benchmarks.data import basket
from benchmarks.service.container import Container
from benchmarks.service.container import Settings
from benchmarks.service.domain import Basket
from benchmarks.service.endpoints import ENDPOINTS
from infrastructure.kernel.http.app import create_app
from infrastructure.kernel.http.server import Server


def create() -> uvicorn.Server:
    """What `make run` serves."""
    container = Container()
    container.settings.override(Settings(persistence="memory"))
    app = create_app(container, ENDPOINTS, host="127.0.0.1")
    container.baskets().put_many(Basket.model_validate(basket(number)) for number in range(len(IDS)))
    return Server(app, container.settings())
