"""The generated blocks say what the code of a service says; `--check` names those that do not."""

import sys
from collections.abc import Callable
from datetime import UTC
from datetime import datetime
from itertools import pairwise
from typing import Any

import pytest
from dependency_injector.providers import Factory
from samtranslator.yaml_helper import yaml_parse

from deploy.kernel.indexes import indexes_in
from deploy.kernel.indexes import one_changed
from deploy.kernel.template import Service
from deploy.kernel.template import events
from deploy.kernel.template import own_tables
from deploy.kernel.template import routes
from deploy.kernel.template import run
from deploy.kernel.template import table
from domain.kernel.errors import Misconfigured
from domain.kernel.events import Event
from domain.kernel.unit_of_work import UnitOfWork
from infrastructure.kernel.api.health import HEALTH
from infrastructure.kernel.dynamodb.schema import TIME_TO_LIVE
from infrastructure.kernel.dynamodb.schema import Index
from infrastructure.kernel.dynamodb.schema import differences
from infrastructure.kernel.memory.persistence import InMemoryPersistence
from tests.kernel.builders.containers import an_in_memory_container
from tests.kernel.service.container import Container
from tests.kernel.service.domain import CrateCreated
from tests.kernel.service.domain import CrateRemoved
from tests.kernel.service.domain import CrateRenamed
from tests.kernel.service.endpoints import ENDPOINTS
from tests.kernel.service.repositories import DynamoDBPersistence
from tests.kernel.service.settings import Settings
from usecases.kernel.consumers import Consumer

TEMPLATE = """\
Mine: 1
# generated: table
# end
  # generated: routes
  # end
# generated: events
# end
"""


class Idle(Consumer):
    def apply(self, event: Event, work: UnitOfWork) -> None:
        raise NotImplementedError


class Count(Idle):
    name = "count"
    handles = (CrateCreated, CrateRenamed)


class Bill(Idle):
    name = "bill"
    handles = (CrateRemoved, CrateCreated)
    source = "another-service"


def service() -> Service:
    return Service(an_in_memory_container(), ENDPOINTS)


def read(lines: list[str]) -> Any:
    return yaml_parse("\n".join(lines))


def with_consumers(*consumers: type[Consumer]) -> Container:
    container = an_in_memory_container()
    for consumer in consumers:
        container.set_provider(
            consumer.name, Factory(consumer, container.unit_of_work.provider, container.now.provider)
        )
    return container


@pytest.fixture
def command(tmp_path, monkeypatch) -> Callable[..., str]:
    """Runs it in a folder with a template, and returns the template."""

    def command(*arguments: str) -> str:
        path = tmp_path / "template.yaml"
        monkeypatch.setattr(sys, "argv", ["template", *arguments])
        run(an_in_memory_container(), ENDPOINTS, blocks=[table, routes, events], path=path)
        return path.read_text(encoding="utf-8")

    (tmp_path / "template.yaml").write_text(TEMPLATE, encoding="utf-8")
    return command


def test_the_table_has_what_the_adapter_needs():
    properties = read(table(service()))

    settings = Settings(persistence="dynamodb", aws_region="eu-west-1")
    needed = DynamoDBPersistence(settings, lambda: datetime.now(UTC)).indexes
    assert len(needed) > 1
    assert differences(properties, needed) == []
    assert [each["IndexName"] for each in properties["GlobalSecondaryIndexes"]] == [index.name for index in needed]
    assert [each["Projection"] for each in properties["GlobalSecondaryIndexes"]] == [
        {"ProjectionType": index.projection} for index in needed
    ]
    assert properties["TimeToLiveSpecification"] == TIME_TO_LIVE
    assert properties["BillingMode"] == "PAY_PER_REQUEST"


def test_an_aggregate_with_a_table_of_its_own_has_its_indexes_in_both_for_a_release_that_reads_the_other_one_may_run():
    divided = Service(an_in_memory_container(), ENDPOINTS, {"table Specimen": ["Specimen"]})

    main, own = read(table(divided)), {block: read(lines) for block, lines in own_tables(divided).items()}

    assert main == read(table(service()))
    assert own == {"table Specimen": main}


@pytest.mark.parametrize(
    ("blocks", "problem"),
    [
        (["Box"], "the block table Box: there is no aggregate Box; there are Crate, Specimen"),
        (
            ["HandledEvent"],
            "the block table HandledEvent: there is no aggregate HandledEvent; there are Crate, Specimen",
        ),
        (["Crate", "Specimen Crate"], "the blocks table Crate, table Specimen Crate: Crate must be there only once"),
        (["Crate Crate"], "the blocks table Crate Crate: Crate must be there only once"),
    ],
    ids=str,
)
def test_a_block_for_an_aggregate_that_there_is_not_or_has_another_one_ends_it_with_a_line(
    command, tmp_path, blocks, problem
):
    markers = "".join(f"# generated: table {kinds}\n# end\n" for kinds in blocks)
    (tmp_path / "template.yaml").write_text(TEMPLATE + markers, encoding="utf-8")

    with pytest.raises(SystemExit) as raised:
        command()

    assert raised.value.code == problem


def test_the_blocks_of_several_tables_are_written_and_then_in_step(command, tmp_path, capsys):
    more = f"{TEMPLATE}# generated: table Crate Specimen\n# end\n"
    (tmp_path / "template.yaml").write_text(more, encoding="utf-8")

    written = command()

    assert capsys.readouterr().out == "template.yaml: table, routes, events, table Crate Specimen written\n"
    assert command("--check") == written
    assert written.count("- IndexName: listing\n") == 2


def test_every_index_has_the_maximum_of_reads():
    indexes = read(table(service()))["GlobalSecondaryIndexes"]

    assert {str(each["OnDemandThroughput"]) for each in indexes} == {
        str({"MaxReadRequestUnits": {"Ref": "MaxReadUnits"}})
    }


def test_the_settings_of_the_container_are_as_before_when_the_table_is_known():
    container = an_in_memory_container()

    table(Service(container, ENDPOINTS))

    assert isinstance(container.persistence(), InMemoryPersistence)


def test_every_endpoint_has_one_route_with_its_scope_and_health_has_no_authorizer():
    found = read(routes(service())).values()

    keys = [each["Properties"]["RouteKey"] for each in found]
    assert keys == [f"{each.method} {each.path}" for each in (*HEALTH, *ENDPOINTS)]
    scopes = [each["Properties"].get("AuthorizationScopes") for each in found]
    assert scopes == [None, None, *([each.scope] for each in ENDPOINTS)]
    kinds = [each["Properties"]["AuthorizationType"] for each in found]
    assert kinds == ["NONE", "NONE", *("JWT" for _ in ENDPOINTS)]
    assert {each["Type"] for each in found} == {"AWS::ApiGatewayV2::Route"}


def test_the_rule_takes_each_event_of_the_consumers_once_from_the_services_that_publish_them():
    pattern = read(events(Service(with_consumers(Count, Bill), ENDPOINTS)))

    assert pattern == {
        "State": "ENABLED",
        "EventPattern": {
            "source": ["tiny-service", "another-service"],
            "detail-type": ["CrateCreated", "CrateRenamed", "CrateRemoved"],
        },
    }


def test_without_consumers_the_rule_is_disabled():
    pattern = read(events(service()))

    assert pattern == {"State": "DISABLED", "EventPattern": {"source": ["tiny-service"]}}


def test_blocks_are_written_and_then_in_step(command, capsys):
    written = command()

    assert capsys.readouterr().out == "template.yaml: table, routes, events written\n"
    assert "RouteGetHealthLive" in written
    assert command("--check") == written
    assert command() == written
    assert capsys.readouterr().out == ""


def index_names(template: str) -> list[str]:
    return [index.name for index in indexes_in(template.splitlines())]


@pytest.fixture
def stages(tmp_path):
    """Writes the numbers of shards of stages, as the owner would."""

    def stages(**shards: str) -> None:
        (tmp_path / "deploy").mkdir(exist_ok=True)
        tables = [f'[{name}]\nDepth = "<how deep>"\n{line}\n' for name, line in shards.items()]
        (tmp_path / "deploy" / "stages.toml").write_text("\n".join(tables), encoding="utf-8")

    return stages


def test_the_table_has_the_indexes_for_the_shards_of_every_stage(command, stages):
    before = index_names(command())

    stages(dev="ListingShards = 4", staging="ListingShards = [1, 4]", prod="")
    during = command()
    stages(dev="ListingShards = 4", prod='ListingShards = "4"')
    after = index_names(command())

    assert sorted(index_names(during)) == sorted({*before, *after})
    assert {"listing", "listing4"} == {*before} - {*after}
    assert {"listing_4", "listing4_4"} == {*after} - {*before}
    assert during.count('AttributeName: "_position", AttributeType') == 1


def test_shards_of_a_stage_that_break_the_rule_are_named(command, stages):
    stages(dev="ListingShards = 4", prod='ListingShards = "1,4,8"')

    with pytest.raises(SystemExit) as raised:
        command("--check")

    rule = "must be a number from 1 to 64, or two different ones with a comma, such as 1,4"
    assert raised.value.code == f"deploy/stages.toml [prod] ListingShards: {rule}"


def test_indexes_can_be_changed_one_by_one_as_an_update_of_a_table_does(command, stages, capsys):
    written = [index_names(command())]
    for shards in ("1,4", "4"):
        stages(prod=f'ListingShards = "{shards}"')
        written += [index_names(command("--one-index")) for _ in range(3)]
        assert index_names(command("--check")) == written[-1]
        told = capsys.readouterr().out.splitlines()
        assert told.count("template.yaml: more indexes are to be changed: deploy, and run it again") == 1

    assert [len({*before} ^ {*after}) for before, after in pairwise(written)] == [1, 1, 0, 1, 1, 0]


def test_an_index_that_gets_other_keys_goes_before_it_comes_back():
    kept, old, new = Index("a", "x", "y"), Index("b", "x", "y"), Index("b", "x", "z")

    assert one_changed([kept, old], [kept, new]) == [kept]
    assert one_changed([kept], [kept, new]) == [kept, new]


def test_a_block_that_differs_is_named_with_what_to_run_and_nothing_is_written(command, tmp_path):
    edited = command().replace("GET /crates", "GET /boxes")
    (tmp_path / "template.yaml").write_text(edited, encoding="utf-8")

    with pytest.raises(SystemExit) as raised:
        command("--check")

    assert raised.value.code == "template.yaml: the block routes differs from the code: run make template"
    assert (tmp_path / "template.yaml").read_text(encoding="utf-8") == edited


def test_a_broken_marker_ends_it_with_a_line(command, tmp_path):
    (tmp_path / "template.yaml").write_text("# generated: table\n", encoding="utf-8")

    with pytest.raises(SystemExit) as raised:
        command()

    assert raised.value.code == "template.yaml: the block table has no '# end'"


def test_a_missing_template_ends_it_with_a_line(command, tmp_path):
    (tmp_path / "template.yaml").unlink()

    with pytest.raises(SystemExit) as raised:
        command()

    assert "No such file" in str(raised.value.code)
    assert "template.yaml" in str(raised.value.code)


def test_an_adapter_without_a_table_is_named():
    container = an_in_memory_container()
    container.persistence.override(InMemoryPersistence(container.relay()))

    with pytest.raises(Misconfigured, match="the table of a InMemoryPersistence is not known"):
        table(Service(container, ENDPOINTS))
