"""A member of staff at the desk, without a browser: requests as API Gateway sends them, and the answers."""

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode, urlsplit

from chalicelib.bootstrap import services
from chalicelib.domain.desk.session import Session
from chalicelib.settings import settings

API = "https://api.example.com"
DESK = f"{API}/desk"
ISSUER = "https://cognito-idp.us-east-1.amazonaws.com/staff"
CONFIGURATION = {"client": "agents-desk", "login": "https://login.example", "api": API, "issuer": ISSUER}


@dataclass(frozen=True)
class DeskAnswer:
    """What the desk answered."""

    status: int
    text: str
    headers: Mapping[str, list[str]]

    @property
    def location(self) -> str:
        """Where it redirects to."""
        return self.headers["location"][0]

    def hidden(self, name: str) -> str:
        """The value of the page's first hidden field with this name."""
        match = re.search(rf'name="{name}" value="([^"]*)"', self.text)
        assert match, f"the page has no field {name!r}"
        return unescape(match[1])


def configure_desk() -> None:
    """Write what the template writes: how staff sign in."""
    from tests.support.moto.cloud import client

    name = f"{settings().parameters}/desk"
    client("ssm").put_parameter(Name=name, Value=json.dumps(CONFIGURATION), Type="String", Overwrite=True)


@dataclass
class Visitor:
    """Sends requests with the cookies it got, as a browser does. `origin`: the site whose page sends its forms."""

    language: str = "en"
    origin: str | None = f"{urlsplit(API).scheme}://{urlsplit(API).netloc}"
    cookies: dict[str, str] = field(default_factory=dict)

    @classmethod
    def signed_in(cls, user: str = "mei", groups: tuple[str, ...] = ("agent", "shop:demo"), **more: Any) -> "Visitor":
        """Somebody with a session, as if they had signed in just now. `browser`: another one of theirs."""
        from chalicelib.usecases.desk import sign_in

        token = f"token-of-{user}{more.pop('browser', '')}"
        visitor, now = cls(**more), services().now()
        session = Session(
            id=sign_in._digest(token),
            user=user,
            groups=groups,
            refresh_token=f"refresh-{user}",
            started_at=now,
            renewed_at=now,
        )
        services().sessions.start(session)
        visitor.cookies["__Host-desk"] = sign_in._signer(services(), "session").dumps([user, token])
        return visitor

    def get(self, path: str = "", /, **query: str) -> DeskAnswer:
        """Open a page, by its path below `/desk`."""
        return self._send("GET", path, query, None, {})

    def post(self, path: str, form: Mapping[str, Any] | None = None, /, **headers: str) -> DeskAnswer:
        """Send a form with the token of a page that is open."""
        fields = {"form_token": self.form_token, **(form or {})}
        return self._send("POST", path, {}, urlencode(fields, doseq=True), headers)

    @property
    def form_token(self) -> str:
        """What the forms of this session carry."""
        from chalicelib.usecases.desk import sign_in

        cookie = self.cookies.get("__Host-desk", "")
        session = sign_in.find_session(services(), cookie) if cookie else None
        return sign_in.form_token(services(), session) if session else ""

    def _send(
        self, method: str, path: str, query: Mapping[str, str], body: str | None, headers: Mapping[str, str]
    ) -> DeskAnswer:
        from app import app

        sent = {"accept-language": self.language, "host": urlsplit(API).netloc} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        if self.cookies:
            sent["cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if method == "POST":
            sent.setdefault("content-type", "application/x-www-form-urlencoded")
            if self.origin is not None:
                sent.setdefault("origin", self.origin)
        answer = app(event_of(method, path, query, body, sent), SimpleNamespace())
        return self._taken(answer)

    def _taken(self, answer: Mapping[str, Any]) -> DeskAnswer:
        """The answer, with its cookies stored."""
        several: dict[str, list[str]] = {}
        for name, value in (answer.get("headers") or {}).items():
            several[name.lower()] = [value]
        for name, values in (answer.get("multiValueHeaders") or {}).items():
            several.setdefault(name.lower(), []).extend(values)
        for cookie in several.get("set-cookie", []):
            name, _, rest = cookie.partition("=")
            value, _, attributes = rest.partition(";")
            if "Max-Age=0" in attributes:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value
        body = answer["body"]
        text = base64.b64decode(body).decode() if answer.get("isBase64Encoded") else body
        return DeskAnswer(answer["statusCode"], text, several)


def event_of(
    method: str, path: str, query: Mapping[str, str], body: str | None, headers: Mapping[str, str]
) -> dict[str, Any]:
    """A request to the desk as API Gateway gives it to the function."""
    resource = "/desk/{proxy+}" if path else "/desk"
    return {
        "httpMethod": method,
        "resource": resource,
        "path": f"/desk/{path}".rstrip("/"),
        "headers": dict(headers),
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": dict(query) or None,
        "multiValueQueryStringParameters": {name: [value] for name, value in query.items()} or None,
        "pathParameters": {"proxy": path} if path else None,
        "stageVariables": None,
        "requestContext": {
            "resourcePath": resource,
            "httpMethod": method,
            "path": f"/api/desk/{path}".rstrip("/"),
            "requestId": "request",
            "identity": {"sourceIp": "203.0.113.9"},
        },
        "body": body,
        "isBase64Encoded": False,
    }
