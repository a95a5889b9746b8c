"""The deployed local stack as its users see it: tokens, secrets, mails, signed webhooks, plain requests."""

import base64
import contextlib
import hashlib
import hmac
import json
import time
import uuid
from dataclasses import dataclass, field
from email.parser import BytesHeaderParser
from email.utils import parseaddr
from pathlib import Path
from typing import Any

import urllib3

from chalicelib.domain.instants import show
from infra.deploy import change_set
from infra.local.cloud import Cloud, client, running
from infra.paths import STACK_FILE

NAME = "aftercare-local"
INBOUND = "in.example.com"
"""The domain whose mail the local stack takes in."""
HTTP = urllib3.PoolManager(maxsize=32, retries=False, timeout=60)
PASSWORD = "Local-only-4-you"  # noqa: S105 - of throw-away users in a throw-away cloud on loopback


VERDICTS = ("spf", "dkim", "dmarc", "spam", "virus")


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
    _tokens: dict[tuple[str, str | None], str] = field(default_factory=dict)

    @property
    def api(self) -> str:
        """The API's base URL."""
        return f"{self.cloud.endpoint}/restapis/{self.outputs['RestAPIId']}/api/_user_request_"

    def client(self, service: str) -> Any:
        """A client of one of the cloud's services."""
        return client(self.cloud, service)

    def token(self, role: str, shop: str | None = None) -> str:
        """A bearer token of a user with that role, in that shop's group."""
        known = self._tokens.get((role, shop))
        if known is None:
            known = self._tokens[role, shop] = self._new_token(role, shop)
        return known

    def _new_token(self, role: str, shop: str | None) -> str:
        cognito, pool = self.client("cognito-idp"), self.outputs["StaffPoolId"]
        user = f"{role}-{shop or 'all'}"
        groups = [role] + ([f"shop:{shop}"] if shop and role != "admin" else [])
        with contextlib.suppress(cognito.exceptions.UsernameExistsException):
            cognito.admin_create_user(UserPoolId=pool, Username=user, MessageAction="SUPPRESS")
        cognito.admin_set_user_password(UserPoolId=pool, Username=user, Password=PASSWORD, Permanent=True)
        for group in groups:
            with contextlib.suppress(cognito.exceptions.GroupExistsException):
                cognito.create_group(UserPoolId=pool, GroupName=group)
            cognito.admin_add_user_to_group(UserPoolId=pool, Username=user, GroupName=group)
        told = cognito.initiate_auth(
            ClientId=self.outputs["StaffClientId"], AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": user, "PASSWORD": PASSWORD},
        )  # fmt: skip
        return str(told["AuthenticationResult"]["IdToken"])

    def secret(self, shop: str, source: str) -> str:
        """A shop's webhook secret."""
        name = f"/aftercare/{self.name}/shops/{shop}/hooks"
        ssm = self.client("ssm")
        try:
            value = ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"]
        except ssm.exceptions.ParameterNotFound:
            raise SystemExit(f"There is no shop {shop!r}; make it with PUT /v1/shops/{shop} first.") from None
        return str(json.loads(value)[source])

    def mails(self, to: str | None = None) -> list[dict[str, Any]]:
        """The mails sent so far, oldest first."""
        told = HTTP.request("GET", f"{self.cloud.endpoint}/_ministack/ses/messages").json()
        found = [mail for mails in told["messages"].values() for mail in mails]
        shown = [
            {
                "to": ", ".join(mail["To"]), "subject": mail["Subject"], "text": mail["BodyText"],
                "html": mail["BodyHtml"], "sent_at": show(round(float(mail["Timestamp"]) * 1000)),
            }
            for mail in found
        ]  # fmt: skip
        return sorted((mail for mail in shown if to in (None, mail["to"])), key=lambda mail: str(mail["sent_at"]))

    def receive(self, raw: bytes, to: str, envelope: str | None = None, **verdicts: str) -> str:
        """A mail arrives, as SES leaves it in the bucket and tells of it; the server's id of it. `envelope` is whom it
        would be given back to; the mail says so itself by `Return-Path`, or else it is its sender."""
        arrived = uuid.uuid4().hex
        self.client("s3").put_object(Bucket=self.outputs["EvidenceBucketName"], Key=f"incoming/{arrived}", Body=raw)
        passed = {f"{one}Verdict": {"status": verdicts.get(one, "PASS")} for one in VERDICTS}
        action = {"type": "S3", "objectKey": f"incoming/{arrived}"}
        notice = {
            "notificationType": "Received", "receipt": {"recipients": [to], "action": action, **passed},
            "mail": {
                "messageId": arrived, "source": _giver(raw) if envelope is None else envelope, "destination": [to],
            },
        }  # fmt: skip
        self.client("sns").publish(TopicArn=self.outputs["MailTopicArn"], Message=json.dumps(notice))
        return arrived

    def receipts_of(self, arrived: str, seconds: float = 20) -> list[str]:
        """The ids of a mail's receipts, as the mail function logs them; none within that time for a mail to nobody."""
        group, until = f"/aws/lambda/{NAME}-mail", time.monotonic() + seconds
        while time.monotonic() < until:
            for event in self.client("logs").filter_log_events(logGroupName=group)["events"]:
                if f'"mail":"{arrived}"' in event["message"]:
                    found: list[str] = json.loads(event["message"])["receipts"]
                    return found
            time.sleep(0.3)
        return []

    def receipt(self, identifier: str, seconds: float = 20) -> Any:
        """A receipt, once it was worked on."""
        until = time.monotonic() + seconds
        while True:
            found = self.request("GET", f"/v1/receipts/{identifier}", token=self.token("admin")).body
            if found["state"] != "stored" or time.monotonic() > until:
                return found
            time.sleep(0.3)

    def request(
        self, method: str, path: str, body: Any = None, token: str | None = None, headers: dict[str, str] | None = None
    ) -> Answer:
        """Send a request to the API; errors are answers too."""
        data = body if isinstance(body, bytes) or body is None else json.dumps(body, ensure_ascii=False).encode()
        sent = {"Content-Type": "application/json", **(headers or {})}
        if token:
            sent["Authorization"] = f"Bearer {token}"
        answer = HTTP.request(method, self.api + path, body=data, headers=sent)
        return _answer(answer.status, answer.data, dict(answer.headers))

    def hook(
        self, shop: str, kind: str, data: dict[str, Any], secret: str, delivery: str, at: float | None = None
    ) -> Answer:
        """Send a signed Standard Webhook."""
        stamp = int(time.time() if at is None else at)
        timestamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(stamp))
        body = json.dumps({"type": kind, "timestamp": timestamp, "data": data}, ensure_ascii=False).encode()
        return self.request(
            "POST", f"/v1/hooks/{shop}/standard", body, headers=signature(secret, delivery, stamp, body)
        )


class Deployed(Stack):
    """A stack in an AWS account, reached with the credentials of the environment."""

    @property
    def api(self) -> str:
        """The API's base URL."""
        return self.outputs["EndpointURL"].rstrip("/")

    def client(self, service: str) -> Any:
        """A client of one of AWS's services."""
        import boto3

        return boto3.client(service)


def deployed(stage: str) -> Deployed:
    """The stack of a stage in the account of the environment's credentials."""
    import boto3

    name = f"aftercare-{stage}"
    nowhere = Cloud(port=0, pid=0, folder=Path())
    return Deployed(nowhere, change_set.outputs(boto3.client("cloudformation"), name), name)


def signature(secret: str, delivery: str, stamp: int, body: bytes) -> dict[str, str]:
    """The headers of a Standard Webhooks delivery."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = hmac.new(key, f"{delivery}.{stamp}.".encode() + body, hashlib.sha256).digest()
    return {
        "webhook-id": delivery, "webhook-timestamp": str(stamp),
        "webhook-signature": "v1," + base64.b64encode(signed).decode(),
    }  # fmt: skip


def platform_signature(secret: str, body: bytes) -> str:
    """A body as Shopify and WooCommerce sign it: HMAC-SHA256 in base64."""
    return base64.b64encode(hmac.digest(secret.encode(), body, hashlib.sha256)).decode()


def _answer(status: int, body: bytes, headers: dict[str, str]) -> Answer:
    text = body.decode("utf-8", "replace")
    named = {name.lower(): value for name, value in headers.items()}
    return Answer(status, json.loads(text) if "json" in named.get("content-type", "") and text else text, named)


def find() -> Stack:
    """The stack that `make run` deployed. SystemExit says how to get one."""
    cloud = running()
    if cloud is None or not STACK_FILE.exists():
        raise SystemExit("There is no local stack running. Start it: make run")
    return Stack(cloud, change_set.outputs(client(cloud, "cloudformation"), NAME))


def _giver(raw: bytes) -> str:
    head = BytesHeaderParser().parsebytes(raw[:100_000])
    return parseaddr(str(head.get("Return-Path") or head.get("From") or ""))[1]
