"""What customers and agents do in the stories on the packaged stack."""

import json
import re
import urllib.parse
import uuid
from typing import Any

from infra.local.signatures import platform_signature
from infra.local.stack import Answer
from infra.local.waiting import NotYet
from tests.support.cloud.world import World
from tests.support.paths import ROOT


def form(world: World, path: str, **fields: Any) -> Answer:
    """Send a form as a browser does."""
    body = urllib.parse.urlencode(fields, doseq=True).encode()
    return world.stack.request("POST", path, body, headers={"Content-Type": "application/x-www-form-urlencoded"})


def link_to(world: World, address: str, kind: str, place: int = -1) -> str:
    """The path of the newest link of that kind mailed to the address."""

    def look() -> str | None:
        links = [
            match[0] for mail in world.stack.mails(address) if (match := re.search(rf"http\S+{kind}\S+", mail["text"]))
        ]
        return links[place] if links else None

    link: str = world.eventually(look, f"the link {kind} mailed to {address}")
    return link.removeprefix(world.stack.api)


def own_page(world: World, external_id: str = "web-1") -> str:
    """The path of the customer's page of a case."""
    return link_to(world, f"{world.shop}-{external_id}@example.net", "/p/")


def act(world: World, page: str, name: str, **fields: str) -> Answer:
    """Press a button on the customer's page."""
    shown = world.stack.request("GET", page).body
    version = re.search(r'name="version" value="(\d+)"', shown)
    assert version is not None, shown
    return form(world, f"{page}/{name}", version=version[1], **fields)


SHOE = {"sku": "SHOE-42", "title": "跑鞋", "quantity": 1, "price": {"amount": "499.00", "currency": "CNY"}}
ORDER = {"external_id": "O-1", "items": [SHOE], "total": {"amount": "499.00", "currency": "CNY"}}


def ask_back(world: World, external_id: str, kind: str = "return", **claim: Any) -> str:
    """A customer asks for a return, a refund or another flow; the id of the case."""
    return world.ask(external_id, type=kind, order=ORDER, claim={"reason": "size_too_small", **claim})


def move(world: World, case: str, name: str, **fields: Any) -> dict[str, Any]:
    """An agent moves a flow; the flow afterwards."""
    answer = world.post(f"/v1/cases/{case}/flow/{name}", fields)
    assert answer.status == 200, answer
    flow: dict[str, Any] = answer.body["flow"]
    return flow


def comes_to(world: World, case: str, state: str) -> dict[str, Any]:
    """The flow of a case, as soon as it is in that state."""

    def flow() -> dict[str, Any] | NotYet:
        shown: dict[str, Any] = world.case(case)["flow"]
        return shown if shown["state"] == state else NotYet(shown["state"])

    reached: dict[str, Any] = world.eventually(flow, f"the flow's state {state}")
    return reached


FIXTURES = ROOT / "tests" / "fixtures"


def shopify(world: World, name: str, changes: dict[str, str]) -> Answer:
    """A fixture with other ids in it, signed and sent as Shopify does it."""
    text = (FIXTURES / "shopify" / f"{name}.json").read_text("utf-8")
    for old, new in changes.items():
        text = text.replace(old, new)
    secret = world.stack.secret(world.shop, "shopify")
    headers = {
        "Content-Type": "application/json",
        "X-Shopify-Topic": name.removesuffix("-without-lines").replace("-", "/", 1),
        "X-Shopify-Hmac-Sha256": platform_signature(secret, text.encode()),
        "X-Shopify-Webhook-Id": uuid.uuid4().hex,
    }
    answer = world.stack.request("POST", f"/v1/hooks/{world.shop}/shopify", text.encode(), headers=headers)
    assert answer.status == 202, answer
    return answer


def everything(world: World) -> str:
    """All that is stored: the table, its stream, the buckets, the logs, the queues' dead letters."""
    stack = world.stack
    pages = stack.client("dynamodb").get_paginator("scan").paginate(TableName=stack.outputs["TableName"])
    rows = [item for page in pages for item in page["Items"]]
    rows += _stream(world) + _objects(world) + _logs(world)
    assert len(rows) > 100
    return json.dumps(rows, ensure_ascii=False, default=_readable)


def _readable(raw: Any) -> str:
    return raw.decode("utf-8", "replace") if isinstance(raw, bytes) else str(raw)


def _stream(world: World) -> list[Any]:
    table = world.stack.client("dynamodb").describe_table(TableName=world.stack.outputs["TableName"])["Table"]
    streams = world.stack.client("dynamodbstreams")
    (shard, *_) = streams.describe_stream(StreamArn=table["LatestStreamArn"])["StreamDescription"]["Shards"]
    iterator = streams.get_shard_iterator(
        StreamArn=table["LatestStreamArn"], ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    rows: list[Any] = []
    for _ in range(50):
        page = streams.get_records(ShardIterator=iterator, Limit=1000)
        rows += [record["dynamodb"] for record in page["Records"]]
        iterator = page.get("NextShardIterator")
        if not page["Records"] or iterator is None:
            break
    return rows


def _objects(world: World) -> list[Any]:
    s3, rows = world.stack.client("s3"), []
    for bucket in s3.list_buckets()["Buckets"]:
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket["Name"]):
            rows += [
                (file["Key"], s3.get_object(Bucket=bucket["Name"], Key=file["Key"])["Body"].read())
                for file in page.get("Contents", ())
            ]
    return rows


def _logs(world: World) -> list[Any]:
    logs, rows = world.stack.client("logs"), []
    for group in logs.describe_log_groups()["logGroups"]:
        for page in logs.get_paginator("filter_log_events").paginate(logGroupName=group["logGroupName"]):
            rows += [event["message"] for event in page["events"]]
    return rows
