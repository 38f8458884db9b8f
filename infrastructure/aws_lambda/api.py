"""Answers the requests of API Gateway, or of a function URL."""

from infrastructure.api.routes import ROUTES
from infrastructure.container import Container
from infrastructure.kernel.aws_lambda.api import create_api_handler

handler = create_api_handler(Container(), ROUTES)
