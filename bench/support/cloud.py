"""A local stack for load tests: the one that runs already, or one that the bench starts and stops."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from chalicelib.domain.cases.codecs import json_of
from infra.local import cloud
from infra.local.stack import Stack, find
from infra.local.up import up
from infra.paths import BUILD

PORT = "4800"
SHOP_BODY = {
    "name": "Bench",
    "time_zone": "Asia/Shanghai",
    "locale": "en",
    "mail_from": "care@example.com",
    "calendar": "CN",
}
POLICY = {
    "survey": {"delay_seconds": 2, "contact_budget_days": 14, "expires_days": 14},
    "after_sales": {"auto_approve": [{"name": "all"}]},
}


@contextmanager
def running() -> Iterator[Stack]:
    """The stack of `make run` if it is up, or else a stack of its own."""
    try:
        stack = find()
    except SystemExit:
        with own() as stack:
            yield stack
        return
    yield stack


@contextmanager
def own() -> Iterator[Stack]:
    """A new local cloud with the packaged stack, deleted afterwards."""
    folder: Path = BUILD / "bench-cloud"
    shutil.rmtree(folder, ignore_errors=True)
    os.environ["CLOUD_PORT"] = os.environ.get("CLOUD_PORT", PORT)
    try:
        yield up(folder)
    finally:
        cloud.stop(folder)
        shutil.rmtree(folder, ignore_errors=True)


def open_shop(stack: Stack, shop: str) -> str:
    """Create a shop whose surveys are sent after two seconds. Returns its webhook secret."""
    admin = stack.token("admin")
    for path, body in ((f"/v1/shops/{shop}", SHOP_BODY), (f"/v1/shops/{shop}/policy", POLICY)):
        answer = stack.request("PUT", path, body, admin)
        if answer.status != 200:
            raise SystemExit(f"the shop was refused: {answer.status} {answer.body}")
    return stack.secret(shop, "standard")


def items(stack: Stack) -> list[dict[str, Any]]:
    """Every item of the table, by a scan. Only the ledgers of the load tests use it."""
    pages = stack.client("dynamodb").get_paginator("scan").paginate(TableName=stack.outputs["TableName"])
    return [item for page in pages for item in page["Items"]]


def state_of(item: dict[str, Any]) -> str:
    """The state of an item, as text. That of a long case is stored compressed."""
    text = json_of(next(iter(item["state"].values())))
    return text if isinstance(text, str) else text.decode()
