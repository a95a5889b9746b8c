"""A person in every channel there is: known as one, seen with all of it, and forgotten everywhere."""

import json
import uuid
from pathlib import Path
from typing import Any

from infra.local.signatures import platform_signature
from infra.local.stack import HTTP, Answer
from tests.e2e.test_customer_stories import link_to
from tests.e2e.world import World, eventually, problem

FIXTURES = Path(__file__).parents[1] / "fixtures"
Json = dict[str, Any]


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


class Person:
    """Somebody whose name, address and words are found nowhere else."""

    def __init__(self, world: World) -> None:
        mark = uuid.uuid4().hex[:8]
        self.world, self.name, self.email = world, f"芳{mark}", f"fang-{mark}@example.net"
        self.phone, self.words, self.platform_id = f"+86138{int(mark, 16) % 10**8:08d}", f"漏水{mark}", int(mark, 16)
        self.external_id = f"member-{mark}"
        self.traces = (self.name, mark, self.email, self.phone, self.words, self.external_id)

    def writes_everywhere(self) -> list[str]:
        """By the shop's frontend, the platform, the help page, a review, an event before its case; the cases."""
        world = self.world
        who = {"external_id": self.external_id, "name": self.name, "email": self.email, "phone": self.phone}
        first = world.ask("web", type="return", customer=who, message=self.words, subject=self.words)
        world.hook("message.received", {"case_external_id": "later", "author": "customer", "message": self.words})
        later = world.ask("later", customer=who)
        changes = {
            "ines@example.org": self.email,
            "+351912345678": self.phone,
            "7000000000001": str(self.platform_id),
            "Inês": self.name,
            "A lâmpada faz fumo": self.words,
        }
        shopify(world, "orders-create", changes)
        shopify(world, "returns-request", changes)
        platform = str(world.case_of("shopify/return/9100000000001")["id"])
        review = {"external_id": "rev", "score": 1, "text": self.words, "customer": who}
        assert world.hook("review.created", review).status == 202
        reviewed = str(world.case_of("rev")["id"])
        world.post(f"/v1/cases/{first}/messages", {"body": f"亲爱的{self.name}"})
        world.post(f"/v1/cases/{first}/tasks", {"department": "quality", "title": f"致电 {self.phone}"})
        form = f"order={'O-1'}&contact={self.email.replace('@', '%40')}".encode()
        world.stack.request(
            "POST", f"/help/{world.shop}", form, headers={"Content-Type": "application/x-www-form-urlencoded"}
        )
        link_to(world, self.email, "/help/")
        return [first, later, platform, reviewed]


def everything(world: World) -> str:
    """All that is stored: the table, its stream, the buckets, the logs, the queues' dead letters."""
    stack = world.stack
    pages = stack.client("dynamodb").get_paginator("scan").paginate(TableName=stack.outputs["TableName"])
    found = [item for page in pages for item in page["Items"]]
    found += _stream(world) + _objects(world) + _logs(world)
    assert len(found) > 100
    return json.dumps(found, ensure_ascii=False, default=_readable)


def _readable(raw: Any) -> str:
    return raw.decode("utf-8", "replace") if isinstance(raw, bytes) else str(raw)


def _stream(world: World) -> list[Any]:
    table = world.stack.client("dynamodb").describe_table(TableName=world.stack.outputs["TableName"])["Table"]
    streams = world.stack.client("dynamodbstreams")
    (shard, *_) = streams.describe_stream(StreamArn=table["LatestStreamArn"])["StreamDescription"]["Shards"]
    at = streams.get_shard_iterator(
        StreamArn=table["LatestStreamArn"], ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    found: list[Any] = []
    for _ in range(50):
        page = streams.get_records(ShardIterator=at, Limit=1000)
        found += [record["dynamodb"] for record in page["Records"]]
        at = page.get("NextShardIterator")
        if not page["Records"] or at is None:
            break
    return found


def _objects(world: World) -> list[Any]:
    s3, found = world.stack.client("s3"), []
    for bucket in s3.list_buckets()["Buckets"]:
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket["Name"]):
            found += [
                (one["Key"], s3.get_object(Bucket=bucket["Name"], Key=one["Key"])["Body"].read())
                for one in page.get("Contents", ())
            ]
    return found


def _logs(world: World) -> list[Any]:
    logs, found = world.stack.client("logs"), []
    for group in logs.describe_log_groups()["logGroups"]:
        for page in logs.get_paginator("filter_log_events").paginate(logGroupName=group["logGroupName"]):
            found += [event["message"] for event in page["events"]]
    return found


def fetched(world: World, link: str) -> str:
    """What a person's link leads to."""
    answer = world.stack.request("GET", link)
    assert answer.status == 303, answer
    file = HTTP.request("GET", answer.headers["location"])
    assert file.status == 200, file.data
    return file.data.decode()


def test_a_person_in_every_channel_is_one_is_seen_whole_and_is_forgotten_everywhere(world: World) -> None:
    person = Person(world)
    cases = person.writes_everywhere()
    customer = world.case(cases[0])["customer"]["id"]

    def linked() -> Any:
        told = world.get(f"/v1/customers/{customer}").body
        return told if {one["source"] for one in told["records"]} >= {"standard", "shopify"} else None

    profile = eventually(linked, "the platform's record merged into the shop's own")
    assert (profile["name"], profile["email"], profile["merged_into"]) == (person.name, person.email, None)
    assert {case["id"] for case in profile["cases"]} >= set(cases)
    assert [order["number"] for order in profile["orders"]] == ["1042"]
    found = world.get(f"/v1/customers?shop={world.shop}&email={person.email.upper().replace('@', '%40')}").body["items"]
    assert [one["id"] for one in found] == [customer]
    read = world.get(f"/v1/customers/{customer}/accesses").body["items"]
    assert {one["what"] for one in read} >= {"profile", "case", "search"}

    stored = everything(world)
    assert customer in stored
    assert [trace for trace in person.traces if trace in stored] == []

    assert world.post(f"/v1/customers/{customer}/export", {}).status == 202
    link = link_to(world, person.email, "/x/")
    held = fetched(world, link)
    assert person.words in held
    assert {case["id"] for case in json.loads(held)["cases"]} >= set(cases)

    problem(world.stack.request("DELETE", f"/v1/customers/{customer}", token=world.agent), 403)
    receipt = world.stack.request("DELETE", f"/v1/customers/{customer}", token=world.admin)
    assert receipt.status == 200, receipt
    assert receipt.body["records"] >= 2
    assert receipt.body["cases"] >= len(cases)

    for case in cases:
        left = world.case(case)
        shown = json.dumps([left, world.events(case)], ensure_ascii=False)
        assert left["number"]
        assert [trace for trace in person.traces if trace in shown] == []
    after = world.get(f"/v1/customers/{customer}").body
    assert after["erased_at"] is not None
    assert [trace for trace in person.traces if trace in json.dumps(after, ensure_ascii=False)] == []
    gone = world.get(f"/v1/customers?shop={world.shop}&email={person.email.replace('@', '%40')}").body["items"]
    assert gone == []
    assert world.stack.request("GET", link).status == 410
    assert [event["type"] for event in world.get(f"/v1/customers/{customer}/events").body["items"]][-1] == "erased"


def test_the_platforms_own_word_forgets_a_person_too(world: World) -> None:
    mark = uuid.uuid4().int % 10**12
    changes = {"7000000000001": str(mark), "ines@example.org": f"ines-{mark}@example.org"}
    shopify(world, "orders-create", changes)
    path = f"/v1/customers?shop={world.shop}&external_id=shopify/{mark}"
    (known,) = eventually(lambda: world.get(path).body["items"], "the buyer")
    assert known["name"] == "Inês Duarte"
    shopify(world, "customers-redact", changes)
    eventually(lambda: world.get(f"/v1/customers/{known['id']}").body["erased_at"], "the erasure")


def test_another_shops_people_do_not_exist_for_an_agent(world: World) -> None:
    other = World.new(world.stack)
    case = other.ask("theirs")
    customer = other.case(case)["customer"]["id"]
    problem(world.get(f"/v1/customers/{customer}"), 404)
    problem(world.post(f"/v1/customers/{customer}/merge", {"customer": customer}), 404)
    problem(world.get(f"/v1/customers?shop={other.shop}&email=a%40example.net"), 404)
