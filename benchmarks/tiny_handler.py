"""What a cold start is measured of: the API of the tests' tiny service, on Lambda."""

from infrastructure.kernel.aws_lambda.api import create_api_handler
from tests.kernel.service.container import Container
from tests.kernel.service.endpoints import ENDPOINTS

handler = create_api_handler(Container(), ENDPOINTS)
