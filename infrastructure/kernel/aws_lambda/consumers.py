"""The handler of a rule of EventBridge: gives an event to every consumer that handles its type, from its source.

EventBridge delivers at least once, and in no order. If the handler raises, Lambda calls it again, and those consumers
that have handled the event do nothing.
"""

from collections.abc import Mapping

from domain.kernel.errors import InvalidArgument
from infrastructure.kernel.aws_lambda.invocation import Handler
from infrastructure.kernel.aws_lambda.invocation import Payload
from infrastructure.kernel.aws_lambda.invocation import invoked
from infrastructure.kernel.events.cloud_events import event_of
from infrastructure.kernel.wiring import Container
from infrastructure.kernel.wiring import use_cases
from usecases.kernel.consumers import Consumer
from usecases.kernel.observability import in_trace
from usecases.kernel.observability import perform


def create_consumers_handler(container: Container) -> Handler[None]:
    """The handler, with the consumers of `container`, which are made now. The store is opened now, too."""
    container.persistence().open()
    service = container.settings().service
    consumers: list[Consumer] = [make() for case, make in use_cases(container).items() if issubclass(case, Consumer)]

    def handle(payload: Payload) -> None:
        """Has the event handled, whose envelope is in `detail`.

        Raises:
            InvalidArgument: there is no envelope, or the event breaks a rule of its type.
        """
        envelope = payload.get("detail")
        if not isinstance(envelope, Mapping):
            raise InvalidArgument("detail", "must be a CloudEvent, as this service puts on the bus")
        parent, request_id = envelope.get("traceparent"), envelope.get("correlationid")
        with in_trace("consumer", str(envelope.get("type")), traceparent=parent, request_id=request_id):
            for consumer in consumers:
                if envelope.get("source") != (consumer.source or service):
                    continue
                known = event_of(envelope, consumer.handles)
                if known is not None:
                    perform(consumer, known)

    return invoked(handle, container.settings())
