"""The API of the service, on Lambda."""

from benchmarks.service.container import Container
from benchmarks.service.endpoints import ENDPOINTS
from infrastructure.kernel.aws_lambda.api import create_api_handler

handler = create_api_handler(Container(), ENDPOINTS)
