"""The API of sockets in the packaged template, as AWS and as the local cloud get it."""

import json
from typing import Any

import pytest

from infra.deploy.package import package
from infra.deploy.template.components import short_name

Resources = dict[str, Any]
SOCKET_FUNCTIONS = ("WebsocketConnect", "WebsocketMessage", "WebsocketDisconnect")
SENDERS = ("Live", "WebsocketMessage", "WebsocketDisconnect")
ADDRESS = "AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI"


@pytest.fixture(scope="module")
def local() -> Resources:
    found: Resources = json.loads((package("local") / "template.json").read_text("utf-8"))["Resources"]
    return found


def environment(resources: Resources, name: str) -> dict[str, Any]:
    found: dict[str, Any] = resources[name]["Properties"]["Environment"]["Variables"]
    return found


def test_each_route_has_its_function(resources: Resources) -> None:
    routes = {
        one["Properties"]["RouteKey"]: one["Properties"]["Target"]["Fn::Join"][1][1]["Ref"]
        for one in resources.values()
        if one["Type"] == "AWS::ApiGatewayV2::Route"
    }
    assert routes == {
        "$connect": "WebsocketConnectAPIIntegration",
        "$default": "WebsocketMessageAPIIntegration",
        "$disconnect": "WebsocketDisconnectAPIIntegration",
    }


def test_the_stage_is_throttled_and_logs_no_address_because_a_ticket_stands_in_it(resources: Resources) -> None:
    stage = resources["WebsocketAPIStage"]["Properties"]
    assert stage["DefaultRouteSettings"]["ThrottlingRateLimit"] == 500
    logged = json.loads(stage["AccessLogSettings"]["Format"])
    assert not {"querystring", "path", "url"} & {value.rpartition(".")[2].casefold() for value in logged.values()}
    assert stage["DeploymentId"] == {"Ref": "WebsocketAPIDeployment"}
    assert resources["WebsocketAPIDeployment"]["Type"] == "AWS::ApiGatewayV2::Deployment"


def test_the_local_cloud_gets_the_stage_without_a_deployment_which_it_does_not_know(local: Resources) -> None:
    assert "WebsocketAPIDeployment" not in local
    assert "DeploymentId" not in local["WebsocketAPIStage"]["Properties"]
    assert "WebsocketAPIDeployment" not in json.dumps(local)


@pytest.mark.parametrize("name", SOCKET_FUNCTIONS)
def test_a_function_of_sockets_has_a_name_logs_and_time_like_the_others(resources: Resources, name: str) -> None:
    function = resources[name]["Properties"]
    short = short_name(name)
    assert function["FunctionName"] == {"Fn::Sub": f"${{AWS::StackName}}-{short}"}
    group = resources[f"{name}Logs"]["Properties"]
    assert group["LogGroupName"] == {"Fn::Sub": f"/aws/lambda/${{AWS::StackName}}-{short}"}
    assert (function["MemorySize"], function["Timeout"]) == (512, 29)


def test_only_functions_that_send_know_the_address_to_send_to_and_may_use_it(resources: Resources) -> None:
    functions = [name for name, one in resources.items() if one["Type"] == "AWS::Serverless::Function"]
    assert {name for name in functions if ADDRESS in environment(resources, name)} == set(SENDERS)
    may = {
        name
        for name, one in resources.items()
        if one["Type"] == "AWS::IAM::Role" and "ManageConnections" in json.dumps(one)
    }
    assert may == {f"{name}Role" for name in SENDERS}


def test_sending_is_allowed_to_the_sockets_of_this_api_alone(resources: Resources) -> None:
    statements = resources["LiveRole"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
    (right,) = [one for one in statements if one["Action"] == "execute-api:ManageConnections"]
    assert right["Resource"]["Fn::Sub"].endswith(":${WebsocketAPI}/api/POST/@connections/*")
