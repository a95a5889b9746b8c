"""A person's data at the desk: found without naming them in an address, exported, held and erased, and who read it."""

from typing import Any

import pytest

from chalicelib.bootstrap import AwsServices
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.orders.order_payload import CustomerIn
from chalicelib.usecases.customers import merge_customers
from chalicelib.usecases.shops.record_change import list_changes
from tests.support.desk.visitor import Visitor
from tests.support.moto.tables import given_case

AGENT = ("agent", "shop:demo")
SUPERVISOR = ("supervisor", "shop:demo")
ADMIN = ("admin",)
HOSTILE = '"><script>alert(1)</script>'


def given_fang(desk: AwsServices, **changes: str) -> str:
    """The id of a customer with a case."""
    fields: dict[str, Any] = {"external_id": "fang", "name": "王芳", "email": "fang@example.net", **changes}
    case = given_case(desk, customer=CustomerIn(**fields)).case
    assert case is not None
    merge_customers.identify(desk, key_of_id(case.customer))
    return case.customer


def page_of(visitor: Visitor, customer: str) -> str:
    answer = visitor.get("demo/settings/privacy/person", customer=customer)
    assert answer.status == 200
    return answer.text


def pages_changed(desk: AwsServices) -> list[tuple[str, str, dict[str, str | None]]]:
    changes = list_changes(desk, "demo", "privacy", 10, None).items
    return [(change.by, change.name, {each.field: each.after for each in change.fields}) for change in changes]


@pytest.mark.parametrize(
    ("way", "who"), [("email", "fang@example.net"), ("external_id", "fang"), ("external_id", None)]
)
def test_a_person_is_found_and_that_they_were_read_is_recorded(desk: AwsServices, way: str, who: str | None) -> None:
    customer = given_fang(desk)
    visitor = Visitor.signed_in("mei", AGENT)
    results = visitor.post("demo/settings/privacy/find", {"way": way, "who": who or customer})
    assert "王芳" in results.text
    assert f"settings/privacy/person?customer={customer}" in results.text
    shown = page_of(visitor, customer)
    assert "fang@example.net" in shown
    read = {(access.by, access.what) for access in desk.identities.accesses(key_of_id(customer), 10, None).items}
    assert {("mei", "search"), ("mei", "profile")} <= read
    assert "the profile" in page_of(visitor, customer)


def test_nobody_is_found_by_what_nobody_has(desk: AwsServices) -> None:
    given_fang(desk)
    for way, who in (("email", "x@example.net"), ("phone", "+8613800000000"), ("external_id", HOSTILE)):
        answer = Visitor.signed_in("mei", AGENT).post("demo/settings/privacy/find", {"way": way, "who": who})
        assert answer.status == 200
        assert "Nobody is stored with that." in answer.text
        assert "<script>alert" not in answer.text


def test_a_person_of_another_shop_is_not_there(desk: AwsServices) -> None:
    from msgspec.structs import replace

    from chalicelib.usecases.ports.shop_rules import shop_of

    customer = given_fang(desk)
    desk.shops.save(replace(shop_of(desk, "demo"), id="other"))
    visitor = Visitor.signed_in("han", ADMIN)
    assert visitor.get("other/settings/privacy/person", customer=customer).status == 404
    assert "王芳" not in visitor.post("other/settings/privacy/find", {"way": "external_id", "who": customer}).text
    for what in ("export", "hold", "hold/end", "erase"):
        form = {"customer": customer, "reason": "dispute", "confirm": "ERASE"}
        assert visitor.post(f"other/settings/privacy/{what}", form).status == 404
    assert "王芳" in page_of(visitor, customer)


def test_an_export_goes_to_the_person_and_is_recorded(desk: AwsServices) -> None:
    customer = given_fang(desk)
    visitor = Visitor.signed_in("mei", AGENT)
    assert visitor.post("demo/settings/privacy/export", {"customer": customer}).status == 303
    by, name, after = pages_changed(desk)[0]
    assert (by, name, after["notes"]) == ("mei", customer, "false")
    assert "export requested" in page_of(visitor, customer)
    assert visitor.post("demo/settings/privacy/export", {"customer": customer, "notes": "yes"}).status == 403
    lin = Visitor.signed_in("lin", SUPERVISOR)
    assert lin.post("demo/settings/privacy/export", {"customer": customer, "notes": "yes"}).status == 303


def test_an_export_without_an_address_is_refused_with_what_to_do(desk: AwsServices) -> None:
    case = given_case(desk, customer=CustomerIn(external_id="lei", name="李磊")).case
    assert case is not None
    answer = Visitor.signed_in("mei", AGENT).post("demo/settings/privacy/export", {"customer": case.customer})
    assert answer.status == 409
    assert "exactly one email address" in answer.text
    assert pages_changed(desk) == []


def test_a_legal_hold_needs_a_reason_and_prevents_that_the_person_is_erased(desk: AwsServices) -> None:
    customer = given_fang(desk)
    visitor = Visitor.signed_in("han", ADMIN)
    assert visitor.post("demo/settings/privacy/hold", {"customer": customer, "reason": ""}).status == 422
    assert visitor.post("demo/settings/privacy/hold", {"customer": customer, "reason": HOSTILE}).status == 303
    assert "<script>alert" not in page_of(visitor, customer)
    refused = visitor.post("demo/settings/privacy/erase", {"customer": customer, "confirm": "ERASE"})
    assert refused.status == 409
    assert "There is a legal hold" in refused.text
    assert visitor.post("demo/settings/privacy/hold/end", {"customer": customer}).status == 303
    changes = pages_changed(desk)
    assert [after for _, _, after in changes] == [{"held": "false"}, {"held": "true"}]
    assert HOSTILE not in str(changes)


@pytest.mark.parametrize(("language", "word"), [("en", "erase"), ("zh", "删除")])
def test_a_person_is_erased_once_the_word_is_typed(desk: AwsServices, language: str, word: str) -> None:
    customer = given_fang(desk)
    visitor = Visitor.signed_in("han", ADMIN, language=language)
    form = {"customer": customer}
    assert visitor.post("demo/settings/privacy/erase", form | {"confirm": "yes"}).status == 422
    assert "王芳" in page_of(visitor, customer)
    receipt = visitor.post("demo/settings/privacy/erase", form | {"confirm": word})
    assert receipt.status == 200
    assert customer in receipt.text
    assert "王芳" not in page_of(visitor, customer)
    by, name, after = pages_changed(desk)[0]
    assert (by, name, after["erased"], after["cases"]) == ("han", customer, "true", "1")


@pytest.mark.parametrize("group", ["agent", "supervisor"])
def test_only_an_admin_holds_and_erases(desk: AwsServices, group: str) -> None:
    customer = given_fang(desk)
    visitor = Visitor.signed_in("mei", (group, "shop:demo"))
    for what in ("hold", "hold/end", "erase"):
        form = {"customer": customer, "reason": "dispute", "confirm": "ERASE"}
        assert visitor.post(f"demo/settings/privacy/{what}", form).status == 403
        assert f'settings/privacy/{what}"' not in page_of(visitor, customer)
    assert pages_changed(desk) == []


def test_hostile_names_are_shown_as_words(desk: AwsServices) -> None:
    customer = given_fang(desk, name=HOSTILE)
    visitor = Visitor.signed_in("mei", AGENT)
    assert "<script>alert" not in page_of(visitor, customer)
    results = visitor.post("demo/settings/privacy/find", {"way": "external_id", "who": "fang"})
    assert "<script>alert" not in results.text
    assert "fang" not in str(results.headers)
