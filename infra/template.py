"""Join the YAML files and pieces into the one template that `chalice package` merges into its own."""

from typing import Any

import yaml

from infra import catalog, pieces, refusals
from infra.alarms import alarms
from infra.dashboard import dashboard
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
        merge(joined["Resources"], pieces.queue(name, told["seconds"]))
        merge(joined["Resources"], pieces.consumer(name))
    merge(joined["Resources"], pieces.relay())
    for name in pieces.FUNCTIONS:
        merge(joined["Resources"], pieces.function(name, _environment(name, queues)))
    for layer, function in (("analytics", "Nights"), ("pictures", "Evidence"), ("mail", "Mail")):
        merge(joined["Resources"], pieces.layer(layer, function))
    definition = {"DefinitionBody": {"x-amazon-apigateway-gateway-responses": refusals.responses()}}
    merge(joined["Resources"]["RestAPI"], {"Properties": definition})
    merge(joined["Resources"], catalog.columns())
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
        "CARE_TABLE": pieces.ref("CareTable"),
        "STAGE": pieces.ref("Stage"),
        "PARAMETERS": {"Fn::Sub": "/aftercare/${AWS::StackName}"},
        "POWERTOOLS_SERVICE_NAME": "aftercare",
        "POWERTOOLS_LOG_LEVEL": "INFO",
        "PYTHONTZPATH": "",
    }
    if name in ("Relay", "Sweeper"):
        told |= {
            f"QUEUE_{one['env']}": pieces.ref(f"{queue}Queue") for queue, one in queues.items() if queue not in OUTSIDE
        }
    if name in pieces.OPENS_PERSONAL:
        told |= {"KEYS_TABLE": pieces.ref("KeysTable"), "MASTER_KEY": pieces.attribute("MasterKey")}
    if name in queues:
        told["QUEUE_OWN"] = pieces.ref(f"{name}Queue")
    for names, more in _NEEDS:
        told |= more if name in names else {}
    return told


def _api_url() -> Template:
    local = {"Fn::Sub": "${LocalEndpoint}/restapis/${RestAPI}/api/_user_request_"}
    public = {"Fn::Sub": "https://${RestAPI}.execute-api.${AWS::Region}.${AWS::URLSuffix}/api"}
    return {"Fn::If": ["IsLocal", local, public]}


_NEEDS: tuple[tuple[tuple[str, ...], Template], ...] = (
    (("Surveys", "Notices"), {"CONFIGURATION_SET": pieces.ref("MailConfiguration"), "API_URL": _api_url()}),
    (("Surveys", "Notices", "Mail"), {"INBOUND_DOMAIN": pieces.ref("InboundDomain")}),
    (("Nights",), {"LAKE_BUCKET": pieces.ref("LakeBucket")}),
    (("APIHandler", "Intake", "Notices", "Evidence", "Mail"), {"EVIDENCE_BUCKET": pieces.ref("EvidenceBucket")}),
    (("APIHandler",), {"USER_POOL": pieces.ref("StaffPool")}),
)
"""What only some functions hear of."""
