"""The desk on moto, in this process: its functions, the relay's stream, its queues and its clock, driven by hand."""

import base64
import os
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import boto3
import time_machine
from moto import mock_aws

from bench import prices
from bench.ground import furniture
from bench.meter import Meter
from bench.prices import Item
from bench.requests import ENVIRONMENT, KEYS, SHOP, TABLE, Context
from infra.deploy.template.extras import extras

MINUTE_MS = 60_000
KEPT = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode")
QUEUES = {"INTAKE": "intake", "CLOCKS": "clocks", "SURVEYS": "surveys_due", "NOTICES": "notices", "METRICS": "nights"}
Event = dict[str, Any]


class World:
    """Made once a process. `start` is the present it begins with."""

    def __init__(self, start: float) -> None:
        os.environ.update(ENVIRONMENT, CONFIGURATION_SET="bench", API_URL="https://care.example")
        self.clock = time_machine.travel(start, tick=False)
        self.now = self.clock.start()
        mock_aws().start()
        self.table = self._table()
        os.environ["MASTER_KEY"] = boto3.client("kms").create_key()["KeyMetadata"]["Arn"]
        for name in QUEUES:
            os.environ[f"QUEUE_{name}"] = boto3.client("sqs").create_queue(QueueName=name)["QueueUrl"]
        boto3.client("sesv2").create_email_identity(EmailIdentity="care@example.com")
        self._open_shop()

    def _table(self) -> Any:
        told = extras()["Resources"]["CareTable"]["Properties"]
        client = boto3.client("dynamodb")
        client.create_table(TableName=TABLE, **{name: told[name] for name in KEPT})
        keys = extras()["Resources"]["KeysTable"]["Properties"]
        client.create_table(TableName=KEYS, **{name: keys[name] for name in KEPT if name in keys})
        for item in furniture():
            client.put_item(TableName=TABLE, Item=item)
        indexes = {
            one["IndexName"]: tuple(key["AttributeName"] for key in one["KeySchema"])
            for one in told["GlobalSecondaryIndexes"]
        }
        self.meter = Meter(self._look, indexes)
        return client

    def _look(self, table: str, key: Item) -> Item | None:
        found: Item | None = self.table.get_item(TableName=table, Key=key).get("Item")
        return found

    def _open_shop(self) -> None:
        import app
        from chalicelib.adapters.aws import clients as aws
        from chalicelib.bootstrap import services
        from chalicelib.usecases.shops.manage_sources import new_secrets

        self.app, self.services = app, services()
        self.services.secrets.make_webhook_secrets(SHOP, new_secrets())
        secrets = self.services.secrets.hook_secrets(SHOP)
        self.secret = base64.b64decode((secrets.standard if secrets else "").removeprefix("whsec_"))
        session: Any = aws._session()
        self.meter.listen(getattr(session, "_session", session))
        self.waiting: list[tuple[int, str, Event]] = []
        self.timers: list[tuple[int, Item]] = []
        self.invoked: Counter[tuple[str, str]] = Counter()
        self.seconds: Counter[str] = Counter()

    def milliseconds(self) -> int:
        """The present as the desk has it."""
        return time.time_ns() // 1_000_000

    def call(self, name: str, do: Callable[[], Any]) -> Any:
        """An invocation of a function; its duration is assumed from the calls it makes."""
        before = self.meter.calls.total()
        answer = do()
        self.invoked[self.meter.step, name] += 1
        seconds = prices.OWN_SECONDS + prices.CALL_SECONDS * (self.meter.calls.total() - before)
        self.seconds[self.meter.step] += seconds * prices.GB_OF.get(name, 0.5)  # type: ignore[assignment]
        return answer

    def ask(self, step: str, event: Event, status: int) -> Any:
        """A request to the API, and everything that follows of it now."""
        self.meter.step = step
        answer = self.call("api", lambda: self.app.app(event, Context()))
        if answer["statusCode"] != status:
            raise SystemExit(f"{step}: {answer}")
        self.meter.calls[step, "apigateway", "request"] += 1
        self.settle()
        return answer

    def settle(self) -> None:
        """Relay what was inserted and let the workers have what is due."""
        while self.meter.inserted or self.meter.sent or self._due():
            self._relay()
            for url, entry in self.meter.sent:
                at = self.milliseconds() + 1000 * int(entry.get("DelaySeconds", 0))
                self.waiting.append((at, url, entry))
            self.meter.sent.clear()
            for message in self._due():
                self.waiting.remove(message)
                self._deliver(message)

    def _due(self) -> list[tuple[int, str, Event]]:
        return sorted((one for one in self.waiting if one[0] <= self.milliseconds()), key=lambda one: one[0])

    def _relay(self) -> None:
        """The stream wakes the relay for inserts that name a queue, and for nothing else."""
        new, self.meter.inserted = self.meter.inserted, []
        far = [item for item in new if item["pk"]["S"].startswith("DUE#") and "relay" not in item]
        self.timers += [(int(item["sk"]["S"].partition("#")[0]), item) for item in far]
        named = [{"eventName": "INSERT", "dynamodb": {"NewImage": item}} for item in new if "relay" in item]
        if named:
            self.call("relay", lambda: self.app.relay({"Records": named}, Context()))

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

    def until(self, at: int) -> None:
        """Let time pass; alarms that were set ring on the way. Sweeping is counted by itself, sending is the case's."""
        while due := sorted((one for one in self.timers if one[0] <= at), key=lambda one: one[0]):
            rings, item = due[0]
            self.timers.remove(due[0])
            self.meter.step = f"alarm: {item['sk']['S'].split('#')[1]}"
            self.now.move_to((rings - MINUTE_MS) / 1000)
            self.sweep(rings)
            self.now.move_to(rings / 1000)
            self.settle()
        self.now.move_to(at / 1000)
        self.settle()

    def sweep(self, rings: int) -> None:
        """Sweep the minute of an alarm. What is read there all cases share, so it is no case's own."""
        from chalicelib.adapters.timers.timer_table import TimerTable

        minute = rings // MINUTE_MS * MINUTE_MS
        table: TimerTable = self.services.timers
        before = self.meter.read[self.meter.step], self.meter.calls[self.meter.step, "dynamodb", "Query"]
        table.hand_over(minute, minute + MINUTE_MS, self.milliseconds())
        self.meter.read[self.meter.step], self.meter.calls[self.meter.step, "dynamodb", "Query"] = before
