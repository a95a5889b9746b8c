"""Endpoints at the desk: edited without losing another admin's change, tested, and their deliveries shown."""

import re

import pytest

from chalicelib.adapters.webhooks_out.webhook_client import HttpWebhookClient
from chalicelib.bootstrap import AwsServices
from chalicelib.domain.kernel.ids import key_of, key_of_id, new_id
from chalicelib.domain.webhooks_out.endpoint import Attempt, Delivery, after_attempt
from chalicelib.usecases.shops.record_change import list_changes
from tests.fakes import NOON
from tests.support.desk.admins import admin
from tests.support.desk.visitor import DeskAnswer, Visitor

URL = "https://erp.example.com/in"
HOSTILE = '"><script>alert(1)</script>'
NOBODY = "0" * 16


@pytest.fixture(autouse=True)
def _every_address_is_public(monkeypatch: pytest.MonkeyPatch) -> None:
    refusal = lambda _self, url: None if url.startswith("https://") else "only https"  # noqa: E731
    monkeypatch.setattr(HttpWebhookClient, "objection", refusal)


def save(visitor: Visitor, name: str, url: str = URL, **more: str) -> DeskAnswer:
    form = {"name": name, "url": url, "version": visitor.get("demo/settings/endpoints/edit").hidden("version")}
    return visitor.post("demo/settings/endpoints/save", form | more)


def names(services: AwsServices) -> list[str]:
    return [each.name for each in services.deliveries.endpoints("demo")]


def tried(services: AwsServices, shop: str = "demo", case: str = "01KAJ4Z2C07Q9X3T5V8W1Y4A6B") -> Delivery:
    """A delivery that an endpoint refused, with hostile words in its answer and body."""
    delivery = Delivery(
        id=new_id(NOON, key_of("out", shop, "erp")),
        shop=shop,
        endpoint="erp",
        type="note.added",
        case=case,
        event="e",
        body='{"said": "' + HOSTILE.replace('"', "'") + '"}',
        at=NOON,
        whose=key_of("customer", shop) if case else "tests",
    )
    services.deliveries.add(delivery)
    refused = after_attempt(delivery, Attempt(at=NOON, status=410, answer=HOSTILE, seconds=0.25))
    services.deliveries.settle(refused, NOON)
    return refused


def test_a_new_endpoint_shows_its_secret_once_and_the_change_is_recorded(desk: AwsServices) -> None:
    visitor = admin()
    answer = save(visitor, "erp", "https://erp.example.com/in?token=hush")
    [secret] = desk.secrets.endpoint_secrets("demo")["erp"]
    assert f'value="{secret.secret}"' in answer.text
    assert secret.secret not in visitor.get("demo/settings/endpoints").text
    assert secret.secret not in visitor.get("demo/settings/endpoints/edit", endpoint="erp").text
    [change] = list_changes(desk, "demo", "endpoints", 10, None).items
    assert (change.by, "hush" in str(change), secret.secret in str(change)) == ("root", False, False)


def test_saving_one_keeps_the_others_and_its_types_and_secret(desk: AwsServices) -> None:
    visitor = admin()
    save(visitor, "erp")
    save(visitor, "lake")
    before = desk.secrets.endpoint_secrets("demo")
    assert save(visitor, "", "https://erp.example.com/new", editing="erp", types="case.opened").status == 303
    erp, other = desk.deliveries.endpoints("demo")
    assert (erp.url, erp.types, other.url) == ("https://erp.example.com/new", ("case.opened",), URL)
    assert desk.secrets.endpoint_secrets("demo") == before
    form = visitor.get("demo/settings/endpoints/edit", endpoint="erp").text
    assert 'value="case.opened" checked' in form


def test_a_form_of_an_older_list_is_shown_again_with_what_was_typed(desk: AwsServices) -> None:
    first, second = admin(), admin()
    seen = second.get("demo/settings/endpoints/edit").hidden("version")
    save(first, "erp")
    form = {"name": "lake", "url": "https://lake.example.com/typed", "version": seen}
    refused = second.post("demo/settings/endpoints/save", form)
    assert (refused.status, names(desk)) == (422, ["erp"])
    assert "https://lake.example.com/typed" in refused.text
    assert second.post("demo/settings/endpoints/save", form | {"version": refused.hidden("version")}).status == 200
    assert names(desk) == ["erp", "lake"]
    removal = {"endpoint": "erp", "version": seen}
    assert first.post("demo/settings/endpoints/remove", removal).status == 412
    assert names(desk) == ["erp", "lake"]


@pytest.mark.parametrize(
    ("form", "fault"),
    [
        ({"name": "Not so", "url": URL}, "e-name"),
        ({"name": "erp", "url": URL}, "e-name"),
        ({"name": "lake", "url": "http://lake.example.com/"}, "e-url"),
        ({"name": "lake", "url": HOSTILE}, "e-url"),
        ({"name": "lake", "url": URL, "types": "case.vanished"}, "e-types"),
    ],
)
def test_an_endpoint_that_cannot_work_is_refused_beside_its_field(
    desk: AwsServices, form: dict[str, str], fault: str
) -> None:
    visitor = admin()
    save(visitor, "erp")
    version = visitor.get("demo/settings/endpoints/edit").hidden("version")
    answer = visitor.post("demo/settings/endpoints/save", form | {"version": version})
    assert (answer.status, f'id="{fault}"' in answer.text, names(desk)) == (422, True, ["erp"])
    assert "<script>alert" not in answer.text


def test_an_endpoint_is_removed_with_its_secret(desk: AwsServices) -> None:
    visitor = admin()
    save(visitor, "erp")
    version = visitor.get("demo/settings/endpoints/edit", endpoint="erp").hidden("version")
    assert visitor.post("demo/settings/endpoints/remove", {"endpoint": "erp", "version": version}).status == 303
    assert (names(desk), desk.secrets.endpoint_secrets("demo")) == ([], {})


def test_a_test_leads_to_its_delivery_and_a_form_sent_twice_sends_one(desk: AwsServices) -> None:
    visitor = admin("zh")
    save(visitor, "erp")
    form = {"endpoint": "erp", "key": visitor.get("demo/settings/endpoints/edit", endpoint="erp").hidden("key")}
    first, second = (visitor.post("demo/settings/endpoints/test", form) for _ in range(2))
    assert first.location == second.location
    page = visitor.get("demo/settings/endpoints/delivery", delivery=first.location.partition("delivery=")[2]).text
    assert "endpoint.tested" in page
    assert "测试" in page
    listed = visitor.get("demo/settings/endpoints/deliveries", endpoint="erp").text
    assert listed.count("settings/endpoints/delivery?delivery=") == 1


def test_a_delivery_is_shown_encoded_its_reading_is_recorded_and_it_is_delivered_again(desk: AwsServices) -> None:
    save(admin(), "erp")
    delivery = tried(desk)
    visitor = Visitor.signed_in("mei")
    assert delivery.id in visitor.get("demo/settings/endpoints/deliveries", endpoint="erp").text
    page = visitor.get("demo/settings/endpoints/delivery", delivery=delivery.id).text
    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page
    accesses = list(desk.table.query(f"CUSTOMER#{delivery.whose}", between=("A#", "A$")))
    assert [each["sk"] for each in accesses if "mei" in str(each)]
    again = visitor.post("demo/settings/endpoints/replay", {"delivery": delivery.id})
    assert again.status == 303
    stored = desk.deliveries.load(key_of_id(delivery.id))
    assert stored is not None
    assert (stored.state, stored.tries, len(stored.attempts)) == ("waiting", 0, 1)
    assert visitor.post("demo/settings/endpoints/replay", {"delivery": delivery.id}).status == 409


def test_another_shops_delivery_is_not_found(desk: AwsServices) -> None:
    delivery = tried(desk, "other")
    for visitor in (Visitor.signed_in("mei"), admin()):
        assert visitor.get("demo/settings/endpoints/delivery", delivery=delivery.id).status == 404
        assert visitor.post("demo/settings/endpoints/replay", {"delivery": delivery.id}).status == 404
        assert visitor.get("demo/settings/endpoints/deliveries", endpoint="erp").status == 404


def test_agents_and_supervisors_look_and_do_not_change(desk: AwsServices) -> None:
    save(admin(), "erp")
    for groups in (("agent", "shop:demo"), ("supervisor", "shop:demo")):
        visitor = Visitor.signed_in("lin", groups)
        page = visitor.get("demo/settings/endpoints").text
        assert URL in page
        assert "settings/endpoints/edit" not in page
        assert visitor.get("demo/settings/endpoints/edit", endpoint="erp").status == 403
        for path in ("save", "remove", "rotate", "test"):
            form = {"endpoint": "erp", "editing": "erp", "url": URL, "version": "0"}
            assert visitor.post(f"demo/settings/endpoints/{path}", form).status == 403


def test_a_new_secret_of_an_endpoint_is_shown_once_and_both_sign_for_a_day(desk: AwsServices) -> None:
    visitor = admin()
    save(visitor, "erp")
    answer = visitor.post("demo/settings/endpoints/rotate", {"endpoint": "erp"})
    newest, previous = desk.secrets.endpoint_secrets("demo")["erp"]
    assert re.search(rf'value="{re.escape(newest.secret)}"', answer.text)
    assert previous.until is not None
    assert newest.secret not in visitor.get("demo/settings/changes").text
