"""What the packaged template leaves out or changes for the local cloud."""

from typing import Any

from infra.deploy.template.components import Resources

MAX_CONCURRENCY = {
    "Intake": 4,
    "Clocks": 4,
    "Surveys": 2,
    "Notices": 2,
    "Deliveries": 2,
    "Evidence": 2,
    "Mail": 2,
    "Routing": 2,
    "Search": 1,
    "Live": 2,
    "Insights": 1,
}
"""Two cores start few functions at a time: more of them side by side would all be late."""
INTAKE_BATCH = 50
"""The local cloud hands out one batch a round, however many messages wait."""
UNKNOWN_TYPES = {
    "AWS::Cognito::ManagedLoginBranding",
    "AWS::ApiGatewayV2::Deployment",
    "AWS::Logs::QueryDefinition",
    "AWS::SES::ReceiptRuleSet",
    "AWS::SES::ReceiptRule",
}
"""The local cloud refuses a template that has one of these."""


def adapt(template: dict[str, Any]) -> list[str]:
    """Adapt a template to the local cloud; the names of the resources that were left out."""
    resources: Resources = template["Resources"]
    left_out = sorted(name for name, resource in resources.items() if resource["Type"] in UNKNOWN_TYPES)
    for name in left_out:
        del resources[name]
    del resources["WebsocketAPIStage"]["Properties"]["DeploymentId"]  # stages need none there
    _allow_email_from_anywhere(resources)
    _limit_concurrency(resources)
    return left_out


def _limit_concurrency(resources: Resources) -> None:
    for name, limit in MAX_CONCURRENCY.items():
        _queue_source(resources, name)["ScalingConfig"] = {"MaximumConcurrency": limit}
    _queue_source(resources, "Intake")["BatchSize"] = INTAKE_BATCH


def _queue_source(resources: Resources, function: str) -> dict[str, Any]:
    properties: dict[str, Any] = resources[function]["Properties"]["Events"][f"{function}SqsEventSource"]["Properties"]
    return properties


def _allow_email_from_anywhere(resources: Resources) -> None:
    """The local cloud checks the right to send email on `*`; AWS checks it on the identity, as the policy has it."""
    roles = [resource["Properties"] for resource in resources.values() if resource["Type"] == "AWS::IAM::Role"]
    for policy in [policy for role in roles for policy in role["Policies"]]:
        for statement in policy["PolicyDocument"]["Statement"]:
            if statement["Sid"] == "SendMail":
                statement["Resource"] = "*"
