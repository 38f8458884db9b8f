"""Keeps a template of CloudFormation in step with the code of a service: its table, its routes, its events."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from pathlib import Path
from typing import Any

from dependency_injector.providers import BaseSingleton

from deploy.kernel.blocks import blocks_in
from deploy.kernel.blocks import event_lines
from deploy.kernel.blocks import in_step
from deploy.kernel.blocks import out_of_step
from deploy.kernel.blocks import route_lines
from deploy.kernel.indexes import indexes_in
from deploy.kernel.indexes import one_changed
from deploy.kernel.stages import STAGES
from deploy.kernel.stages import listing_shards
from domain.kernel.errors import Misconfigured
from domain.kernel.errors import ServiceError
from infrastructure.kernel.api.endpoint import Endpoint
from infrastructure.kernel.api.health import HEALTH
from infrastructure.kernel.dynamodb.persistence import DynamoDBPersistence
from infrastructure.kernel.dynamodb.schema import TIME_TO_LIVE
from infrastructure.kernel.dynamodb.schema import Index
from infrastructure.kernel.dynamodb.schema import description
from infrastructure.kernel.wiring import Container
from infrastructure.kernel.wiring import use_cases
from usecases.kernel.consumers import Consumer

TEMPLATE = Path(__file__).parents[2] / "template.yaml"

_INDEX_MAXIMUM = "OnDemandThroughput: {MaxReadRequestUnits: !Ref MaxReadUnits}"


@dataclass(frozen=True)
class Service:
    """What blocks are made from."""

    container: Container
    endpoints: Sequence[Endpoint]
    shards: Sequence[str] = ()
    """The numbers of shards in the stages; without any, those of the settings."""
    present: Sequence[Index] | None = None
    """The indexes in the block, of which one may be changed; None if all may."""


Block = Callable[[Service], Sequence[str]]
"""Returns the lines of the block that is called like the function."""


def run(container: Container, endpoints: Sequence[Endpoint], *, blocks: Sequence[Block], path: Path = TEMPLATE) -> None:
    """Writes the blocks of the template, or with `--check` compares them. Exits with 1 and a line that says why."""
    parser = ArgumentParser(
        prog="python -m deploy.template", description="Writes the generated blocks of template.yaml."
    )
    parser.add_argument("--check", action="store_true", help="write nothing; fail if a block differs from the code")
    parser.add_argument(
        "--one-index", action="store_true", help="add or delete one index, as one update of a table can"
    )
    arguments = parser.parse_args()
    only_check: bool = arguments.check
    try:
        text = path.read_text(encoding="utf-8")
        service = Service(container, endpoints, shards=listing_shards(path.parent / STAGES))
        lines = whole = {block.__name__: block(service) for block in blocks}
        if arguments.one_index and not only_check:
            present = indexes_in(blocks_in(text, path.name).get(table.__name__, ()))
            lines = {block.__name__: block(replace(service, present=present)) for block in blocks}
        changed = out_of_step(text, lines, path.name)
        if only_check and changed:
            sys.exit(
                "\n".join(f"{path.name}: the block {name} differs from the code: run make template" for name in changed)
            )
        if changed:
            path.write_text(in_step(text, lines, path.name), encoding="utf-8")
            print(f"{path.name}: {', '.join(changed)} written")
        if lines != whole:
            print(f"{path.name}: more indexes are to be changed: deploy, and run it again")
    except (OSError, ServiceError) as exc:
        sys.exit(str(exc))


def table(service: Service) -> list[str]:
    """What the table needs of its definition: keys, indexes, stream and TTL.

    Raises:
        Misconfigured: `dynamodb` is another adapter in this service.
    """
    indexes = _indexes(service)
    needed = description(indexes if service.present is None else one_changed(service.present, indexes))
    indexes = needed["GlobalSecondaryIndexes"]
    return [
        f"BillingMode: {needed['BillingMode']}",
        "KeySchema:",
        *(f"  - {_flow(key)}" for key in needed["KeySchema"]),
        "AttributeDefinitions:",
        *(f"  - {_flow(attribute)}" for attribute in needed["AttributeDefinitions"]),
        "GlobalSecondaryIndexes:",
        *(f"  {line}" for index in indexes for line in _index(index)),
        # CloudFormation has no StreamEnabled.
        f"StreamSpecification: {_flow({'StreamViewType': needed['StreamSpecification']['StreamViewType']})}",
        f"TimeToLiveSpecification: {_flow(TIME_TO_LIVE)}",
    ]


def routes(service: Service) -> list[str]:
    """A route per endpoint, those of the health included, with its scope.

    Raises:
        Misconfigured: two routes would have the same logical id.
    """
    return route_lines((each.method, each.path, each.scope) for each in (*HEALTH, *service.endpoints))


def events(service: Service) -> list[str]:
    """The events that the consumers handle, and the services that publish them."""
    own = service.container.settings().service
    consumers = [case for case in use_cases(service.container) if issubclass(case, Consumer)]
    sources = dict.fromkeys(consumer.source or own for consumer in consumers)
    types = dict.fromkeys(event.__name__ for consumer in consumers for event in consumer.handles)
    return event_lines(sources or [own], [*types])


def _indexes(service: Service) -> list[Index]:
    """Those that the table needs for the numbers of shards in any stage."""
    values = service.shards or [service.container.settings().dynamodb_listing_shards]
    return [*dict.fromkeys(index for shards in values for index in _indexes_with(service.container, shards))]


def _indexes_with(container: Container, shards: str) -> Sequence[Index]:
    settings, provider = container.settings(), container.providers["persistence"]
    chosen = {"persistence": "dynamodb", "aws_region": settings.aws_region or "eu-west-1"}
    with container.providers["settings"].override(
        settings.model_copy(update={**chosen, "dynamodb_listing_shards": shards})
    ):
        persistence = provider()
    for made in provider.traverse(types=[BaseSingleton]):
        made.reset()  # it has these settings
    if not isinstance(persistence, DynamoDBPersistence):
        raise Misconfigured(
            f"the table of a {type(persistence).__name__} is not known: drop the block from {TEMPLATE.name}"
        )
    return persistence.indexes


def _index(index: Mapping[str, Any]) -> list[str]:
    return [
        f"- IndexName: {index['IndexName']}",
        f"  KeySchema: {_flow(index['KeySchema'])}",
        f"  Projection: {_flow(index['Projection'])}",
        f"  {_INDEX_MAXIMUM}",
    ]


def _flow(value: Any) -> str:
    """YAML in one line, with quotes around texts only."""
    match value:
        case Mapping():
            return f"{{{', '.join(f'{name}: {_flow(member)}' for name, member in value.items())}}}"
        case list():
            return f"[{', '.join(map(_flow, value))}]"
    return json.dumps(value)
