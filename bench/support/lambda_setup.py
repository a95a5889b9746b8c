"""What a Lambda function needs to run in a bench: a stub of DynamoDB with a shop in it."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import msgspec
from botocore.config import Config

from bench.support.requests import SHOP, TABLE, calendar
from chalicelib.domain.shops.shop import Shop
from infra.paths import ROOT


@contextmanager
def run_stub() -> Iterator[str]:
    """Run a stub of DynamoDB with one shop in a process of its own. Gives its address."""
    with run_stub_process() as (url, _):
        yield url


@contextmanager
def run_stub_process() -> Iterator[tuple[str, int]]:
    """Run the stub. Gives its address and its process id."""
    child = subprocess.Popen([sys.executable, "-m", "bench.support.stub"], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert child.stdout is not None
        url = f"http://127.0.0.1:{int(child.stdout.readline())}"
        for item in shop_items():
            dynamodb(url).put_item(TableName=TABLE, Item=item)
        yield url, child.pid
    finally:
        child.terminate()
        child.wait()


def dynamodb(url: str) -> Any:
    """A client for the stub at this address."""
    return boto3.client(
        "dynamodb",
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id="bench",
        aws_secret_access_key="bench",
        config=Config(retries={"total_max_attempts": 1}),
    )


def shop_items() -> list[dict[str, Any]]:
    """The items of a shop and its calendar."""
    shop = Shop(
        id=SHOP,
        name="Lantern & Loom",
        time_zone="Asia/Shanghai",
        locale="zh-CN",
        mail_from="care@example.com",
        calendar="CN",
    )
    values = {("S", "shop"): shop, ("K#CN#000001", "value"): calendar()}
    return [
        {"pk": {"S": f"SHOP#{SHOP}"}, "sk": {"S": sort_key}, name: {"S": msgspec.json.encode(value).decode()}}
        for (sort_key, name), value in values.items()
    ]
