"""Carries the events of the table's stream to the event bus."""

from infrastructure.container import Container
from infrastructure.kernel.aws_lambda.relay import create_relay_handler

handler = create_relay_handler(Container())
