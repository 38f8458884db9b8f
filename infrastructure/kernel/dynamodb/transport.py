"""The transport port: sends one request to DynamoDB, and returns its answer, or says whether the request was sent."""

from abc import ABC
from abc import abstractmethod
from collections.abc import Mapping
from http import HTTPStatus
from importlib import import_module
from typing import Any
from typing import NamedTuple

from domain.kernel.errors import Misconfigured
from domain.kernel.errors import Throttling
from infrastructure.kernel.dynamodb.codec import Item
from infrastructure.kernel.dynamodb.codec import native_item
from infrastructure.kernel.settings import Settings


class Answer(NamedTuple):
    """What DynamoDB answered: a status of HTTP, and JSON."""

    status: int
    body: bytes


class TransportError(Exception):
    """A request had no success. The message never quotes what it carried."""


class NotSent(TransportError):
    """No byte of the request left this process, so it was not carried out."""


class NoAnswer(TransportError):
    """The request may have left, and nothing came back that can be believed. It may have been carried out."""


class Reason(NamedTuple):
    """Why one write of a transaction was not made, and the item that was in its way, if it asked for that."""

    code: str
    message: str
    item: Item


class ErrorAnswer(TransportError):
    """DynamoDB answered with an error.

    Attributes:
        status: the status of HTTP.
        code: the name of the error, such as `ValidationException`; the status, if the answer has none.
        message: what DynamoDB says about it, in English.
        item: the item that was in the way of a write, if the write asked for it; otherwise empty.
        reasons: why a transaction was cancelled, a reason per write; none for any other error.
        throttled_by: which limits it would have exceeded; none if it was not throttled, or that is not said.
    """

    def __init__(self, status: int, content: Mapping[str, Any]) -> None:
        """Raises anything, if `content` is not what DynamoDB answers."""
        self.status = status
        self.code = str(content.get("__type", status)).rpartition("#")[2]
        self.message = _message(content)
        self.item = native_item(content.get("Item", {}))
        self.reasons = [
            Reason(reason["Code"], _message(reason), native_item(reason.get("Item", {})))
            for reason in content.get("CancellationReasons", ())
        ]
        # A ThrottlingException spells it otherwise than the other errors of throttling.
        throttled_by = content.get("ThrottlingReasons") or content.get("throttlingReasons") or ()
        self.throttled_by = [_throttling(each) for each in throttled_by]
        super().__init__(f"DynamoDB answered {status} {self.code}")

    @property
    def is_of_its_side(self) -> bool:
        """Whether DynamoDB failed, and does not know itself whether the request was carried out."""
        return self.status >= HTTPStatus.INTERNAL_SERVER_ERROR


def _throttling(reason: Mapping[str, Any]) -> Throttling:
    """https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ThrottlingReason.html."""
    limit, arn = str(reason.get("reason", "")), str(reason.get("resource", ""))
    resource = arn.split(":", 5)[-1]  # without the number of the account, for clients see it
    return Throttling(limit, resource, is_of_partition="KeyRange" in limit)


def _message(content: Mapping[str, Any]) -> str:
    return str(content.get("message") or content.get("Message") or "")


class Transport(ABC):
    """Sends requests to one server, for all threads of the process. It repeats none."""

    ends_in_time = False
    """Whether `send` returns by the deadline by itself. If not, somebody else has to stop waiting for it."""

    @abstractmethod
    def send(self, operation: str, body: bytes) -> Answer:
        """The answer to one request, whatever its status.

        Args:
            operation: DynamoDB's name, such as `GetItem`.
            body: JSON.

        Raises:
            NotSent: nothing has left.
            NoAnswer: something may have left; it was carried out, or not.
            OutOfTime: there is less than the buffer left before the deadline; nothing has left.
            Misconfigured: there are no credentials, or they cannot be fetched.
            Unavailable: the credentials cannot be fetched at the moment.
        """

    @abstractmethod
    def close(self) -> None:
        """Closes the connections. A transport that is used again opens new ones."""


def create_transport(settings: Settings) -> Transport:
    """The transport that the settings choose. It connects when it is first used.

    Raises:
        Misconfigured: it is not installed, there is no region, or the endpoint is no URL.
    """
    chosen = settings.dynamodb_transport
    try:
        # Imported here, so that a process pays for the one that it uses.
        module = import_module(f"infrastructure.kernel.dynamodb.{chosen}.transport")
    except ModuleNotFoundError as exc:
        variable = settings.variable("dynamodb_transport")
        raise Misconfigured(f"{variable}={chosen} needs {exc.name}, which is not installed") from exc
    transport: Transport = module.create(settings)
    return transport
