"""The API of the service, on Lambda."""

from benchmarks.service.container import Container
from benchmarks.service.usecases import GetBasket
from infrastructure.kernel.api.endpoint import Endpoint
from infrastructure.kernel.aws_lambda.api import create_api_handler
from usecases.kernel.requests import GetRequest

handler = create_api_handler(Container(), (Endpoint("GET", "/baskets/{id}", GetRequest, GetBasket, scope=None),))
