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
    with mock_aws():
        _clear_caches()
        aws.client("dynamodb").create_table(TableName=TABLE, **_declared_table("table", "CareTable"))
        aws.client("dynamodb").create_table(TableName="keys", **_declared_table("privacy", "KeysTable"))
        monkeypatch.setenv("MASTER_KEY", aws.client("kms").create_key()["KeyMetadata"]["Arn"])
        for bucket in ("lake", "evidence"):
            aws.client("s3").create_bucket(Bucket=bucket)
        aws.client("sesv2").create_email_identity(EmailIdentity="example.com")
        for name in QUEUES:
            monkeypatch.setenv(f"QUEUE_{name}", aws.client("sqs").create_queue(QueueName=name.lower())["QueueUrl"])
        yield
    _clear_caches()


def _clear_caches() -> None:
    settings.cache_clear()
    aws.client.cache_clear()
    aws._session.cache_clear()


def _declared_table(file: str, name: str) -> dict[str, Any]:
    declared = yaml.safe_load((RESOURCES / f"{file}.yaml").read_text("utf-8"))["Resources"][name]["Properties"]
    wanted = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode")
    return {name: declared[name] for name in wanted if name in declared}


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
