"""The adapters on moto: the table as the template declares it, in this process."""

from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from moto import mock_aws

from chalicelib.adapters.aws import clients as aws
from chalicelib.bootstrap import AwsServices
from chalicelib.settings import settings
from chalicelib.usecases.shops.manage_shop import put_shop
from infra.paths import RESOURCES
from tests.fakes import SHOP
from tests.support.moto import quick
from tests.support.moto.cloud import client
from tests.support.moto.sender import requests_go_to_moto

TABLE = "care"
QUEUES = ("INTAKE", "CLOCKS", "SURVEYS", "NOTICES", "DELIVERIES", "METRICS")


def pytest_configure() -> None:
    """Before the first test."""
    quick.prepare()


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An empty cloud with the table, the queues, a bucket, a pool and a verified sender."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "CARE_TABLE": TABLE,
        "STAGE": "test",
        "PARAMETERS": "/aftercare/test",
        "LAKE_BUCKET": "lake",
        "API_URL": "https://api.example.com",
        "KEYS_TABLE": "keys",
        "EVIDENCE_BUCKET": "evidence",
    }.items():
        monkeypatch.setenv(name, value)
    with mock_aws(), requests_go_to_moto():
        _clear_caches()
        client("dynamodb").create_table(TableName=TABLE, **_declared_table("table", "CareTable"))
        client("dynamodb").create_table(TableName="keys", **_declared_table("privacy", "KeysTable"))
        monkeypatch.setenv("MASTER_KEY", client("kms").create_key()["KeyMetadata"]["Arn"])
        for bucket in ("lake", "evidence"):
            client("s3").create_bucket(Bucket=bucket)
        client("sesv2").create_email_identity(EmailIdentity="example.com")
        for name in QUEUES:
            monkeypatch.setenv(f"QUEUE_{name}", client("sqs").create_queue(QueueName=name.lower())["QueueUrl"])
        yield
    _clear_caches()


def _clear_caches() -> None:
    settings.cache_clear()
    aws.client.cache_clear()


def _declared_table(file: str, name: str) -> dict[str, Any]:
    declared = yaml.safe_load((RESOURCES / f"{file}.yaml").read_text("utf-8"))["Resources"][name]["Properties"]
    wanted = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode")
    return {name: declared[name] for name in wanted if name in declared}


@pytest.fixture(params=["own", "botocore"])
def either_client(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Runs a test twice: with our own AWS client, and with botocore called for everything."""
    monkeypatch.setenv("AWS_CLIENT", str(request.param))
    return str(request.param)


@pytest.fixture
def services(cloud: None, monkeypatch: pytest.MonkeyPatch) -> AwsServices:
    """The services on AWS, with the shop `demo` in them."""
    from chalicelib.domain.shops.shop import ShopIn

    made = AwsServices()
    monkeypatch.setattr(
        "chalicelib.adapters.notifications.ses.SesMailer.is_verified", lambda _, address: "@example.com" in address
    )
    shop = ShopIn(name=SHOP.name, time_zone=SHOP.time_zone, locale="zh-CN", mail_from=SHOP.mail_from, calendar="CN")
    put_shop(made, SHOP.id, shop)
    return made
