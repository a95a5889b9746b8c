"""Join the YAML files and pieces into the one template that `chalice package` merges into its own."""

from typing import Any

import yaml

from infra.deploy import components, gateway_responses, glue_columns
from infra.deploy.alarms import alarms
from infra.deploy.dashboard import dashboard
from infra.paths import RESOURCES

Template = dict[str, Any]
OUTSIDE = ("Evidence", "Mail")
"""Queues whose messages AWS writes: the bucket, and the mail server."""


def extras() -> Template:
    """Everything Chalice does not make: what `resources/*.yaml` declares and the pieces they name."""
    joined: Template = {}
    for path in sorted(RESOURCES.glob("*.yaml")):
        merge(joined, yaml.safe_load(path.read_text("utf-8")))
    queues = joined.pop("Queues")
    for name, told in queues.items():
        merge(joined["Resources"], components.queue(name, told["seconds"]))
        merge(joined["Resources"], components.consumer(name))
    merge(joined["Resources"], components.relay())
    for name in components.FUNCTIONS:
        merge(joined["Resources"], components.function(name, _environment(name, queues)))
    for layer, function in (("analytics", "Nights"), ("pictures", "Evidence"), ("mail", "Mail")):
        merge(joined["Resources"], components.layer(layer, function))
    definition = {"DefinitionBody": {"x-amazon-apigateway-gateway-responses": gateway_responses.responses()}}
    merge(joined["Resources"]["RestAPI"], {"Properties": definition})
    merge(joined["Resources"], glue_columns.columns())
    merge(joined["Resources"], alarms(queues))
    merge(joined["Resources"], dashboard(queues))
    return joined


def merge(into: Template, other: Template) -> None:
    """Merge deeply; a value that stands in both is an error, for it would silently win or lose."""
    for key, value in other.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            merge(into[key], value)
        elif key in into and into[key] != value:
            raise ValueError(f"{key!r} is declared twice: {into[key]!r} and {value!r}")
        else:
            into[key] = value


def _environment(name: str, queues: Template) -> Template:
    """What a function is told. Only those that need a thing hear of it."""
    told: Template = {
        "CARE_TABLE": components.ref("CareTable"),
        "STAGE": components.ref("Stage"),
        "PARAMETERS": {"Fn::Sub": "/aftercare/${AWS::StackName}"},
        "POWERTOOLS_SERVICE_NAME": "aftercare",
        "POWERTOOLS_LOG_LEVEL": "INFO",
        "PYTHONTZPATH": "",
    }
    if name in ("Relay", "Sweeper"):
        told |= {
            f"QUEUE_{one['env']}": components.ref(f"{queue}Queue")
            for queue, one in queues.items()
            if queue not in OUTSIDE
        }
    if name in components.OPENS_PERSONAL:
        told |= {"KEYS_TABLE": components.ref("KeysTable"), "MASTER_KEY": components.attribute("MasterKey")}
    if name in queues:
        told["QUEUE_OWN"] = components.ref(f"{name}Queue")
    for names, more in _NEEDS:
        told |= more if name in names else {}
    return told


def _api_url() -> Template:
    local = {"Fn::Sub": "${LocalEndpoint}/restapis/${RestAPI}/api/_user_request_"}
    public = {"Fn::Sub": "https://${RestAPI}.execute-api.${AWS::Region}.${AWS::URLSuffix}/api"}
    return {"Fn::If": ["IsLocal", local, public]}


_NEEDS: tuple[tuple[tuple[str, ...], Template], ...] = (
    (("Surveys", "Notices"), {"CONFIGURATION_SET": components.ref("MailConfiguration"), "API_URL": _api_url()}),
    (("Surveys", "Notices", "Mail", "Intake"), {"INBOUND_DOMAIN": components.ref("InboundDomain")}),
    (("Nights",), {"LAKE_BUCKET": components.ref("LakeBucket")}),
    (("APIHandler", "Intake", "Notices", "Evidence", "Mail"), {"EVIDENCE_BUCKET": components.ref("EvidenceBucket")}),
    (("APIHandler",), {"USER_POOL": components.ref("StaffPool")}),
)
"""What only some functions hear of."""
