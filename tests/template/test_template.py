import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.deploy.template.components import FUNCTIONS, OPENS_PERSONAL
from infra.deploy.template.extras import merge

Resources = dict[str, Any]
STAR_REASONS = {"Traces": "X-Ray's segments belong to no resource"}


def of_type(resources: Resources, kind: str) -> dict[str, Any]:
    return {name: one["Properties"] for name, one in resources.items() if one["Type"] == kind}


def statements(resources: Resources) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, role in of_type(resources, "AWS::IAM::Role").items():
        for policy in role["Policies"]:
            for statement in policy["PolicyDocument"]["Statement"]:
                yield name, statement


def consumers(resources: Resources) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    for name, function in of_type(resources, "AWS::Serverless::Function").items():
        for event in function.get("Events", {}).values():
            if event["Type"] == "SQS":
                yield name, function, event["Properties"]


def test_every_handler_is_in_app_where_the_middleware_is(resources: Resources) -> None:
    handlers = {one["Handler"] for one in of_type(resources, "AWS::Serverless::Function").values()}
    assert len(handlers) == len(FUNCTIONS)
    assert all(handler.startswith("app.") for handler in handlers)


def test_no_queue_is_consumed_without_partial_failures_dead_letters_and_time_to_work(resources: Resources) -> None:
    found = list(consumers(resources))
    assert len(found) == 12
    for name, function, source in found:
        queue = resources[source["Queue"]["Fn::GetAtt"][0]]["Properties"]
        assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"], name
        dead_letters = queue["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]
        assert resources[dead_letters]["Type"] == "AWS::SQS::Queue", name
        assert queue["VisibilityTimeout"] >= 6 * function["Timeout"], name


def test_the_relay_is_invoked_only_for_writes_that_name_a_queue(resources: Resources) -> None:
    source = resources["Relay"]["Properties"]["Events"]["RelayDynamodbEventSource"]["Properties"]
    pattern = json.loads(source["FilterCriteria"]["Filters"][0]["Pattern"])
    assert pattern == {"eventName": ["INSERT"], "dynamodb": {"NewImage": {"relay": {"S": [{"exists": True}]}}}}
    assert source["BisectBatchOnFunctionError"]


def test_answers_that_are_worth_it_are_compressed(resources: Resources) -> None:
    assert resources["RestAPI"]["Properties"]["MinimumCompressionSize"] == 1024


def test_what_api_gateway_refuses_by_itself_is_a_problem_document(resources: Resources) -> None:
    definition = resources["RestAPI"]["Properties"]["DefinitionBody"]
    for kind, response in definition["x-amazon-apigateway-gateway-responses"].items():
        body = json.loads(response["responseTemplates"]["application/json"])
        assert body.keys() == {"type", "title", "status", "detail"}, kind
        assert body["status"] == response["statusCode"], kind
    assert definition["x-amazon-apigateway-gateway-responses"].keys() >= {"UNAUTHORIZED", "ACCESS_DENIED", "THROTTLED"}


def test_no_right_is_given_on_everything_without_a_reason(resources: Resources) -> None:
    for role, statement in statements(resources):
        if "*" in (statement["Resource"], *statement["Resource"]):
            assert statement["Sid"] in STAR_REASONS, (role, statement)
        actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        assert all(action not in ("*",) and not action.endswith(":*") for action in actions), (role, statement)


def test_each_function_has_rights_of_its_own_and_only_those_that_mail_may_mail(resources: Resources) -> None:
    roles = [one["Role"]["Fn::GetAtt"][0] for one in of_type(resources, "AWS::Serverless::Function").values()]
    assert len(set(roles)) == len(FUNCTIONS)
    mailers = {role for role, one in statements(resources) if "ses:SendEmail" in str(one["Action"])}
    assert mailers == {"SurveysRole", "NoticesRole"}


DELETES = {"TASKS#*", "WORK#*", "QUEUE#*", "WHO#*", "STAND#*", "STAFF#*", "DRAFT#*", "MENTION#*"}
"""What staff's commands remove: tasks that are done, released cases, queued cases that were assigned, erased people,
sessions that ended, drafts that were sent, mentions that were read."""


def test_the_api_may_delete_what_staffs_commands_remove_and_nothing_else(resources: Resources) -> None:
    found: set[str] = set()
    for role, one in statements(resources):
        if role == "ApiHandlerRole" and "dynamodb:DeleteItem" in one["Action"]:
            found |= set(one["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"])
    assert found == DELETES


def test_a_layer_is_had_by_one_function_alone(resources: Resources) -> None:
    layered = [name for name, one in of_type(resources, "AWS::Serverless::Function").items() if "Layers" in one]
    assert sorted(layered) == ["Evidence", "Insights", "Mail", "Nights"]


def test_only_functions_that_work_with_peoples_words_can_open_them(resources: Resources) -> None:
    resource_names = {"KeysTable", "MasterKey"}
    opens = {
        role for role, one in statements(resources) if any(name in str(one["Resource"]) for name in resource_names)
    }
    assert opens == {f"{name}Role".replace("APIHandler", "ApiHandler") for name in OPENS_PERSONAL}
    functions = of_type(resources, "AWS::Serverless::Function")
    knows = {name for name, one in functions.items() if "KEYS_TABLE" in one["Environment"]["Variables"]}
    assert knows == set(OPENS_PERSONAL)


def test_peoples_keys_lie_where_nothing_copies_them(resources: Resources) -> None:
    table = resources["KeysTable"]["Properties"]
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": False}
    assert "StreamSpecification" not in table
    assert table["DeletionProtectionEnabled"] == {"Fn::If": ["IsProd", True, False]}


def test_production_is_protected_and_keeps_its_data(resources: Resources) -> None:
    table = resources["CareTable"]
    assert table["DeletionPolicy"] == "Retain"
    assert table["Properties"]["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert table["Properties"]["SSESpecification"]["SSEEnabled"] is True
    assert table["Properties"]["DeletionProtectionEnabled"] == {"Fn::If": ["IsProd", True, False]}
    assert all(queue["SqsManagedSseEnabled"] for queue in of_type(resources, "AWS::SQS::Queue").values())


def test_logs_are_kept_for_a_month_and_no_longer(resources: Resources) -> None:
    groups = of_type(resources, "AWS::Logs::LogGroup")
    assert len(groups) == len(FUNCTIONS) + 2
    assert {group["RetentionInDays"] for group in groups.values()} == {30}


def test_staff_routes_ask_the_pools_authorizer_and_customers_routes_do_not(resources: Resources) -> None:
    body = resources["RestAPI"]["Properties"]["DefinitionBody"]
    arns = body["securityDefinitions"]["Staff"]["x-amazon-apigateway-authorizer"]["providerARNs"]
    assert arns == [{"Fn::GetAtt": ["StaffPool", "Arn"]}]
    free = {path for path, methods in body["paths"].items() for verb in methods.values() if "security" not in verb}
    assert free == {
        "/v1/health",
        "/v1/hooks/{shop}/{source}",
        "/s/{token}",
        "/u/{token}",
        "/help/{shop}",
        "/help/{shop}/{token}",
        "/p/{token}",
        "/p/{token}/{move}",
        "/x/{token}",
        "/f/{token}",
        "/desk",
        "/desk/{proxy+}",
    }


def test_every_alarm_is_explained_to_the_operator(resources: Resources) -> None:
    operations = (Path(__file__).parents[2] / "docs" / "operations.md").read_text("utf-8")
    timers = of_type(resources, "AWS::CloudWatch::Alarm")
    assert len(timers) > 30
    for timer in timers.values():
        name = timer["AlarmName"]["Fn::Sub"].removeprefix("${AWS::StackName} ")
        title = name if f"## {name}" in operations else name.split(" ", 1)[1]
        assert f"## {title}" in operations or f"## … {title}" in operations, name


@pytest.mark.parametrize("top", ["python/duckdb", "python/pygal"])
def test_the_layer_holds_the_nightly_jobs_libraries(packaged: Path, top: str) -> None:
    with zipfile.ZipFile(packaged / "analytics.zip") as layer:
        assert any(name.startswith(top) for name in layer.namelist())


def test_a_value_declared_twice_is_an_error() -> None:
    with pytest.raises(ValueError, match="declared twice"):
        merge({"A": {"Type": "x"}}, {"A": {"Type": "y"}})
