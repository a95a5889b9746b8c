"""Reusable components of the template: a queue with its dead-letter queue, a function with its environment and logs."""

import re
from typing import Any

Resources = dict[str, Any]
MAX_RECEIVES = 6  # how often a message is delivered before it becomes a dead letter
LOG_DAYS = 30
DAY_S = 86_400
WORKERS = (
    "Relay",
    "Intake",
    "Clocks",
    "Surveys",
    "Notices",
    "Deliveries",
    "Routing",
    "Search",
    "Live",
    "WebsocketConnect",
    "WebsocketMessage",
    "WebsocketDisconnect",
    "Evidence",
    "Mail",
    "Nights",
    "Insights",
    "Sweeper",
    "Nightfall",
)
FUNCTIONS = ("APIHandler", *WORKERS)
OPENS_PERSONAL = (
    "APIHandler",
    "Intake",
    "Clocks",
    "Surveys",
    "Notices",
    "Deliveries",
    "Routing",
    "Search",
    "Evidence",
    "Mail",
    "Insights",
)
"""The functions that read or write personal data; the others cannot decrypt it."""


def ref(name: str) -> dict[str, str]:
    """A reference to a resource or parameter."""
    return {"Ref": name}


def attribute(name: str, which: str = "Arn") -> dict[str, list[str]]:
    """An attribute of a resource."""
    return {"Fn::GetAtt": [name, which]}


def short_name(function: str) -> str:
    """The name of a function in the names of what belongs to it. `APIHandler` keeps the name Chalice gave its
    resource."""
    return "api" if function == "APIHandler" else re.sub(r"(?<=[a-z])(?=[A-Z])", "_", function).lower()


def queue(name: str, seconds: int) -> Resources:
    """A queue and its dead-letter queue, both encrypted. `seconds`: how long its function may work on a batch."""
    dead_letters = f"{name}DeadLetters"
    return {
        f"{name}Queue": {
            "Type": "AWS::SQS::Queue",
            "Properties": {
                "VisibilityTimeout": 6 * seconds,
                "MessageRetentionPeriod": 4 * DAY_S,
                "SqsManagedSseEnabled": True,
                "RedrivePolicy": {"deadLetterTargetArn": attribute(dead_letters), "maxReceiveCount": MAX_RECEIVES},
            },
        },
        dead_letters: {
            "Type": "AWS::SQS::Queue",
            "Properties": {"MessageRetentionPeriod": 14 * DAY_S, "SqsManagedSseEnabled": True},
        },
    }


def consumer(name: str) -> Resources:
    """What a queue's function needs beyond Chalice's template: the queue itself, and partial failures of a batch."""
    source = {"Queue": attribute(f"{name}Queue"), "FunctionResponseTypes": ["ReportBatchItemFailures"]}
    return {name: {"Properties": {"Events": {f"{name}SqsEventSource": {"Properties": source}}}}}


def relay() -> Resources:
    """The reader of the table's stream: only items that name a queue invoke it; what it cannot send is kept."""
    source = {
        "Stream": attribute("CareTable", "StreamArn"),
        "BisectBatchOnFunctionError": True,
        "MaximumRecordAgeInSeconds": DAY_S,
        "DestinationConfig": {"OnFailure": {"Type": "SQS", "Destination": attribute("RelayDeadLetters")}},
        "FilterCriteria": {
            "Filters": [
                {"Pattern": '{"eventName":["INSERT"],"dynamodb":{"NewImage":{"relay":{"S":[{"exists":true}]}}}}'}
            ]
        },
    }
    dead_letters = {"MessageRetentionPeriod": 14 * DAY_S, "SqsManagedSseEnabled": True}
    return {
        "Relay": {"Properties": {"Events": {"RelayDynamodbEventSource": {"Properties": source}}}},
        "RelayDeadLetters": {"Type": "AWS::SQS::Queue", "Properties": dead_letters},
    }


def function(name: str, environment: dict[str, Any]) -> Resources:
    """A function's name, environment and log group."""
    short = short_name(name)
    function_name = {"Fn::Sub": f"${{AWS::StackName}}-{short}"}
    return {
        name: {"Properties": {"FunctionName": function_name, "Environment": {"Variables": environment}}},
        f"{name}Logs": {
            "Type": "AWS::Logs::LogGroup",
            "Properties": {
                "LogGroupName": {"Fn::Sub": f"/aws/lambda/${{AWS::StackName}}-{short}"},
                "RetentionInDays": LOG_DAYS,
            },
        },
    }


def layer(name: str, function: str) -> Resources:
    """A layer, and the function that has it."""
    resource = f"{name.capitalize()}Layer"
    return {
        resource: {
            "Type": "AWS::Serverless::LayerVersion",
            "Properties": {"ContentUri": f"./{name}.zip", "RetentionPolicy": "Delete"},
        },
        function: {"Properties": {"Layers": [ref(resource)]}},
    }


def alarm(name: str, about: str, metric: dict[str, Any], threshold: float, **more: Any) -> Resources:
    """A CloudWatch alarm whose description says where `docs/operations.md` explains it."""
    properties = {
        "AlarmName": {"Fn::Sub": f"${{AWS::StackName}} {name}"},
        "AlarmDescription": f"{about} See docs/operations.md, “{name}”.",
        "Statistic": "Maximum",
        "Period": 300,
        "EvaluationPeriods": 1,
        "Threshold": threshold,
        "ComparisonOperator": "GreaterThanThreshold",
        "TreatMissingData": "notBreaching",
    }
    return {_logical(name): {"Type": "AWS::CloudWatch::Alarm", "Properties": {**properties, **metric, **more}}}


def _logical(name: str) -> str:
    return "".join(word.capitalize() for word in name.replace("-", " ").split()) + "Alarm"


def metric(namespace: str, name: str, **dimensions: Any) -> dict[str, Any]:
    """The properties by which an alarm names a metric."""
    listed = [{"Name": key, "Value": value} for key, value in dimensions.items()]
    return {"Namespace": namespace, "MetricName": name, "Dimensions": listed}
