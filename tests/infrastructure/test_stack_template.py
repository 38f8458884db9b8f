"""What holds for template.yaml whatever you add to it: who may do what, and that nothing fails unseen."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from samtranslator.yaml_helper import yaml_parse

from infrastructure.api.routes import ROUTES
from infrastructure.kernel.api.health import HEALTH
from infrastructure.kernel.listing_shards import shards_of
from infrastructure.settings import Settings

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "template.yaml").read_text(encoding="utf-8")
TEMPLATE = yaml_parse(TEXT)
RESOURCES = TEMPLATE["Resources"]
PREFIX = Settings.variable("")

THROTTLED = re.compile(
    "(Table|Index)(Read|Write)(KeyRangeThroughput|ProvisionedThroughput|MaxOnDemandThroughput|AccountLimit)Exceeded"
)
"""https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ThrottlingReason.html"""
JUSTIFIED = {
    "${Table.Arn}/index/*": "the code decides which indexes there are",
    "${Table.Arn}/stream/*": "ListStreams is about all streams of the table",
    "${DeadLetters.Arn}/*": "the objects of a bucket have names of their own",
}
"""The wildcards that roles have, and why."""


def of_type(type: str) -> dict[str, Any]:
    return {id: resource["Properties"] for id, resource in RESOURCES.items() if resource["Type"] == type}


FUNCTIONS = of_type("AWS::Serverless::Function")
ROLES = of_type("AWS::IAM::Role")
ALARMS = of_type("AWS::CloudWatch::Alarm")


def statements(role: dict[str, Any]) -> list[dict[str, Any]]:
    return [each for policy in role["Policies"] for each in policy["PolicyDocument"]["Statement"]]


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def test_there_is_something_to_look_at():
    assert FUNCTIONS.keys() >= {"ApiFunction", "RelayFunction", "ConsumersFunction"}
    assert len(ALARMS) > len(FUNCTIONS)


@pytest.mark.parametrize("shards", ["1", "64", "1,4", "4,1", "", "1,", "1,4,8", "1, 4", "x"])
def test_the_functions_are_told_the_shards_of_the_stage(shards):
    variables = TEMPLATE["Globals"]["Function"]["Environment"]["Variables"]
    pattern = TEMPLATE["Parameters"]["ListingShards"]["AllowedPattern"]

    is_taken = re.fullmatch(pattern, shards) is not None
    try:
        shards_of(shards)
    except ValueError:
        assert not is_taken
    else:
        assert is_taken
    assert variables[f"{PREFIX}DYNAMODB_LISTING_SHARDS"] == {"Ref": "ListingShards"}


def test_each_function_has_a_role_of_its_own():
    roles = [properties["Role"]["Fn::GetAtt"][0] for properties in FUNCTIONS.values()]

    assert sorted(roles) == sorted(ROLES)


@pytest.mark.parametrize("id", ROLES)
def test_a_role_lists_its_actions_and_names_its_resources(id):
    actions = [action for each in statements(ROLES[id]) for action in listed(each["Action"])]
    resources = [resource for each in statements(ROLES[id]) for resource in listed(each["Resource"])]
    texts = [resource["Fn::Sub"] if "Fn::Sub" in resource else str(resource) for resource in resources]

    assert actions
    assert [action for action in actions if "*" in action] == []
    assert {text for text in texts if "*" in text} <= JUSTIFIED.keys()
    assert "ManagedPolicyArns" not in ROLES[id]


def test_every_wildcard_that_is_justified_is_there():
    assert [wildcard for wildcard in JUSTIFIED if f"!Sub {wildcard}\n" not in TEXT] == []


@pytest.mark.parametrize("id", FUNCTIONS)
def test_a_function_logs_to_a_group_that_forgets_and_may_write_to_no_other(id):
    group = FUNCTIONS[id]["LoggingConfig"]["LogGroup"]["Ref"]
    role = ROLES[FUNCTIONS[id]["Role"]["Fn::GetAtt"][0]]

    writes = [each["Resource"] for each in statements(role) if "logs:PutLogEvents" in each["Action"]]
    assert RESOURCES[group]["Properties"]["RetentionInDays"] == {"Ref": "LogRetentionDays"}
    assert writes == [{"Fn::GetAtt": [group, "Arn"]}]


@pytest.mark.parametrize("id", FUNCTIONS)
@pytest.mark.parametrize("metric", ["Errors", "Throttles"])
def test_a_function_that_fails_or_is_throttled_raises_an_alarm(id, metric):
    watched = {"Name": "FunctionName", "Value": {"Ref": id}}

    assert [alarm for alarm in ALARMS.values() if alarm["MetricName"] == metric and watched in alarm["Dimensions"]]


@pytest.mark.parametrize("id", ALARMS)
def test_an_alarm_tells_somebody(id):
    assert ALARMS[id]["AlarmActions"] == [{"Ref": "AlarmTopic"}]
    assert ALARMS[id]["AlarmDescription"]


@pytest.mark.parametrize("id", FUNCTIONS)
def test_the_handler_of_a_function_is_a_module_of_this_service(id):
    module, _, name = FUNCTIONS[id]["Handler"].rpartition(".")

    source = (ROOT / module.replace(".", "/")).with_suffix(".py").read_text(encoding="utf-8")
    assert f"\n{name} = " in source


def test_every_variable_of_the_functions_is_a_setting():
    variables = [TEMPLATE["Globals"]["Function"], *FUNCTIONS.values()]
    names = {name for each in variables for name in each.get("Environment", {}).get("Variables", {})}

    assert f"{PREFIX}PERSISTENCE" in names
    assert names <= {Settings.variable(field) for field in Settings.model_fields}


def test_a_route_is_public_only_if_the_code_says_so_of_its_endpoint():
    routes = of_type("AWS::ApiGatewayV2::Route").values()

    public = {route["RouteKey"] for route in routes if "AuthorizationScopes" not in route}
    assert public <= {f"{each.method} {each.path}" for each in (*HEALTH, *ROUTES) if each.scope is None}


def test_an_alarm_leaves_at_least_half_of_the_time_until_the_relay_gives_an_event_up():
    [mapping] = of_type("AWS::Lambda::EventSourceMapping").values()
    [alarm] = [alarm for alarm in ALARMS.values() if alarm["MetricName"] == "IteratorAge"]

    assert 0 < alarm["Threshold"] <= mapping["MaximumRecordAgeInSeconds"] * 1000 / 2


def test_a_function_is_called_by_its_alias_so_that_a_rollback_moves_the_alias():
    assert TEMPLATE["Globals"]["Function"]["AutoPublishAlias"]

    callers = [*of_type("AWS::Lambda::Permission").values(), *of_type("AWS::Lambda::EventSourceMapping").values()]
    called = {each["FunctionName"]["Ref"] for each in callers}
    assert called == {f"{id}.Alias" for id in FUNCTIONS}
    assert [each["IntegrationUri"] for each in of_type("AWS::ApiGatewayV2::Integration").values()] == [
        {"Ref": "ApiFunction.Alias"}
    ]


def test_in_production_the_table_is_protected_and_has_backups():
    in_production = {"Fn::If": ["IsProd", True, False]}

    table = RESOURCES["Table"]["Properties"]
    assert table["DeletionProtectionEnabled"] == in_production
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": in_production}


@pytest.mark.parametrize("id", ["Table", "DeadLetters"])
def test_what_holds_data_outlives_the_stack(id):
    assert RESOURCES[id]["DeletionPolicy"] == "RetainExceptOnCreate"
    assert RESOURCES[id]["UpdateReplacePolicy"] == "Retain"


def test_an_update_reaches_consumers_then_the_relay_then_the_api():
    """Each has to know the events that the next one begins to write."""
    assert RESOURCES["RelayFunction"]["DependsOn"] == "ConsumersRule"
    assert RESOURCES["ConsumersRule"]["Properties"]["Targets"][0]["Arn"] == {"Ref": "ConsumersFunction.Alias"}
    assert RESOURCES["ApiFunction"]["DependsOn"] == "RelayMapping"
    assert RESOURCES["RelayMapping"]["Properties"]["FunctionName"] == {"Ref": "RelayFunction.Alias"}


def test_the_relay_repeats_what_failed_and_keeps_it_whole_before_the_stream_drops_it():
    mapping = RESOURCES["RelayMapping"]["Properties"]

    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert mapping["StartingPosition"] == "TRIM_HORIZON"
    assert mapping["MaximumRecordAgeInSeconds"] == 23 * 60 * 60
    assert mapping["DestinationConfig"]["OnFailure"]["Destination"] == {"Fn::GetAtt": ["DeadLetters", "Arn"]}
    assert "FilterCriteria" not in mapping


def test_an_event_that_consumers_fail_to_handle_is_in_the_queue():
    queue = {"Fn::GetAtt": ["ConsumersQueue", "Arn"]}

    function, rule = FUNCTIONS["ConsumersFunction"], RESOURCES["ConsumersRule"]["Properties"]
    assert function["EventInvokeConfig"]["DestinationConfig"]["OnFailure"]["Destination"] == queue
    assert rule["Targets"][0]["DeadLetterConfig"]["Arn"] == queue


def test_the_access_log_is_json_without_tokens():
    form = RESOURCES["ApiStage"]["Properties"]["AccessLogSettings"]["Format"]

    assert json.loads(form)["subject"] == "$context.authorizer.claims.sub"
    assert "header" not in form.lower()


def test_the_dashboard_is_json():
    body = RESOURCES["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]

    assert len(json.loads(body)["widgets"]) > 1


def test_the_dashboard_shows_metrics_that_the_observer_writes():
    body = json.loads(RESOURCES["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"])
    shown = [metric for widget in body["widgets"] for metric in widget["properties"]["metrics"]]
    own: list[str] = []
    for namespace, name, *_ in (each for each in shown if isinstance(each[0], str)):
        is_own = namespace == Settings.service or (namespace == "." and own and own[-1] != "")
        own.append(name if is_own else "")
    searches = [each[0]["expression"] for each in shown if isinstance(each[0], dict)]

    written = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "infrastructure/kernel").rglob("*.py"))
    written += (ROOT / "usecases/kernel/observability.py").read_text(encoding="utf-8")
    counted = [name for name in own if name and not THROTTLED.fullmatch(name)]
    assert counted
    assert [name for name in counted if f'"{name}"' not in written] == []
    assert all(each.startswith(f"SEARCH('{{{Settings.service},function,") for each in searches)
    assert TEMPLATE["Globals"]["Function"]["Environment"]["Variables"][f"{PREFIX}OBSERVERS"] == {"Ref": "Observers"}
