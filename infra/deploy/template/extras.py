"""Join the YAML files and components into the one template that `chalice package` merges into its own."""

from typing import Any

import yaml

from infra.deploy.layers import LAYERS
from infra.deploy.template import components, gateway_responses, glue_columns
from infra.deploy.template.alarms import alarms
from infra.deploy.template.dashboard import dashboard
from infra.deploy.template.desk import api_url, desk
from infra.paths import RESOURCES

Template = dict[str, Any]
WRITTEN_BY_AWS = ("Evidence", "Mail")
"""Queues that no function sends to: S3 writes to one, SES to the other."""


def extras() -> Template:
    """Everything Chalice does not make: what `resources/*.yaml` declares and the components they name."""
    joined: Template = {}
    for path in sorted(RESOURCES.glob("*.yaml")):
        merge(joined, yaml.safe_load(path.read_text("utf-8")))
    queues = joined.pop("Queues")
    for resources in _resources(queues):
        merge(joined["Resources"], resources)
    return joined


def _resources(queues: Template) -> list[components.Resources]:
    definition = {"DefinitionBody": {"x-amazon-apigateway-gateway-responses": gateway_responses.responses()}}
    return [
        *(components.queue(name, each["seconds"]) for name, each in queues.items()),
        *(components.consumer(name) for name in queues),
        components.relay(),
        *(components.function(name, _environment(name, queues)) for name in components.FUNCTIONS),
        *(components.layer(layer, function) for layer, function in LAYERS.items()),
        {"RestAPI": {"Properties": definition}},
        desk(),
        glue_columns.columns(),
        alarms(queues),
        dashboard(queues),
    ]


def merge(into: Template, other: Template) -> None:
    """Merge deeply; a value that stands in both is an error, for one of the two would be lost."""
    for key, value in other.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            merge(into[key], value)
        elif key in into and into[key] != value:
            raise ValueError(f"{key!r} is declared twice: {into[key]!r} and {value!r}")
        else:
            into[key] = value


def _environment(name: str, queues: Template) -> Template:
    """The environment of a function: only what that function needs."""
    environment: Template = {
        "CARE_TABLE": components.ref("CareTable"),
        "STAGE": components.ref("Stage"),
        "PARAMETERS": {"Fn::Sub": "/aftercare/${AWS::StackName}"},
        "POWERTOOLS_SERVICE_NAME": "aftercare",
        "POWERTOOLS_LOG_LEVEL": "INFO",
        "PYTHONTZPATH": "",
        "AWS_CLIENT": components.ref("AwsClient"),
    }
    if name in ("Relay", "Sweeper"):
        environment |= _queue_urls(queues)
    if name in components.OPENS_PERSONAL:
        environment |= {"KEYS_TABLE": components.ref("KeysTable"), "MASTER_KEY": components.attribute("MasterKey")}
    if name in queues:
        environment["QUEUE_OWN"] = components.ref(f"{name}Queue")
    for functions, variables in _NEEDS:
        environment |= variables if name in functions else {}
    return environment


def _queue_urls(queues: Template) -> Template:
    sent_to = {name: each for name, each in queues.items() if name not in WRITTEN_BY_AWS}
    return {f"QUEUE_{each['env']}": components.ref(f"{name}Queue") for name, each in sent_to.items()}


def _live_url() -> Template:
    """The address of the API of sockets; `ws` stands where this has `http`."""
    local = {"Fn::Sub": "${LocalEndpoint}/_aws/execute-api/${WebsocketAPI}/api"}
    public = {"Fn::Sub": "https://${WebsocketAPI}.execute-api.${AWS::Region}.${AWS::URLSuffix}/api"}
    return {"Fn::If": ["IsLocal", local, public]}


_NEEDS: tuple[tuple[tuple[str, ...], Template], ...] = (
    (("Surveys", "Notices"), {"CONFIGURATION_SET": components.ref("MailConfiguration"), "API_URL": api_url()}),
    (("Surveys", "Notices", "Mail", "Intake"), {"INBOUND_DOMAIN": components.ref("InboundDomain")}),
    (("Nights", "Insights", "APIHandler"), {"LAKE_BUCKET": components.ref("LakeBucket")}),
    (("APIHandler", "Intake", "Notices", "Evidence", "Mail"), {"EVIDENCE_BUCKET": components.ref("EvidenceBucket")}),
    (("APIHandler",), {"LIVE_URL": _live_url()}),
    (
        ("Live", "WebsocketMessage", "WebsocketDisconnect"),
        {"AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI": _live_url()},
    ),
    (("APIHandler",), {"USER_POOL": components.ref("StaffPool")}),
    (("Insights",), {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}),  # more threads wait for each other
)
"""Variables that only some functions have."""
