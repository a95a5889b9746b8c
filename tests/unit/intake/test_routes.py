"""The webhook route: several signatures in one request."""

import base64
import hashlib
import hmac
import json

import pytest

from app import app
from chalicelib.entrypoints.http.intake import routes as hooks
from tests.fakes import FakeServices
from tests.support.cases.webhooks import request
from tests.support.platforms.signatures import signature

ONE = request()
SECRET = "shopify-secret"


@pytest.fixture
def hooked(services: FakeServices, monkeypatch: pytest.MonkeyPatch) -> FakeServices:
    monkeypatch.setattr(hooks, "services", lambda: services)
    return services


def sent(source: str, body: bytes, single: dict[str, str], many: dict[str, list[str]]) -> int:
    """The response to a webhook as API Gateway returns it."""
    whole = {
        "httpMethod": "POST",
        "resource": "/v1/hooks/{shop}/{source}",
        "path": f"/v1/hooks/demo/{source}",
        "pathParameters": {"shop": "demo", "source": source},
        "headers": {"content-type": "application/json"} | single,
        "multiValueHeaders": {"content-type": ["application/json"]} | many,
        "multiValueQueryStringParameters": None,
        "requestContext": {"httpMethod": "POST", "resourcePath": "/v1/hooks/{shop}/{source}", "identity": {}},
        "stageVariables": None,
        "body": body.decode(),
        "isBase64Encoded": False,
    }
    answer = app(whole, None)
    return int(answer["statusCode"])


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["ours first", "ours last"])
@pytest.mark.parametrize("joined", [False, True], ids=["as AWS has it", "as the local cloud has it"])
def test_of_a_signature_that_is_sent_twice_either_may_be_ours(
    order: tuple[int, int], joined: bool, hooked: FakeServices
) -> None:
    services = hooked
    body = json.dumps({"type": "case.requested", "timestamp": "2026-11-20T04:00:00Z", "data": ONE}).encode()
    headers = signature(services.secrets.hooks.standard, f"d-{order}-{joined}", services.time // 1000, body)
    name = next(one for one in headers if one.lower() == "webhook-signature")
    two = (headers[name], "v1,AAAA" + headers[name][7:])
    values = [two[place] for place in order]
    single = headers | {name: ", ".join(values) if joined else values[-1]}
    many = {one: [value] for one, value in single.items()} | ({} if joined else {name: values})
    assert sent("standard", body, single, many) == 202


def test_of_two_signatures_of_a_platform_either_may_be_ours_and_none_is_none(hooked: FakeServices) -> None:
    services = hooked
    body = b'{"id": 1}'
    right = base64.b64encode(hmac.digest(SECRET.encode(), body, hashlib.sha256)).decode()
    for values, status in ((["AAAA", right], 202), ([right, "AAAA"], 200), (["AAAA", "BBBB"], 401)):
        single = {"X-Shopify-Hmac-Sha256": values[-1], "X-Shopify-Topic": "shop/update", "X-Shopify-Webhook-Id": "w-1"}
        many = {name: [value] for name, value in single.items()} | {"x-shopify-hmac-sha256": values}
        del many["X-Shopify-Hmac-Sha256"]
        assert sent("shopify", body, single, many) == status
    assert len(services.receipts.stored) == 1
