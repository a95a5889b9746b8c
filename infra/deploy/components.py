"""Reusable pieces of infrastructure: a queue with its dead letters, a function with what it is told and its logs."""

from typing import Any

Resources = dict[str, Any]
TRIES = 6  # deliveries before a message becomes a dead letter
LOG_DAYS = 30
WORKERS = (
    "Relay",
    "Intake",
    "Clocks",
    "Surveys",
    "Notices",
    "Deliveries",
    "Routing",
    "Evidence",
    "Mail",
    "Nights",
    "Sweeper",
    "Nightfall",
)
FUNCTIONS = ("APIHandler", *WORKERS)
OPENS_PERSONAL = ("APIHandler", "Intake", "Clocks", "Surveys", "Notices", "Deliveries", "Routing", "Evidence", "Mail")
"""The functions that read or write what is private; the others cannot open it."""


def ref(name: str) -> dict[str, str]:
    """A reference to a resource or parameter."""
    return {"Ref": name}


def attribute(name: str, which: str = "Arn") -> dict[str, list[str]]:
    """An attribute of a resource."""
    return {"Fn::GetAtt": [name, which]}


def queue(name: str, seconds: int) -> Resources:
    """A queue and its dead letters, both encrypted."""
    letters = f"{name}DeadLetters"
    return {
        f"{name}Queue": {
            "Type": "AWS::SQS::Queue",
            "Properties": {
                "VisibilityTimeout": 6 * seconds,
                "MessageRetentionPeriod": 4 * 86_400,
                "SqsManagedSseEnabled": True,
                "RedrivePolicy": {"deadLetterTargetArn": attribute(letters), "maxReceiveCount": TRIES},
            },
        },
        letters: {
            "Type": "AWS::SQS::Queue",
            "Properties": {"MessageRetentionPeriod": 14 * 86_400, "SqsManagedSseEnabled": True},
        },
    }


def consumer(name: str) -> Resources:
    """What the function of a queue needs beyond Chalice's template: partial failures, and the queue itself."""
    source = {"Queue": attribute(f"{name}Queue"), "FunctionResponseTypes": ["ReportBatchItemFailures"]}
    return {name: {"Properties": {"Events": {f"{name}SqsEventSource": {"Properties": source}}}}}


def relay() -> Resources:
    """The stream's reader: only writes that name a queue wake it; what it cannot send is kept."""
    source = {
        "Stream": attribute("CareTable", "StreamArn"),
        "BisectBatchOnFunctionError": True,
        "MaximumRecordAgeInSeconds": 86_400,
        "DestinationConfig": {"OnFailure": {"Type": "SQS", "Destination": attribute("RelayDeadLetters")}},
        "FilterCriteria": {
            "Filters": [
                {"Pattern": '{"eventName":["INSERT"],"dynamodb":{"NewImage":{"relay":{"S":[{"exists":true}]}}}}'}
            ]
        },
    }
    letters = {"MessageRetentionPeriod": 14 * 86_400, "SqsManagedSseEnabled": True}
    return {
        "Relay": {"Properties": {"Events": {"RelayDynamodbEventSource": {"Properties": source}}}},
        "RelayDeadLetters": {"Type": "AWS::SQS::Queue", "Properties": letters},
    }


def function(name: str, environment: dict[str, Any]) -> Resources:
    """A function's name, environment and log group. `APIHandler` keeps the name Chalice gave its resource."""
    short = "api" if name == "APIHandler" else name.lower()
    full = {"Fn::Sub": f"${{AWS::StackName}}-{short}"}
    return {
        name: {"Properties": {"FunctionName": full, "Environment": {"Variables": environment}}},
        f"{name}Logs": {
            "Type": "AWS::Logs::LogGroup",
            "Properties": {
                "LogGroupName": {"Fn::Sub": f"/aws/lambda/${{AWS::StackName}}-{short}"},
                "RetentionInDays": LOG_DAYS,
            },
        },
    }


def layer(name: str, function: str) -> Resources:
    """A layer, and the one function that has it."""
    resource = f"{name.capitalize()}Layer"
    return {
        resource: {
            "Type": "AWS::Serverless::LayerVersion",
            "Properties": {"ContentUri": f"./{name}.zip", "RetentionPolicy": "Delete"},
        },
        function: {"Properties": {"Layers": [ref(resource)]}},
    }


def alarm(name: str, about: str, metric: dict[str, Any], threshold: float, **more: Any) -> Resources:
    """An alarm whose description says where `docs/operations.md` explains it."""
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
