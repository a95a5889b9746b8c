"""The whole application on moto, in this process: its functions, stream, queues, bucket and clock, driven by hand.

It answers as `infra.local.stack.Stack` does, so the sample shop's stories can be played on it. Time stands still
until somebody sleeps or `advance` is called; all follow-ups of a request are done before it is answered."""

import base64
import hashlib
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from moto.dynamodb.models import dynamodb_backends
from moto.sqs.models import sqs_backends

from tests.support.moto.cloud import ACCOUNT, API, ENVIRONMENT, EVIDENCE, QUEUES, REGION, Json, client, empty_cloud
from tests.support.moto.http_events import Context, as_json, request_event, signed

MINUTE_MS = 60_000


@dataclass
class Answer:
    """An HTTP answer."""

    status: int
    body: Any
    headers: dict[str, str]


@dataclass
class MotoStack:
    """The running application. Made by `running`."""

    clock: Any
    app: Any
    sent: list[Json] = field(default_factory=list)
    """The emails that were handed to SES."""
    calls: list[str] = field(default_factory=list)
    """The functions that were invoked, in order."""
    around: Callable[[str, Callable[[], Any]], Any] = lambda _, do: do()
    """Wraps each invocation; it gets the function's name."""
    api: str = API
    step_seconds: int = 0
    """The seconds from one request to the next; requests then arrive at whole seconds, the precision of webhooks."""
    _relayed: int = 0

    def now(self) -> int:
        """The present in milliseconds since 1970."""
        return time.time_ns() // 1_000_000

    def invoke(self, function: str, event: Json) -> Any:
        """Call one of the functions of the template by its name there."""
        self.calls.append(function)
        handler = self.app if function == "api" else self.app.handler_map[function]
        return self.around(function, lambda: handler(event, Context()))

    def token(self, role: str, shop: str | None = None, name: str | None = None) -> str:
        """The token of a user with that role, in that shop's group."""
        groups = " ".join([role] + ([f"shop:{shop}"] if shop and role != "admin" else []))
        return f"{name or role}|{groups}"

    def secret(self, shop: str, source: str) -> str:
        """A shop's webhook secret."""
        name = f"{ENVIRONMENT['PARAMETERS']}/shops/{shop}/hooks"
        stored = client("ssm").get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"]
        return str(json.loads(stored)[source])

    def request(
        self, method: str, path: str, body: Any = None, token: str | None = None, headers: dict[str, str] | None = None
    ) -> Answer:
        """Send a request to the API, and run all its follow-ups."""
        answer = self.ask(method, path, body, token, headers)
        self.settle()
        return answer

    def ask(
        self, method: str, path: str, body: Any = None, token: str | None = None, headers: dict[str, str] | None = None
    ) -> Answer:
        """Send a request to the API; its follow-ups are left to `settle`."""
        if self.step_seconds:
            self.clock.move_to(int(time.time()) + self.step_seconds)
        text = body.decode() if isinstance(body, bytes) else None if body is None else as_json(body)
        event = request_event(self.app.routes, method, path, text, token, headers or {})
        answer = self.invoke("api", event)
        named = {key.lower(): str(value) for key, value in answer["headers"].items()}
        said = answer["body"]
        is_json = "json" in named.get("content-type", "") and isinstance(said, str) and said
        return Answer(answer["statusCode"], json.loads(said) if is_json else said, named)

    def hook(self, shop: str, kind: str, data: Json, secret: str, delivery: str, at: float | None = None) -> Answer:
        """Send a signed Standard Webhook."""
        return self.request(*signed(shop, kind, data, secret, delivery, at))

    def mails(self, to: str | None = None) -> list[Json]:
        """The emails sent so far, oldest first."""
        found = []
        for one in self.sent:
            simple, addresses = one["Content"]["Simple"], ", ".join(one["Destination"]["ToAddresses"])
            text, subject = simple["Body"]["Text"]["Data"], simple["Subject"]["Data"]
            answers = one.get("ReplyToAddresses", [None])[0]
            found.append({"to": addresses, "subject": subject, "text": text, "reply_to": answers, "id": one["id"]})
        return [mail for mail in found if to in (None, mail["to"])]

    def receive(self, raw: bytes, to: str, envelope: str | None = None, **verdicts: str) -> str:
        """An email arrives, as SES leaves it in the bucket and reports it."""
        arrived = hashlib.sha256(raw + to.encode()).hexdigest()[:32]
        client("s3").put_object(Bucket=EVIDENCE, Key=f"incoming/{arrived}", Body=raw)
        passed = {
            f"{one}Verdict": {"status": verdicts.get(one, "PASS")} for one in ("spf", "dkim", "dmarc", "spam", "virus")
        }
        action = {"type": "S3", "objectKey": f"incoming/{arrived}"}
        notice = {
            "notificationType": "Received",
            "receipt": {"recipients": [to], "action": action, **passed},
            "mail": {"messageId": arrived, "source": envelope, "destination": [to]},
        }
        self.deliver("mail", as_json(notice))
        self.settle()
        return arrived

    def deliver(self, function: str, body: str) -> None:
        """Pass one queue message to its function. RuntimeError when it fails."""
        record = {
            "body": body,
            "messageId": "1",
            "receiptHandle": "1",
            "eventSource": "aws:sqs",
            "attributes": {"ApproximateReceiveCount": "1"},
        }
        answer = self.invoke(function, {"Records": [record]})
        if answer and answer["batchItemFailures"]:
            raise RuntimeError(f"{function} failed at {body}")

    def skip_stream(self) -> None:
        """Treat everything written so far as already relayed."""
        self._relayed = len(dynamodb_backends[ACCOUNT][REGION].tables["care"].stream_shard.items)

    def settle(self) -> None:
        """Relay what was inserted, and deliver the queue messages that are due."""
        while self.relay() or self.work():
            pass

    def relay(self) -> bool:
        """Relay what was inserted since the last call; whether there was anything."""
        shard = dynamodb_backends[ACCOUNT][REGION].tables["care"].stream_shard
        new, self._relayed = shard.items[self._relayed :], len(shard.items)
        records = [one.to_json() for one in new]
        named = [one for one in records if one["eventName"] == "INSERT" and "relay" in one["dynamodb"]["NewImage"]]
        if named:
            self.invoke("relay", {"Records": json.loads(as_json([_plain(one) for one in named]))})
        return bool(named)

    def work(self) -> bool:
        """Deliver the queue message that is due first; whether there was one."""
        due = [(at, name, one) for at, name, one in self._messages() if at <= time.time()]
        if due:
            _, name, message = min(due, key=lambda each: each[0])
            sqs_backends[ACCOUNT][REGION].queues[name]._messages.remove(message)
            self.deliver(QUEUES[name], message.body)
        return bool(due)

    def _messages(self) -> Iterator[tuple[float, str, Any]]:
        for name in QUEUES:
            for one in sqs_backends[ACCOUNT][REGION].queues[name]._messages:
                yield one.delayed_until / 1000, name, one

    def advance(self, seconds: float) -> None:
        """Let time pass; timers run on the way."""
        end = self.now() + round(seconds * 1000)
        while (at := self._next()) is not None and at <= end:
            self._sweep_for(at)
            self.clock.move_to(max(at, self.now()) / 1000)
            self.settle()
        self.clock.move_to(max(end, self.now()) / 1000)
        self.settle()

    def _next(self) -> int | None:
        waiting = [round(at * 1000) for at, _, _ in self._messages()]
        return min([*self._timers(), *waiting], default=None)

    def _timers(self) -> Iterator[int]:
        """The due times, in milliseconds, of timers that no sweep has queued."""
        swept = self._swept()
        for pk, items in dynamodb_backends[ACCOUNT][REGION].tables["care"].items.items():
            if pk.value.startswith("DUE#"):
                for item in items.values():
                    at = int(item.attrs["sk"].value.partition("#")[0])
                    if "relay" not in item.attrs and at >= max(swept, self.now()):
                        yield at

    def _swept(self) -> int:
        item = client("dynamodb").get_item(TableName="care", Key=_STATE).get("Item")
        return int(item["to"]["N"]) if item else 0

    def _sweep_for(self, at: int) -> None:
        """Sweep one minute before a timer, so that the sweep covers the timer's minute."""
        start = at // MINUTE_MS * MINUTE_MS
        if self._swept() <= start and at - MINUTE_MS > self.now():
            self.clock.move_to((at - MINUTE_MS) / 1000)
        if self._swept() <= start:
            client("dynamodb").put_item(TableName="care", Item={**_STATE, "to": {"N": str(start)}})
            self.invoke("sweeper", SCHEDULED)


_STATE = {"pk": {"S": "STATE"}, "sk": {"S": "SWEEPER"}}
SCHEDULED = {
    "version": "0",
    "account": ACCOUNT,
    "region": REGION,
    "detail": {},
    "detail-type": "Scheduled Event",
    "source": "aws.events",
    "time": "2026-11-24T00:00:00Z",
    "id": "1",
    "resources": [],
}


def _plain(value: Any) -> Any:
    """A record of moto's stream without the values that JSON does not have."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items() if key != "ApproximateCreationDateTime"}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


@contextmanager
def running(start: float) -> Iterator[MotoStack]:
    """The application on an empty cloud, at that instant (seconds since 1970)."""
    with empty_cloud(start) as (clock, sent):
        import app

        yield MotoStack(clock, app.app, sent)
