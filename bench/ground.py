"""The ground benches stand on: the stub of DynamoDB, the unpacked package, the runtime AWS would add to it."""

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

from bench.requests import ENVIRONMENT, SHOP, TABLE, calendar
from chalicelib.domain.shops.shop import Shop
from infra.deploy.package import package
from infra.paths import BUILD, ROOT

RUNTIME = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "six.py", "urllib3")


@contextmanager
def stub() -> Iterator[str]:
    """A stub of DynamoDB in a process of its own, with one shop in it; its address."""
    child = subprocess.Popen([sys.executable, "-m", "bench.stub"], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert child.stdout is not None
        url = f"http://127.0.0.1:{int(child.stdout.readline())}"
        for item in furniture():
            dynamodb(url).put_item(TableName=TABLE, Item=item)
        yield url
    finally:
        child.terminate()
        child.wait()


def dynamodb(url: str) -> Any:
    """A client of the stub."""
    return boto3.client(
        "dynamodb",
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id="bench",
        aws_secret_access_key="bench",
        config=Config(retries={"total_max_attempts": 1}),
    )


def furniture() -> list[dict[str, Any]]:
    """The items of a shop and its calendar."""
    shop = Shop(
        id=SHOP,
        name="Lantern & Loom",
        time_zone="Asia/Shanghai",
        locale="zh-CN",
        mail_from="care@example.com",
        calendar="CN",
    )
    told = {("S", "shop"): shop, ("K#CN#000001", "value"): calendar()}
    return [
        {"pk": {"S": f"SHOP#{SHOP}"}, "sk": {"S": sort}, name: {"S": msgspec.json.encode(value).decode()}}
        for (sort, name), value in told.items()
    ]


def unpacked(folder: Path) -> tuple[Path, list[str]]:
    """Package the application, unpack it to `folder/task`, put AWS's own libraries beside it; zip and file names."""
    path = package("local", BUILD / "bench") / "deployment.zip"
    with zipfile.ZipFile(path) as packed:
        packed.extractall(folder / "task")
        names = packed.namelist()
    (folder / "runtime").mkdir()
    site = Path(boto3.__file__).parent.parent
    for name in RUNTIME:
        (folder / "runtime" / name).symlink_to(site / name)
    return path, names


def environment(folder: Path, url: str) -> dict[str, str]:
    """A Lambda's environment: the task first, AWS's runtime behind it, nothing of ours."""
    path = f"{folder}/task:{folder}/runtime"
    return ENVIRONMENT | {"AWS_ENDPOINT_URL": url, "PYTHONPATH": path, "PATH": os.environ["PATH"], "HOME": str(folder)}
