"""An empty cloud on moto for the whole application: tables as the template declares them, queues, buckets, a sender.

Its master key is the same in every process, so that one process can decrypt what another one recorded."""

import hashlib
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from typing import Any
from unittest.mock import patch

import boto3
import time_machine
from botocore.client import BaseClient
from moto import mock_aws
from moto.kms.models import kms_backends
from moto.ses.models import ses_backends

from infra.deploy.template.extras import extras
from tests.support.moto import quick
from tests.support.moto.sender import requests_go_to_moto

Json = dict[str, Any]
TABLES = {"care": "CareTable", "keys": "KeysTable"}
QUEUES = {
    "INTAKE": "intake",
    "CLOCKS": "clocks",
    "SURVEYS": "surveys",
    "NOTICES": "notices",
    "DELIVERIES": "deliveries",
    "ROUTING": "routing",
    "SEARCH": "search",
    "LIVE": "live",
    "METRICS": "nights",
    "INSIGHTS": "insights",
}
"""The functions behind the queues, by the names of the queues in the environment."""
ACCOUNT, REGION = "123456789012", "us-east-1"
MASTER_KEY = "5b1d0c8e-4a3f-4c1e-9d55-0a2b6f7e8c90"
MASTER_MATERIAL = hashlib.sha256(b"the master key of the recorded table").digest()
"""Always the same master key, so that one process can decrypt what another one encrypted."""
LAKE, EVIDENCE, INBOUND, API = "lake", "evidence", "in.example.com", "https://care.example"
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": REGION,
    "AWS_REGION": REGION,
    "CARE_TABLE": "care",
    "KEYS_TABLE": "keys",
    "STAGE": "local",
    "PARAMETERS": "/aftercare/recorded",
    "LAKE_BUCKET": LAKE,
    "EVIDENCE_BUCKET": EVIDENCE,
    "API_URL": API,
    "INBOUND_DOMAIN": INBOUND,
    "CONFIGURATION_SET": "recorded",
    "POWERTOOLS_LOG_LEVEL": "CRITICAL",
    "POWERTOOLS_SERVICE_NAME": "aftercare",
    "POWERTOOLS_METRICS_DISABLED": "true",
    "PYTHONTZPATH": "",
    "AWS_EC2_METADATA_DISABLED": "true",
}
DECLARED = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode")
STREAM = {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}


@cache
def client(service: str) -> Any:
    """A client of the cloud, made once: making it takes longer than most of its calls."""
    return boto3.client(service)


@contextmanager
def empty_cloud(start: float) -> Iterator[tuple[Any, list[Json]]]:
    """The cloud at that instant (seconds since 1970), its clock, and the list of emails handed to SES."""
    quick.prepare()
    with ExitStack() as stack:
        stack.enter_context(patch.dict(os.environ, ENVIRONMENT))
        clock = stack.enter_context(time_machine.travel(start, tick=False))
        stack.enter_context(patch("time.sleep", lambda seconds: clock.shift(seconds)))
        stack.enter_context(mock_aws())
        stack.enter_context(requests_go_to_moto())
        sent: list[Json] = []
        stack.enter_context(patch.object(BaseClient, "_make_api_call", _noting(sent)))
        stack.callback(client.cache_clear)
        _furnish()
        _clear_caches()
        stack.callback(_clear_caches)
        yield clock, sent


def _noting(sent: list[Json]) -> Callable[..., Any]:
    """The call of botocore's clients; emails are noted with the id they got."""
    call = BaseClient._make_api_call

    def noting(self: Any, operation: str, asked: Json) -> Any:
        if operation == "CreateGroup":  # a right of the user pool, which moto does not have here
            return {}
        answer = call(self, operation, asked)
        if operation == "SendEmail":
            sent.append(asked | {"id": answer["MessageId"]})
        return answer

    return noting


def _clear_caches() -> None:
    """Clear every cache of the project, so that nothing of another cloud stays in this process."""
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == "chalicelib":
            for one in list(vars(module).values()):
                if hasattr(one, "cache_clear"):
                    one.cache_clear()


def _furnish() -> None:
    """Tables, master key, queues, buckets and a verified sender."""
    declared = extras()["Resources"]
    for table, logical in TABLES.items():
        properties = {key: value for key, value in declared[logical]["Properties"].items() if key in DECLARED}
        stream = {"StreamSpecification": STREAM} if table == "care" else {}
        client("dynamodb").create_table(TableName=table, **properties, **stream)
    os.environ["MASTER_KEY"] = _master_key()
    for name in QUEUES:
        os.environ[f"QUEUE_{name}"] = client("sqs").create_queue(QueueName=name)["QueueUrl"]
    os.environ["QUEUE_OWN"] = os.environ["QUEUE_INTAKE"]
    for bucket in (LAKE, EVIDENCE):
        client("s3").create_bucket(Bucket=bucket)
    client("sesv2").create_email_identity(EmailIdentity="care@example.com")
    for identity in ses_backends[ACCOUNT][REGION].email_identities.values():
        identity.verified_for_sending_status = True
    os.environ["USER_POOL"] = "staff"
    pool = {"client": "desk", "login": f"{API}/login", "api": API, "issuer": f"{API}/pool"}
    client("ssm").put_parameter(Name=f"{ENVIRONMENT['PARAMETERS']}/desk", Value=json.dumps(pool), Type="String")


def _master_key() -> str:
    """The address of a key that is the same in every process."""
    made = client("kms").create_key()["KeyMetadata"]["KeyId"]
    backend = kms_backends[ACCOUNT][REGION]
    key = backend.keys.pop(made)
    key.id, key.key_material = MASTER_KEY, MASTER_MATERIAL
    key.arn = key.arn.replace(made, MASTER_KEY)
    backend.keys[MASTER_KEY] = key
    return str(key.arn)
