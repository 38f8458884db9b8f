"""Measures what calls consume: runs them on moto, in this process, and counts the units of the requests they send."""

import logging
import os
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from contextlib import contextmanager
from typing import NamedTuple
from unittest.mock import patch

from moto import mock_aws

from domain.kernel.errors import Misconfigured
from domain.kernel.errors import ServiceError
from infrastructure.kernel.costs.budgets import Budget
from infrastructure.kernel.costs.meter import Meter
from infrastructure.kernel.costs.units import Units
from infrastructure.kernel.dynamodb import persistence as adapter
from infrastructure.kernel.dynamodb.persistence import DynamoDBPersistence
from infrastructure.kernel.dynamodb.transport import create_transport
from infrastructure.kernel.settings import Settings
from infrastructure.kernel.wiring import Container
from infrastructure.kernel.wiring import use_cases
from usecases.kernel.observability import in_trace

_NO_AWS = {
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_ACCESS_KEY_ID": "nobody",
    "AWS_SECRET_ACCESS_KEY": "nothing",
    "AWS_ACCOUNT_ID_ENDPOINT_MODE": "disabled",  # moto does not know the endpoint of an account
}
_ON_MOTO = {
    "persistence": "dynamodb",
    "event_bus": "memory",
    "dead_letters": "memory",
    "aws_region": "us-east-1",
    "dynamodb_table": "costs",
    "dynamodb_endpoint": None,  # moto knows only those of AWS
    "dynamodb_transport": "botocore",
    "dynamodb_batch_threads": 1,  # a meter is for one thread
}
"""Settings with which nothing leaves this process. Others, such as the shards of listings, stay as they are."""


class Cost(NamedTuple):
    """A call, and the units that it consumed."""

    budget: Budget
    units: Units

    @property
    def is_over(self) -> bool:
        """Whether it consumed more than it may, of reads or of writes."""
        return self.units.read > self.budget.units.read or self.units.write > self.budget.units.write


def measure(container: Container, budgets: Iterable[Budget]) -> list[Cost]:
    """What each call consumes that has a budget, in their order, and each with a table that has nothing else in it.

    Args:
        container: one of the service, made for this: it is of no use afterwards.

    Raises:
        Misconfigured: a use case is not in the container, or a call fails; says which.
    """
    settings = container.settings()
    on_moto = type(settings).model_validate({**settings.model_dump(), **_ON_MOTO})
    with _nothing_but_moto() as meters, container.providers["settings"].override(on_moto):
        persistence = container.persistence()
        if not isinstance(persistence, DynamoDBPersistence):
            raise Misconfigured(f"{type(persistence).__name__} consumes no units: only the DynamoDB adapter does")
        [meter] = meters
        try:
            return [Cost(budget, _units(container, persistence, meter, budget)) for budget in budgets]
        finally:
            persistence.close()


def _units(container: Container, persistence: DynamoDBPersistence, meter: Meter, budget: Budget) -> Units:
    make = use_cases(container).get(budget.use_case)
    if make is None:
        raise Misconfigured(f"{budget.place}: there is no {budget.use_case.__name__} in the container")
    for name in persistence.table_names:
        persistence.create_table(name)
    try:
        with in_trace("request", budget.name):  # as always when the service runs; what is stored is larger by that
            request = budget.arrange(container)
            meter.units = Units()
            make().execute(request)
    except ServiceError as exc:
        raise Misconfigured(f"{budget.place}: {budget.name} failed: {type(exc).__name__}: {exc}") from exc
    finally:
        for name in persistence.table_names:
            persistence.delete_table(name)
    return meter.units


@contextmanager
def _nothing_but_moto() -> Iterator[Sequence[Meter]]:
    """AWS as moto plays it, and nothing of the account, profile or endpoint that the environment names.

    Every transport that is made has a meter.
    """
    meters: list[Meter] = []

    def create(settings: Settings) -> Meter:
        meters.append(Meter(create_transport(settings)))
        return meters[-1]

    others = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    with (
        patch.dict(os.environ, {**others, **_NO_AWS}, clear=True),
        patch.object(logging.getLogger("botocore.credentials"), "disabled", new=True),
        patch.object(adapter, "create_transport", create),
        mock_aws(),
    ):
        yield meters
