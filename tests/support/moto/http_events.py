"""Requests to the API as API Gateway hands them to the function, and webhooks as a shop signs them."""

import base64
import hmac
import json
import time
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

Json = dict[str, Any]
Signed = tuple[str, str, bytes, None, dict[str, str]]


class Context:
    """The context that Lambda passes to a function."""

    function_name = "aftercare"
    memory_limit_in_mb = 1024
    aws_request_id = "recorded"


def as_json(value: Any) -> str:
    """JSON whose text is readable, in every script."""
    return json.dumps(value, ensure_ascii=False)


def request_event(
    routes: Json, method: str, path: str, body: str | None, token: str | None, headers: dict[str, str]
) -> Json:
    """The event of a request. A token is a name and groups: `mei|agent shop:demo`."""
    parts = urlsplit(path)
    resource, named = _route(routes, parts.path)
    asked = dict(parse_qsl(parts.query)) or None
    sent = {"Content-Type": "application/json", **headers}
    return {
        "resource": resource,
        "path": parts.path,
        "httpMethod": method,
        "body": body,
        "isBase64Encoded": False,
        "headers": sent,
        "multiValueHeaders": {key: [value] for key, value in sent.items()},
        "queryStringParameters": asked,
        "multiValueQueryStringParameters": {key: [value] for key, value in asked.items()} if asked else None,
        "pathParameters": named,
        "stageVariables": None,
        "requestContext": {
            "httpMethod": method,
            "resourcePath": resource,
            "path": parts.path,
            "requestId": "recorded",
            "identity": {"sourceIp": "127.0.0.1"},
            "authorizer": _claims(token),
        },
    }


def _claims(token: str | None) -> Json:
    if token is None:
        return {}
    name, _, groups = token.partition("|")
    return {"claims": {"sub": name, "cognito:username": name, "cognito:groups": groups}}


def _route(routes: Json, path: str) -> tuple[str, dict[str, str]]:
    """The pattern of the route a path belongs to, and what its named parts are."""
    asked = path.split("/")
    for pattern in sorted(routes):
        parts = pattern.split("/")
        named = {part: one for part, one in zip(parts, asked, strict=False) if part.startswith("{")}
        if [named.get(part, part) for part in parts] == asked:
            return pattern, {part.strip("{}"): unquote(one) for part, one in named.items()}
    raise LookupError(path)


def signed(shop: str, kind: str, data: Json, secret: str, delivery: str, at: float | None = None) -> Signed:
    """The request of a Standard Webhook: method, path, body, no token, headers."""
    stamp = int(time.time() if at is None else at)
    timestamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(stamp))
    body = as_json({"type": kind, "timestamp": timestamp, "data": data}).encode()
    key = base64.b64decode(secret.removeprefix("whsec_"))
    made = hmac.digest(key, f"{delivery}.{stamp}.".encode() + body, "sha256")
    headers = {
        "webhook-id": delivery,
        "webhook-timestamp": str(stamp),
        "webhook-signature": "v1," + base64.b64encode(made).decode(),
    }
    return "POST", f"/v1/hooks/{shop}/standard", body, None, headers
