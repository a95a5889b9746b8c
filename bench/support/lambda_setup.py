"""What a Lambda function needs to run in a bench: a stub of DynamoDB, the unpacked package, and AWS's runtime."""

import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import msgspec
from botocore.config import Config

from bench.support.requests import ENVIRONMENT, SHOP, TABLE, calendar
from chalicelib.domain.shops.shop import Shop
from infra.deploy.package import package
from infra.paths import ROOT

RUNTIME = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "six.py", "urllib3")


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


def unpack_package(folder: Path) -> tuple[Path, list[str]]:
    """Package the application, unpack it to `folder/task`, and link AWS's own libraries to `folder/runtime`. Returns
    the zip file and the names of the files in it."""
    path = package("local") / "deployment.zip"
    with zipfile.ZipFile(path) as packed:
        packed.extractall(folder / "task")
        names = packed.namelist()
    (folder / "runtime").mkdir()
    site = Path(boto3.__file__).parent.parent
    for name in RUNTIME:
        (folder / "runtime" / name).symlink_to(site / name)
    return path, names


def lambda_environment(folder: Path, url: str) -> dict[str, str]:
    """The environment of a Lambda function: the import path has the package, then AWS's runtime, and nothing else."""
    path = f"{folder}/task:{folder}/runtime"
    return ENVIRONMENT | {"AWS_ENDPOINT_URL": url, "PYTHONPATH": path, "PATH": os.environ["PATH"], "HOME": str(folder)}
