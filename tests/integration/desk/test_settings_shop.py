"""The settings of a shop itself at the desk, and a new shop."""

import pytest

from chalicelib.bootstrap import AwsServices
from chalicelib.usecases.shops.record_change import list_changes
from tests.support.desk.visitor import Visitor

PAGE = "demo/settings/shop"
NEW = "shops/new"
FORM = {
    "name": "Loom",
    "time_zone": "Asia/Shanghai",
    "locale": "zh-CN",
    "mail_from": "care@example.com",
    "calendar": "CN",
    "forms": "form@example.com, kontakt@example.com",
    "words": "1",
}


@pytest.fixture
def groups(desk: AwsServices, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    made: list[str] = []
    monkeypatch.setattr(
        "chalicelib.adapters.desk.cognito_staff.CognitoStaff.ensure_group", lambda _, name: made.append(name)
    )
    return made


def admin(language: str = "en") -> Visitor:
    return Visitor.signed_in("lin", ("admin",), language=language)


def test_a_shop_is_changed_and_the_change_has_its_author(desk: AwsServices, groups: list[str]) -> None:
    assert admin().post(PAGE, FORM).status == 303
    shop = desk.shops.shop("demo")
    assert shop is not None
    assert (shop.name, shop.forms, shop.words) == ("Loom", ("form@example.com", "kontakt@example.com"), True)
    assert [change.by for change in list_changes(desk, "demo", "shop", 9, None).items] == ["lin"]
    assert 'value="form@example.com, kontakt@example.com"' in admin().get(PAGE).text


def test_a_new_shop_never_replaces_one_that_is_there(desk: AwsServices, groups: list[str]) -> None:
    before = desk.shops.shop("demo")
    answer = admin("zh").post(NEW, {**FORM, "id": "demo"})
    assert answer.status == 422
    assert "已有使用此编号的店铺" in answer.text
    assert desk.shops.shop("demo") == before
    created = admin().post(NEW, {**FORM, "id": "second"})
    assert created.location.endswith("/second/settings/shop?saved=1")
    assert groups == ["shop:second"]


@pytest.mark.parametrize(("language", "words"), [("en", "Set up a new shop"), ("zh", "新建店铺")])
def test_the_first_admin_is_led_to_the_first_shop(
    desk: AwsServices, monkeypatch: pytest.MonkeyPatch, language: str, words: str
) -> None:
    monkeypatch.setattr("chalicelib.adapters.shops.shop_table.ShopTable.shops", lambda _: [])
    assert admin().get("").location.endswith("/desk/shops/new")
    assert words in admin(language).get(NEW).text
    assert "No shop has given you a role" in Visitor.signed_in("mei").get("").text


@pytest.mark.parametrize("field", ["id", "time_zone"])
def test_a_wrong_field_of_a_new_shop_is_named_and_what_was_typed_stays(
    desk: AwsServices, groups: list[str], field: str
) -> None:
    answer = admin().post(NEW, {**FORM, "id": "second", field: "Mars/Base"})
    assert (answer.status, f'id="fault-{field}"' in answer.text) == (422, True)
    assert 'value="Mars/Base"' in answer.text
    assert groups == []


@pytest.mark.parametrize(
    ("field", "value"), [("time_zone", "Mars/Base"), ("mail_from", "nowhere"), ("calendar", "moon")]
)
def test_a_wrong_field_is_named_and_what_was_typed_stays(
    desk: AwsServices, groups: list[str], field: str, value: str
) -> None:
    answer = admin().post(PAGE, {**FORM, "name": '"><script>alert(1)', field: value})
    assert answer.status == 422
    assert f'id="fault-{field}"' in answer.text
    assert f'value="{value}"' in answer.text
    assert "<script>alert" not in answer.text


def test_only_admins_open_the_settings_of_a_shop(desk: AwsServices) -> None:
    visitor = Visitor.signed_in("mei", ("supervisor", "shop:demo"))
    assert visitor.get(PAGE).status == 404
    assert visitor.get(NEW).status == 404
    assert visitor.post(NEW, {**FORM, "id": "second"}).status == 404
    assert visitor.post(PAGE, FORM).status == 404
    assert "settings/shop" not in visitor.get("demo/settings").text
