"""Gives each event of the bus to the consumers of it."""

from infrastructure.container import Container
from infrastructure.kernel.aws_lambda.consumers import create_consumers_handler

handler = create_consumers_handler(Container())
