"""Webhook sources at the desk: secrets that are shown once, and the receipts that had no effect."""

import json
import re

import pytest

from chalicelib.bootstrap import AwsServices
from chalicelib.domain.kernel.ids import key_of, new_id
from chalicelib.usecases.ports.intake import Receipt
from chalicelib.usecases.shops.record_change import list_changes
from tests.fakes import NOON
from tests.support.desk.admins import admin
from tests.support.desk.visitor import DeskAnswer, Visitor

HOSTILE = '"><script>alert(1)</script>'


def failed(services: AwsServices, shop: str = "demo", place: int = 0) -> Receipt:
    """A stored receipt that failed, with hostile text wherever a sender has a say."""
    receipt = Receipt(
        id=new_id(NOON + place, key_of("receipt", shop, str(place))),
        shop=shop,
        source="shopify",
        delivery=HOSTILE,
        type=f"orders/{HOSTILE}",
        received_at=NOON + place,
        body=b'{"customer": "Wang"}',
        state="failed",
        reason=f"shipped: {HOSTILE}",
        whose="nobody-1",
    )
    services.receipts.add(receipt)
    return receipt


def secret_in(answer: DeskAnswer) -> str:
    found = re.search(r'id="new-secret"[^>]* value="([^"]+)"', answer.text)
    assert found
    return found[1]


def test_a_new_secret_is_shown_once_and_is_in_no_other_page_and_no_record(desk: AwsServices) -> None:
    visitor = admin()
    form = visitor.get("demo/settings/sources/edit", source="woocommerce")
    answer = visitor.post(
        "demo/settings/sources/rotate", {"source": "woocommerce", "old_until": form.hidden("old_until")}
    )
    secret = secret_in(answer)
    stored = desk.secrets.hook_secrets("demo", fresh=True)
    assert stored is not None
    assert stored.woocommerce == secret
    for path in ("settings/sources", "settings/changes", "settings"):
        assert secret not in visitor.get(f"demo/{path}").text
    assert secret not in visitor.get("demo/settings/sources/edit", source="woocommerce").text
    [change] = list_changes(desk, "demo", "sources", 10, None).items
    assert (change.by, secret in str(change)) == ("root", False)


def test_a_form_that_is_sent_twice_does_not_end_the_secret_that_the_platform_still_has(desk: AwsServices) -> None:
    visitor = admin()
    given = desk.secrets.hook_secrets("demo", fresh=True)
    assert given is not None
    form = {"source": "shopify", "old_until": ""}
    assert visitor.post("demo/settings/sources/rotate", form).status == 200
    assert visitor.post("demo/settings/sources/rotate", form).status == 412
    stored = desk.secrets.hook_secrets("demo", fresh=True)
    assert stored is not None
    assert given.shopify in stored.valid("shopify", desk.now())


def test_a_platforms_secret_and_access_are_saved_and_never_shown(desk: AwsServices) -> None:
    visitor = admin()
    given = {"secret": "hush-hush-hush-hush", "store": "lantern.myshopify.com", "token": "a-token-of-it"}
    assert visitor.post("demo/settings/sources/save", {"source": "shopify", **given}).status == 303
    access = desk.secrets.access("demo", "shopify")
    assert access is not None
    assert (access.store, access.token) == (given["store"], given["token"])
    page = visitor.get("demo/settings/sources/edit", source="shopify").text
    assert given["store"] in page
    assert [name for name in ("secret", "token") if given[name] in page] == []
    assert "https://api.example.com/v1/hooks/demo/shopify" in page
    assert "returns/reopen" in page


@pytest.mark.parametrize(
    ("source", "given", "fault"),
    [
        ("standard", {"secret": "not-of-the-scheme"}, "e-secret"),
        ("shopify", {"secret": "short"}, "e-secret"),
        ("shopify", {"store": "lantern.myshopify.com"}, "e-token"),
        ("shopify", {"store": HOSTILE, "token": "a-token-of-it"}, "e-store"),
    ],
)
def test_a_source_that_cannot_work_is_refused_beside_its_field(
    desk: AwsServices, source: str, given: dict[str, str], fault: str
) -> None:
    answer = admin().post("demo/settings/sources/save", {"source": source, **given})
    assert (answer.status, f'id="{fault}"' in answer.text) == (422, True)
    assert "<script>alert" not in answer.text
    assert "not-of-the-scheme" not in answer.text


def test_receipts_without_effect_are_listed_opened_and_processed_again(desk: AwsServices) -> None:
    receipt = failed(desk)
    failed(desk, "other", 5)
    visitor = Visitor.signed_in("mei")
    page = visitor.get("demo/settings/sources").text
    assert page.count("settings/sources/receipt?receipt=") == 1
    assert "&lt;script&gt;alert" in page
    assert "<script>alert" not in page
    one = visitor.get("demo/settings/sources/receipt", receipt=receipt.id).text
    assert "Failed" in one
    assert "Wang" not in one
    assert "<script>alert" not in one
    assert visitor.post("demo/settings/sources/replay", {"receipt": receipt.id}).status == 303
    after = desk.receipts.load(receipt.id)
    assert after is not None
    assert after.attempts == 1


def test_receipts_page_by_source_and_state(desk: AwsServices) -> None:
    for place in range(27):
        failed(desk, place=place)
    visitor = Visitor.signed_in("mei")
    first = visitor.get("demo/settings/sources", source="shopify", state="failed").text
    following = re.search(r"state=failed&amp;next=([^\"]+)", first)
    assert following
    rest = visitor.get("demo/settings/sources", source="shopify", state="failed", next=following[1]).text
    assert [page.count("settings/sources/receipt?receipt=") for page in (first, rest)] == [25, 2]
    assert "settings/sources/receipt?receipt=" not in visitor.get("demo/settings/sources", source="mail").text


def test_another_shops_receipt_and_one_that_is_not_there_are_not_found(desk: AwsServices) -> None:
    other = failed(desk, "other")
    for visitor in (Visitor.signed_in("mei"), admin()):
        for receipt in (other.id, "nothing", HOSTILE, ""):
            assert visitor.get("demo/settings/sources/receipt", receipt=receipt).status == 404
            assert visitor.post("demo/settings/sources/replay", {"receipt": receipt}).status == 404
    after = desk.receipts.load(other.id)
    assert after is not None
    assert after.attempts == 0


def test_only_admins_see_and_change_sources(desk: AwsServices) -> None:
    for groups in (("agent", "shop:demo"), ("supervisor", "shop:demo")):
        visitor = Visitor.signed_in("lin", groups)
        assert "/v1/hooks/demo" not in visitor.get("demo/settings/sources").text
        assert visitor.get("demo/settings/sources/edit", source="shopify").status == 403
        for path in ("save", "rotate"):
            assert visitor.post(f"demo/settings/sources/{path}", {"source": "shopify", "old_until": ""}).status == 403
    assert admin().get("demo/settings/sources/edit", source="magento").status == 404


def test_the_api_lists_the_same_receipts(desk: AwsServices) -> None:
    from types import SimpleNamespace

    from app import app

    receipt = failed(desk)
    event = {
        "httpMethod": "GET",
        "resource": "/v1/receipts",
        "path": "/v1/receipts",
        "headers": {},
        "multiValueHeaders": {},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": {"shop": ["demo"], "state": ["failed"]},
        "pathParameters": None,
        "stageVariables": None,
        "requestContext": {
            "resourcePath": "/v1/receipts",
            "httpMethod": "GET",
            "path": "/v1/receipts",
            "authorizer": {"claims": {"sub": "1", "cognito:username": "mei", "cognito:groups": "agent,shop:demo"}},
        },
        "body": None,
        "isBase64Encoded": False,
    }
    answer = json.loads(app(event, SimpleNamespace())["body"])
    assert ([item["id"] for item in answer["items"]], answer["next"]) == ([receipt.id], None)
    event["multiValueQueryStringParameters"] = {"shop": ["other"]}
    assert app(event, SimpleNamespace())["statusCode"] == 404
