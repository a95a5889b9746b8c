"""Send recorded traffic through the front door: signed, side by side, with a progress bar and a ledger."""

import json
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from infra.local.stack import Stack
from infra.progress import bar, console

AT_ONCE = 8
SETTLE_SECONDS = 600


@dataclass(frozen=True)
class Delivery:
    """One webhook to be sent."""

    id: str
    type: str
    data: dict[str, Any]


@dataclass
class Ledger:
    """What became of the deliveries; what was not sent, and why."""

    answers: Counter[int] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    seconds: float = 0


def send(stack: Stack, shop: str, deliveries: Sequence[Delivery], title: str) -> Ledger:
    """Send all deliveries; SystemExit when the API refuses one, for recorded traffic is good."""
    secret = stack.secret(shop, "standard")
    ledger, began = Ledger(), time.monotonic()
    with bar() as progress, ThreadPoolExecutor(AT_ONCE) as pool:
        task = progress.add_task(title, total=len(deliveries))
        for delivery, answer in pool.map(lambda one: (one, sent(stack, shop, secret, one)), deliveries):
            if answer.status not in (200, 202):
                raise SystemExit(f"The API refused {delivery.id} ({delivery.type}): {answer.status} {answer.body}")
            ledger.answers[answer.status] += 1
            progress.advance(task)
    ledger.seconds = time.monotonic() - began
    return ledger


def sent(stack: Stack, shop: str, secret: str, delivery: Delivery) -> Any:
    """The answer to one webhook; what is the API's own trouble is tried five times."""
    for attempt in range(5):
        answer = stack.hook(shop, delivery.type, delivery.data, secret, delivery.id)
        if answer.status < 500:
            break
        time.sleep(0.2 * 2**attempt)
    return answer


def settle(stack: Stack, title: str = "Waiting for the queues") -> None:
    """Wait until the intake has nothing left to do; SystemExit when messages die instead."""
    with bar() as progress:
        task = progress.add_task(title, total=None)
        end, quiet, most = time.monotonic() + SETTLE_SECONDS, 0, 0
        while quiet < 4:
            waiting = backlog(stack, "Intake")
            most = max(most, waiting)
            progress.update(task, total=max(most, 1), completed=most - waiting if waiting else max(most, 1))
            quiet = 0 if waiting else quiet + 1
            if time.monotonic() > end:
                raise SystemExit(f"{waiting} messages still wait after {SETTLE_SECONDS} s; see .local/cloud.log")
            time.sleep(0.5)
    dead = backlog(stack, "Intake", "DeadLetters")
    if dead:
        raise SystemExit(
            f"{dead} messages died in the intake; see .local/cloud.log, then: python -m infra.redrive Intake"
        )


def backlog(stack: Stack, queue: str, kind: str = "Queue") -> int:
    """How many messages a queue of the stack holds: waiting, delayed or in work."""
    sqs = stack.client("sqs")
    url = queue_url(stack, f"{queue}{kind}")
    told = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    names = (
        "ApproximateNumberOfMessages",
        "ApproximateNumberOfMessagesNotVisible",
        "ApproximateNumberOfMessagesDelayed",
    )
    return sum(int(told.get(name, 0)) for name in names)


def queue_url(stack: Stack, logical: str) -> str:
    """The URL of one of the stack's queues, by its logical id."""
    found = stack.client("cloudformation").describe_stack_resource(StackName=stack.name, LogicalResourceId=logical)
    return str(found["StackResourceDetail"]["PhysicalResourceId"])


def night(stack: Stack, shop: str, day: str, title: str = "") -> str | None:
    """Have a day computed and wait for it; the key of its report in the lake."""
    asked = stack.request("POST", "/v1/metrics/run", {"shop": shop, "day": day}, stack.token("admin"))
    if asked.status != 202:
        raise SystemExit(f"The night of {day} was refused: {asked.status} {json.dumps(asked.body)}")
    table, run = stack.outputs["TableName"], asked.body["run"]
    key = {"pk": {"S": f"NIGHT#{shop}"}, "sk": {"S": run}}
    end = time.monotonic() + SETTLE_SECONDS
    with console.status(title or f"Computing {day}"):
        while time.monotonic() < end:
            found = stack.client("dynamodb").get_item(TableName=table, Key=key, ConsistentRead=True).get("Item", {})
            if found.get("state", {}).get("S") == "done":
                report = found["report"]["S"]
                return None if report == "-" else str(report)
            time.sleep(0.25)
    raise SystemExit(f"The night of {day} was not computed within {SETTLE_SECONDS} s; see .local/cloud.log")


def fetch_report(stack: Stack, key: str) -> str:
    """Copy a report out of the lake to `.local/reports`; its path."""
    body = stack.client("s3").get_object(Bucket=stack.outputs["LakeBucketName"], Key=key)["Body"].read()
    path = stack.cloud.folder / key
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
    return str(path)
