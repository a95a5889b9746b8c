"""The operators' dashboard, and the log queries saved beside it."""

import json
from typing import Any

from infra.deploy.template.components import FUNCTIONS, Resources, short_name

QUERIES = {
    "One case from webhook to survey": (
        "fields @timestamp, message, function_name | filter correlation_id = 'KEY-OF-THE-CASE' | sort @timestamp"
    ),
    "Breaches and their lateness": (
        "filter message = 'breached' | stats count(), max(late_seconds), pct(late_seconds, 99) by clock, bin(1h)"
    ),
    "What failed and why": "filter level = 'ERROR' | stats count() by message, exception_name | sort count() desc",
    "Surveys by outcome": "filter message = 'survey' | stats count() by fact, reason",
}


def dashboard(queues: dict[str, Any]) -> Resources:
    """One dashboard and the saved queries."""
    groups = [{"Fn::Sub": f"/aws/lambda/${{AWS::StackName}}-{short_name(name)}"} for name in FUNCTIONS]
    resources: Resources = {
        "Dashboard": {
            "Type": "AWS::CloudWatch::Dashboard",
            "Properties": {
                "DashboardName": {"Fn::Sub": "${AWS::StackName}"},
                "DashboardBody": {"Fn::Sub": json.dumps({"widgets": _widgets(queues)}, separators=(",", ":"))},
            },
        }
    }
    for number, (name, query) in enumerate(QUERIES.items(), 1):
        properties = {"Name": {"Fn::Sub": f"${{AWS::StackName}}/{name}"}, "LogGroupNames": groups, "QueryString": query}
        resources[f"SavedQuery{number}"] = {"Type": "AWS::Logs::QueryDefinition", "Properties": properties}
    return resources


def _widgets(queues: dict[str, Any]) -> list[dict[str, Any]]:
    errors = [["AWS/Lambda", "Errors", "FunctionName", f"${{AWS::StackName}}-{short_name(name)}"] for name in FUNCTIONS]
    waiting_messages = [_queue_metric(f"{name}Queue") for name in queues]
    dead_letters = [_queue_metric(f"{name}DeadLetters") for name in (*queues, "Relay")]
    own = ["ReceiptsFailed", "OrphansExpired", "Faults", "SweeperHeartbeat", "NightlyHeartbeat"]
    return [
        _widget(0, "Dead letters: all zero is well", dead_letters),
        _widget(1, "Messages waiting", waiting_messages),
        _widget(2, "Errors of functions", errors),
        _widget(3, "Own figures", [["Aftercare", name, "service", "aftercare"] for name in own]),
        _widget(4, "Lateness of breaches (s)", [["Aftercare", "BreachLateness", "service", "aftercare"]], "Maximum"),
        _widget(
            5, "API", [["AWS/ApiGateway", name, "ApiName", "aftercare"] for name in ("Count", "4XXError", "5XXError")]
        ),
    ]


def _queue_metric(logical: str) -> list[str]:
    return ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", f"${{{logical}.QueueName}}"]


def _widget(position: int, title: str, metrics: list[list[str]], statistic: str = "Sum") -> dict[str, Any]:
    properties = {
        "title": title,
        "metrics": metrics,
        "stat": statistic,
        "period": 300,
        "region": "${AWS::Region}",
        "view": "timeSeries",
    }
    x, y = 12 * (position % 2), 6 * (position // 2)
    return {"type": "metric", "x": x, "y": y, "width": 12, "height": 6, "properties": properties}
