"""Aftercare on moto, in this process: its functions, the relay's stream, its queues and its clock, driven by a
bench."""

import base64
import os
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import boto3
import time_machine
from moto import mock_aws

from bench.support import prices
from bench.support.lambda_setup import shop_items
from bench.support.prices import Item
from bench.support.requests import ENVIRONMENT, KEYS, SHOP, TABLE, Context
from bench.world.meter import Meter
from infra.deploy.template.extras import extras
from tests.support.moto.sender import requests_go_to_moto

MINUTE_MS = 60_000
TABLE_FIELDS = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode")
QUEUES = {
    "INTAKE": "intake",
    "CLOCKS": "clocks",
    "SURVEYS": "surveys_due",
    "NOTICES": "notices",
    "SEARCH": "indexing",
    "METRICS": "nights",
    "INSIGHTS": "insights",
    "LIVE": "live_changes",
}
LAKE = "lake"
Event = dict[str, Any]


class World:
    """Created once in a process. `start`: the time at which it begins, in seconds since 1970."""

    def __init__(self, start: float) -> None:
        os.environ.update(ENVIRONMENT, CONFIGURATION_SET="bench", LAKE_BUCKET=LAKE, API_URL="https://care.example")
        self.is_quiet = False
        """Whether more than a minute passes between two requests of the shop."""
        self.clock = time_machine.travel(start, tick=False)
        self.now = self.clock.start()
        mock_aws().start()
        self.requests = requests_go_to_moto()
        self.requests.__enter__()
        self.table = self._table()
        os.environ["MASTER_KEY"] = boto3.client("kms").create_key()["KeyMetadata"]["Arn"]
        for name in QUEUES:
            os.environ[f"QUEUE_{name}"] = boto3.client("sqs").create_queue(QueueName=name)["QueueUrl"]
        boto3.client("s3").create_bucket(Bucket=LAKE)
        boto3.client("sesv2").create_email_identity(EmailIdentity="care@example.com")
        self._open_shop()

    def _table(self) -> Any:
        table = extras()["Resources"]["CareTable"]["Properties"]
        client = boto3.client("dynamodb")
        client.create_table(TableName=TABLE, **{name: table[name] for name in TABLE_FIELDS})
        keys = extras()["Resources"]["KeysTable"]["Properties"]
        client.create_table(TableName=KEYS, **{name: keys[name] for name in TABLE_FIELDS if name in keys})
        for item in shop_items():
            client.put_item(TableName=TABLE, Item=item)
        indexes = {
            index["IndexName"]: (
                tuple(key["AttributeName"] for key in index["KeySchema"]),
                tuple(index["Projection"].get("NonKeyAttributes", ())),
            )
            for index in table["GlobalSecondaryIndexes"]
        }
        self.meter = Meter(self._look, indexes)
        return client

    def _look(self, table: str, key: Item) -> Item | None:
        item: Item | None = self.table.get_item(TableName=table, Key=key).get("Item")
        return item

    def _open_shop(self) -> None:
        import app
        from chalicelib.bootstrap import services
        from chalicelib.usecases.shops.manage_sources import new_secrets

        self.app, self.services = app, services()
        self.services.secrets.make_webhook_secrets(SHOP, new_secrets())
        secrets = self.services.secrets.hook_secrets(SHOP)
        self.secret = base64.b64decode((secrets.standard if secrets else "").removeprefix("whsec_"))
        self.meter.listen()
        self.waiting: list[tuple[int, str, Event]] = []
        self.timers: list[tuple[int, Item]] = []
        self.invoked: Counter[tuple[str, str]] = Counter()
        self.calls: Counter[tuple[str, str]] = Counter()
        self.seconds: Counter[str] = Counter()

    def counters(self) -> list[Counter[Any]]:
        """Everything that was counted."""
        meter = self.meter
        counted: list[Counter[Any]] = [meter.written, meter.written_items, meter.index_written, meter.read, meter.calls]
        return [*counted, self.invoked, self.calls, self.seconds]

    def clear_counters(self) -> None:
        """Begin to count anew."""
        for counter in self.counters():
            counter.clear()

    def milliseconds(self) -> int:
        """The current time of the application."""
        return time.time_ns() // 1_000_000

    def call(self, name: str, function: Callable[[], Any]) -> Any:
        """Count an invocation of a function. Its duration is assumed from the number of calls to AWS."""
        before = self.meter.calls.total()
        answer = function()
        calls = self.meter.calls.total() - before
        self.invoked[self.meter.step, name] += 1
        self.calls[self.meter.step, name] += calls
        seconds = prices.OWN_SECONDS + prices.CALL_SECONDS * calls
        self.seconds[self.meter.step] += seconds * prices.GB_OF.get(name, 0.5)  # type: ignore[assignment]
        return answer

    def send(self, step: str, event: Event, status: int) -> Any:
        """Send a request to the API, and run everything that is due after it."""
        self.meter.step = step
        answer = self.call("api", lambda: self.app.app(event, Context()))
        if answer["statusCode"] != status:
            raise SystemExit(f"{step}: {answer}")
        self.meter.calls[step, "apigateway", "request"] += 1
        self.settle()
        return answer

    def settle(self) -> None:
        """Run the relay for inserted items, and the workers for messages that are due, until nothing is left."""
        while self.meter.inserted or self.meter.sent or self._due():
            self._relay()
            for url, entry in self.meter.sent:
                due_at = self.milliseconds() + 1000 * int(entry.get("DelaySeconds", 0))
                self.waiting.append((due_at, url, entry))
            self.meter.sent.clear()
            for message in self._due():
                self.waiting.remove(message)
                self._deliver(message)

    def _due(self) -> list[tuple[int, str, Event]]:
        return sorted(
            (message for message in self.waiting if message[0] <= self.milliseconds()), key=lambda message: message[0]
        )

    def _relay(self) -> None:
        """The stream invokes the relay for inserted items that name a queue, and for nothing else."""
        inserted, self.meter.inserted = self.meter.inserted, []
        timers = [item for item in inserted if item["pk"]["S"].startswith("DUE#") and "relay" not in item]
        self.timers += [(int(item["sk"]["S"].partition("#")[0]), item) for item in timers]
        records = [{"eventName": "INSERT", "dynamodb": {"NewImage": item}} for item in inserted if "relay" in item]
        if records:
            self.call("relay", lambda: self.app.relay({"Records": records}, Context()))

    def _deliver(self, message: tuple[int, str, Event]) -> None:
        _, url, entry = message
        function = QUEUES[url.rpartition("/")[2]]
        record = {
            "body": entry["MessageBody"],
            "messageId": "1",
            "receiptHandle": "1",
            "eventSource": "aws:sqs",
            "attributes": {"ApproximateReceiveCount": "1"},
        }
        self.meter.calls[self.meter.step, "sqs", "ReceiveMessage"] += 1
        answer = self.call(function, lambda: getattr(self.app, function)({"Records": [record]}, Context()))
        if answer["batchItemFailures"]:
            raise SystemExit(f"{function} failed at {entry['MessageBody']}")
        self.meter.calls[self.meter.step, "sqs", "DeleteMessageBatch"] += 1

    def until(self, end: int) -> None:
        """Let time pass, and run the timers that become due. Sending due timers to the queue is counted for the
        case, the sweeper's reading is not."""
        while due := sorted((timer for timer in self.timers if timer[0] <= end), key=lambda timer: timer[0]):
            due_at, item = due[0]
            self.timers.remove(due[0])
            self.meter.step = f"timer: {item['sk']['S'].split('#')[1]}"
            self._move_to(due_at - MINUTE_MS)
            self.sweep(due_at)
            self._move_to(due_at)
            self.settle()
        self._move_to(end)
        self.settle()

    def _move_to(self, instant: int) -> None:
        """Let time pass until this instant. Functions of a quiet shop have then to read its settings again, which they
        have in memory for a minute."""
        self.now.move_to(instant / 1000)
        if self.is_quiet:
            self.services.shops._recent.clear()

    def sweep(self, due_at: int) -> None:
        """Sweep the minute in which a timer is due. All cases share this reading, so it is not counted for the case."""
        from chalicelib.adapters.timers.timer_table import TimerTable

        minute = due_at // MINUTE_MS * MINUTE_MS
        table: TimerTable = self.services.timers
        before = self.meter.read[self.meter.step], self.meter.calls[self.meter.step, "dynamodb", "Query"]
        table.hand_over(minute, minute + MINUTE_MS)
        self.meter.read[self.meter.step], self.meter.calls[self.meter.step, "dynamodb", "Query"] = before
