"""Send recorded traffic through the API: signed, several at once, with a progress bar; wait until it is processed."""

import json
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from infra.local.cloud import Cloud, client
from infra.local.stack import Answer, Stack
from infra.local.waiting import NotYet, wait_until
from infra.progress import Show, bar

AT_ONCE = 8
TRIES = 5
QUIET_SECONDS = 2.0
"""For how long a queue must be empty and no function run: until then the stream may hold what will be in the queue."""


@dataclass(frozen=True)
class Delivery:
    """One webhook to be sent."""

    id: str
    type: str
    data: dict[str, Any]


@dataclass
class Ledger:
    """How the API answered the deliveries, by status, and how long sending them took."""

    answers: Counter[int] = field(default_factory=Counter)
    seconds: float = 0


def send_all(stack: Stack, shop: str, deliveries: Sequence[Delivery], show: Show, at_once: int = AT_ONCE) -> Ledger:
    """Send all deliveries, so many at once. SystemExit when the API refuses one, for recorded traffic is valid."""
    secret = stack.secret(shop, "standard")
    ledger, started = Ledger(), time.monotonic()
    with ThreadPoolExecutor(at_once) as pool:
        answers = pool.map(lambda delivery: send_one(stack, shop, secret, delivery), deliveries)
        for delivery, answer in zip(deliveries, answers, strict=True):
            if answer.status not in (200, 202):
                raise SystemExit(f"The API refused {delivery.id} ({delivery.type}): {answer.status} {answer.body}")
            ledger.answers[answer.status] += 1
            show(f"{ledger.answers.total()} of {len(deliveries)} sent")
    ledger.seconds = time.monotonic() - started
    return ledger


def send_one(stack: Stack, shop: str, secret: str, delivery: Delivery) -> Answer:
    """The answer to one webhook; errors of the server are retried."""
    for attempt in range(TRIES):
        answer = stack.hook(shop, delivery.type, delivery.data, secret, delivery.id)
        if answer.status < 500:
            break
        time.sleep(0.2 * 2**attempt)
    return answer


def wait_for_intake(stack: Stack, title: str = "Waiting for the queues") -> None:
    """Wait until the intake's queue stays empty. SystemExit when nothing moves, or messages are dead letters."""
    with bar() as progress:
        task, most = progress.add_task(title, total=None), 1

        def look() -> bool | NotYet:
            nonlocal most
            waiting = backlog(stack, "Intake")
            most = max(most, waiting)
            progress.update(task, total=most, completed=most - waiting)
            quiet = waiting == 0 and time.time() - stack.cloud.log.stat().st_mtime > QUIET_SECONDS
            return quiet or NotYet(f"{waiting} messages")

        wait_until(look, "an empty queue of the intake", stack.cloud.log)
    dead = backlog(stack, "Intake", "DeadLetters")
    if dead:
        raise SystemExit(
            f"{dead} messages of the intake are dead letters; see .local/cloud.log. "
            "To try them again: python -m infra.redrive Intake"
        )


def backlog(stack: Stack, queue: str, kind: str = "Queue") -> int:
    """How many messages a queue of the stack holds: waiting, delayed or being worked on."""
    url = queue_url(stack, f"{queue}{kind}")
    attributes = stack.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    names = (
        "ApproximateNumberOfMessages",
        "ApproximateNumberOfMessagesNotVisible",
        "ApproximateNumberOfMessagesDelayed",
    )
    return sum(int(attributes.get(name, 0)) for name in names)


def queue_url(stack: Stack, logical_id: str) -> str:
    """The URL of one of the stack's queues, by its logical id."""
    return _queue_url(stack.cloud, stack.name, logical_id)


@cache
def _queue_url(cloud: Cloud, name: str, logical_id: str) -> str:
    resource = client(cloud, "cloudformation").describe_stack_resource(StackName=name, LogicalResourceId=logical_id)
    return str(resource["StackResourceDetail"]["PhysicalResourceId"])


def compute_day(stack: Stack, shop: str, day: str, show: Show = lambda _: None) -> str | None:
    """Have the metrics of a day computed and wait for them; the key of its report in the data lake, if it has one."""
    answer = stack.request("POST", "/v1/metrics/run", {"shop": shop, "day": day}, stack.token("admin"))
    if answer.status != 202:
        raise SystemExit(f"The metrics of {day} were refused: {answer.status} {json.dumps(answer.body)}")
    key = {"pk": {"S": f"NIGHT#{shop}"}, "sk": {"S": answer.body["run"]}}
    table, dynamodb = stack.outputs["TableName"], stack.client("dynamodb")

    def look() -> dict[str, Any] | NotYet:
        run: dict[str, Any] = dynamodb.get_item(TableName=table, Key=key, ConsistentRead=True).get("Item", {})
        if run.get("state", {}).get("S") == "done":
            return run
        computed = _computed_days(stack, shop)
        show(f"the metrics of {day}; days computed so far: {computed}")
        return NotYet((computed, run))

    report = str(wait_until(look, f"the metrics of {day}", stack.cloud.log)["report"]["S"])
    _wait_for_insights(stack, shop, answer.body["run"])
    return None if report == "-" else report


def _wait_for_insights(stack: Stack, shop: str, run: str) -> None:
    """Wait until the feedback of the shop is understood, which the run of its metrics has requested."""
    key = {"pk": {"S": f"LEARN#{shop}"}, "sk": {"S": run}}
    table, dynamodb = stack.outputs["TableName"], stack.client("dynamodb")

    def look() -> bool | NotYet:
        item: dict[str, Any] = dynamodb.get_item(TableName=table, Key=key, ConsistentRead=True).get("Item", {})
        return item.get("state", {}).get("S") == "done" or NotYet(stack.cloud.log)

    wait_until(look, "the insights", stack.cloud.log)


def _computed_days(stack: Stack, shop: str) -> int:
    """How many days of a shop have their metrics."""
    pages = stack.client("dynamodb").get_paginator("query")
    values = {":shop": {"S": f"METRIC#{shop}"}}
    counted = pages.paginate(
        TableName=stack.outputs["TableName"],
        KeyConditionExpression="pk = :shop",
        ExpressionAttributeValues=values,
        Select="COUNT",
    )
    return sum(page["Count"] for page in counted)


def fetch_report(stack: Stack, key: str) -> str:
    """Copy a report out of the data lake to `.local/reports`; its path."""
    body = stack.client("s3").get_object(Bucket=stack.outputs["LakeBucketName"], Key=key)["Body"].read()
    path = stack.cloud.folder / key
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
    return str(path)
