"""The local stack as its users see it: tokens, secrets, sent and inbound email, signed webhooks, plain requests."""

import contextlib
import json
import time
import uuid
from dataclasses import dataclass, field
from email.parser import BytesHeaderParser
from email.utils import parseaddr
from threading import BoundedSemaphore
from typing import Any

import urllib3

from chalicelib.domain.kernel.timestamps import format_instant
from infra.deploy import change_set
from infra.local.cloud import Cloud, client, running
from infra.local.signatures import signature
from infra.local.waiting import STANDSTILL_SECONDS, NotYet, Standstill, wait_until
from infra.paths import STACK_FILE

NAME = "aftercare-local"
INBOUND_DOMAIN = "in.example.com"
"""The domain whose email the local stack receives."""
HTTP = urllib3.PoolManager(maxsize=32, retries=False, timeout=STANDSTILL_SECONDS)
PASSWORD = "Local-only-4-you"  # noqa: S105 - of throw-away users in a throw-away cloud on loopback
VERDICTS = ("spf", "dkim", "dmarc", "spam", "virus")
RECEIPT_SECONDS = 20
"""How long nothing must move until a receipt is shown that still waits, for example for a later attempt."""


@dataclass
class Answer:
    """An HTTP answer."""

    status: int
    body: Any
    headers: dict[str, str]


@dataclass
class Stack:
    """The local cloud with the stack in it."""

    cloud: Cloud
    outputs: dict[str, str]
    name: str = NAME
    requests_at_once: int = 32
    _tokens: dict[tuple[str, str | None], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._doors = BoundedSemaphore(self.requests_at_once)

    @property
    def api(self) -> str:
        """The API's base URL."""
        return f"{self.cloud.endpoint}/restapis/{self.outputs['RestAPIId']}/api/_user_request_"

    def client(self, service: str) -> Any:
        """A client of one of the cloud's services."""
        return client(self.cloud, service)

    def token(self, role: str, shop: str | None = None) -> str:
        """A bearer token of a user with that role, in that shop's group."""
        if (role, shop) not in self._tokens:
            user = f"{role}-{shop or 'all'}"
            self.create_user(user, role, shop)
            self._tokens[role, shop] = self.sign_in(user)
        return self._tokens[role, shop]

    def create_user(self, user: str, role: str, shop: str | None, attributes: dict[str, str] | None = None) -> None:
        """A user with that role in that shop's group, and with the password all users here have; their email address
        counts as verified. One who is there already stays, and is put into these groups."""
        cognito, pool = self.client("cognito-idp"), self.outputs["StaffPoolId"]
        known = {**(attributes or {}), **({"email_verified": "true"} if attributes else {})}
        with contextlib.suppress(cognito.exceptions.UsernameExistsException):
            cognito.admin_create_user(
                UserPoolId=pool,
                Username=user,
                UserAttributes=[{"Name": name, "Value": value} for name, value in known.items()],
                MessageAction="SUPPRESS",
            )
        cognito.admin_set_user_password(UserPoolId=pool, Username=user, Password=PASSWORD, Permanent=True)
        for group in [role] + ([f"shop:{shop}"] if shop and role != "admin" else []):
            with contextlib.suppress(cognito.exceptions.GroupExistsException):
                cognito.create_group(UserPoolId=pool, GroupName=group)
            cognito.admin_add_user_to_group(UserPoolId=pool, Username=user, GroupName=group)

    def sign_in(self, user: str) -> str:
        """A bearer token of a user who is there."""
        if (user, "") not in self._tokens:
            self._tokens[user, ""] = self._new_token(user)
        return self._tokens[user, ""]

    def _new_token(self, user: str) -> str:
        signed_in = self.client("cognito-idp").initiate_auth(
            ClientId=self.outputs["StaffClientId"],
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": user, "PASSWORD": PASSWORD},
        )
        return str(signed_in["AuthenticationResult"]["IdToken"])

    def secret(self, shop: str, source: str) -> str:
        """A shop's webhook secret. SystemExit when there is no such shop."""
        name = f"/aftercare/{self.name}/shops/{shop}/hooks"
        ssm = self.client("ssm")
        try:
            value = ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"]
        except ssm.exceptions.ParameterNotFound:
            raise SystemExit(f"There is no shop {shop!r}; make it with PUT /v1/shops/{shop} first.") from None
        return str(json.loads(value)[source])

    def mails(self, to: str | None = None) -> list[dict[str, Any]]:
        """The emails that were sent, all or those to one address, oldest first."""
        messages = HTTP.request("GET", f"{self.cloud.endpoint}/_ministack/ses/messages").json()["messages"]
        mails = [_mail(message) for several in messages.values() for message in several]
        return sorted((mail for mail in mails if to in (None, mail["to"])), key=lambda mail: str(mail["sent_at"]))

    def receive(self, raw: bytes, to: str, envelope: str | None = None, **verdicts: str) -> str:
        """An email arrives, as SES stores it in the bucket and notifies of it; the server's id of the email. `envelope`
        is the address it would be returned to; without it the email's own `Return-Path`, or else its sender."""
        email_id = uuid.uuid4().hex
        self.client("s3").put_object(Bucket=self.outputs["EvidenceBucketName"], Key=f"incoming/{email_id}", Body=raw)
        source = _return_address(raw) if envelope is None else envelope
        notice = _received(email_id, source, to, verdicts)
        self.client("sns").publish(TopicArn=self.outputs["MailTopicArn"], Message=json.dumps(notice))
        return email_id

    def receipts_of(self, email_id: str) -> list[str]:
        """The ids of an email's receipts, as soon as the mail function has logged them."""
        logs, group = self.client("logs"), f"/aws/lambda/{NAME}-mail"

        def look() -> str | None:
            messages = (event["message"] for event in logs.filter_log_events(logGroupName=group)["events"])
            return next((message for message in messages if f'"mail":"{email_id}"' in message), None)

        receipts: list[str] = json.loads(wait_until(look, f"email {email_id} in the log", self.cloud.log))["receipts"]
        return receipts

    def receipt(self, receipt_id: str) -> Any:
        """A receipt, as soon as it is processed; as it stands when nothing moves any more."""

        def look() -> Any:
            receipt = self.request("GET", f"/v1/receipts/{receipt_id}", token=self.token("admin")).body
            return NotYet(receipt) if receipt["state"] == "stored" else receipt

        try:
            return wait_until(look, f"receipt {receipt_id}", self.cloud.log, RECEIPT_SECONDS)
        except Standstill:
            seen = look()
            return seen.seen if isinstance(seen, NotYet) else seen

    def request(
        self, method: str, path: str, body: Any = None, token: str | None = None, headers: dict[str, str] | None = None
    ) -> Answer:
        """Send a request to the API; errors are answers too."""
        data = body if isinstance(body, bytes) or body is None else json.dumps(body, ensure_ascii=False).encode()
        all_headers = {"Content-Type": "application/json", **(headers or {})}
        if token:
            all_headers["Authorization"] = f"Bearer {token}"
        with self._doors:
            answer = HTTP.request(method, self.api + path, body=data, headers=all_headers)
        return _answer(answer.status, answer.data, dict(answer.headers))

    def hook(
        self, shop: str, kind: str, data: dict[str, Any], secret: str, delivery: str, sent_at_s: float | None = None
    ) -> Answer:
        """Send a signed Standard Webhook, now or at a time of one's choice."""
        timestamp_s = int(time.time() if sent_at_s is None else sent_at_s)
        timestamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(timestamp_s))
        body = json.dumps({"type": kind, "timestamp": timestamp, "data": data}, ensure_ascii=False).encode()
        headers = signature(secret, delivery, timestamp_s, body)
        return self.request("POST", f"/v1/hooks/{shop}/standard", body, headers=headers)


def find() -> Stack:
    """The stack that `make run` deployed. SystemExit says how to get one."""
    cloud = running()
    if cloud is None or not STACK_FILE.exists():
        raise SystemExit("There is no local stack running. Start it: make run")
    return Stack(cloud, change_set.outputs(client(cloud, "cloudformation"), NAME))


def _answer(status: int, body: bytes, headers: dict[str, str]) -> Answer:
    text = body.decode("utf-8", "replace")
    lowered = {name.lower(): value for name, value in headers.items()}
    return Answer(status, json.loads(text) if "json" in lowered.get("content-type", "") and text else text, lowered)


def _mail(message: dict[str, Any]) -> dict[str, Any]:
    """An email as the local cloud keeps it."""
    return {
        "to": ", ".join(message["To"]),
        "subject": message["Subject"],
        "text": message["BodyText"],
        "html": message["BodyHtml"],
        "sent_at": format_instant(round(float(message["Timestamp"]) * 1000)),
    }


def _received(email_id: str, source: str, to: str, verdicts: dict[str, str]) -> dict[str, Any]:
    """The notification by which SES says that an email has come."""
    checks = {f"{name}Verdict": {"status": verdicts.get(name, "PASS")} for name in VERDICTS}
    action = {"type": "S3", "objectKey": f"incoming/{email_id}"}
    return {
        "notificationType": "Received",
        "receipt": {"recipients": [to], "action": action, **checks},
        "mail": {"messageId": email_id, "source": source, "destination": [to]},
    }


def _return_address(raw: bytes) -> str:
    head = BytesHeaderParser().parsebytes(raw[:100_000])
    return parseaddr(str(head.get("Return-Path") or head.get("From") or ""))[1]
