"""Keeps a template of CloudFormation in step with the code of a service: its table, its routes, its events."""

import json
import sys
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
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
    own_tables: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Which aggregates have a table of their own, by the name of its block: `table Invoice Receipt`."""
    shards: Sequence[str] = ()
    """The numbers of shards in the stages; without any, those of the settings."""
    present: Mapping[str, Sequence[Index]] = field(default_factory=dict)
    """The indexes in each block, of which one may be changed; in a block that is not here, all may."""


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
        found = {name: lines for name, lines in blocks_in(text, path.name).items() if name.split()[0] == table.__name__}
        own = {name: name.split()[1:] for name in found if name != table.__name__}
        service = Service(container, endpoints, own, listing_shards(path.parent / STAGES))
        lines = whole = _lines(service, blocks)
        if arguments.one_index and not only_check:
            lines = _lines(replace(service, present={name: indexes_in(found[name]) for name in found}), blocks)
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

    It has the indexes of aggregates with a table of their own, too: releases that still read them here are running when
    such a table is deployed. An index without entries costs nothing.

    Raises:
        Misconfigured: `dynamodb` is another adapter in this service.
    """
    return _definition(service, table.__name__)


def own_tables(service: Service) -> dict[str, list[str]]:
    """The same of each table of single aggregates, by the name of its block.

    Raises:
        Misconfigured: a block names an aggregate that there is not, or two name the same.
    """
    if not service.own_tables:
        return {}
    persistence = _persistence(service, service.container.settings().dynamodb_listing_shards)
    known = [repository.kind.__name__ for repository in persistence.repositories()]
    for block, named in service.own_tables.items():
        for kind in named:
            if kind not in known:
                raise Misconfigured(f"the block {block}: there is no aggregate {kind}; there are {', '.join(known)}")
    return {block: _definition(service, block) for block in service.own_tables}


def _lines(service: Service, blocks: Sequence[Block]) -> dict[str, Sequence[str]]:
    """The lines of all blocks, by name."""
    return {block.__name__: block(service) for block in blocks} | own_tables(service)


def _persistence(service: Service, shards: str) -> DynamoDBPersistence:
    """The adapter, with a table for each block, in their order, after that of everything else."""
    settings, provider = service.container.settings(), service.container.providers["persistence"]
    pairs = [(kind, f"block-{n}") for n, kinds in enumerate(service.own_tables.values()) for kind in kinds]
    if twice := [kind for kind, number in Counter(kind for kind, _ in pairs).items() if number > 1]:
        raise Misconfigured(f"the blocks {', '.join(service.own_tables)}: {twice[0]} must be there only once")
    chosen = {
        "persistence": "dynamodb",
        "aws_region": settings.aws_region or "eu-west-1",
        "dynamodb_tables": ",".join(map("=".join, pairs)),
        "dynamodb_listing_shards": shards,
    }
    with service.container.providers["settings"].override(settings.model_copy(update=chosen)):
        persistence = provider()
    for made in provider.traverse(types=[BaseSingleton]):
        made.reset()  # it has these settings
    if not isinstance(persistence, DynamoDBPersistence):
        raise Misconfigured(
            f"the table of a {type(persistence).__name__} is not known: drop the block from {TEMPLATE.name}"
        )
    return persistence


def _indexes(service: Service, block: str) -> list[Index]:
    """Those that the table of a block needs for the numbers of shards in any stage."""
    values = service.shards or [service.container.settings().dynamodb_listing_shards]
    if block == table.__name__:
        found = [_persistence(replace(service, own_tables={}), shards).indexes for shards in values]
    else:
        number = 1 + [*service.own_tables].index(block)
        made = [_persistence(service, shards) for shards in values]
        found = [each.indexes_of(each.tables[number]) for each in made]
    return [*dict.fromkeys(index for indexes in found for index in indexes)]


def _definition(service: Service, block: str) -> list[str]:
    indexes, present = _indexes(service, block), service.present.get(block)
    needed = description(indexes if present is None else one_changed(present, indexes))
    described = needed.get("GlobalSecondaryIndexes", ())
    return [
        f"BillingMode: {needed['BillingMode']}",
        "KeySchema:",
        *(f"  - {_flow(key)}" for key in needed["KeySchema"]),
        "AttributeDefinitions:",
        *(f"  - {_flow(attribute)}" for attribute in needed["AttributeDefinitions"]),
        *(["GlobalSecondaryIndexes:"] if described else []),
        *(f"  {line}" for index in described for line in _index(index)),
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
