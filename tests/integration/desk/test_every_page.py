"""What holds for every page of the desk, also for those that are added later: each is read from the table of pages."""

import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.bootstrap import AwsServices
from chalicelib.entrypoints.http.desk.table import PAGES, Page
from tests.support.desk.visitor import DeskAnswer, Visitor
from tests.support.moto.tables import given_case
from tests.support.paths import ROOT

TEMPLATES = ROOT / "chalicelib" / "adapters" / "desk" / "templates"
IN_SHOP = [page for page in PAGES if "{shop}" in page.path]
FORMS = [page for page in PAGES if page.method == "POST"]
MARK = '<i id="marker">&\'"'
SECRET = "SECRET-OF-DEMO"
NAMES = {"day": "2026-11-20", "figure": "opened", "kind": "reply", "move": "approve", "step": "approve"}


def fields_of_templates() -> list[str]:
    """The names of all fields that stand in a form of the desk."""
    texts = (path.read_text("utf-8") for path in sorted(TEMPLATES.rglob("*.html")))
    return sorted({name for text in texts for name in re.findall(r'name="([a-z_.]+)"', text)} - {"form_token"})


def path_of(page: Page, shop: str, case: str, otherwise: str = "x") -> str:
    """The path of a page, with this shop and this case in it."""
    values = NAMES | {"shop": shop, "case": case}
    return re.sub(r"\{(\w+)\}", lambda match: values.get(match[1], otherwise), page.path)


def send(visitor: Visitor, page: Page, path: str, fields: dict[str, Any]) -> DeskAnswer:
    return visitor.post(path, fields) if page.method == "POST" else visitor.get(path, **fields)


@pytest.fixture
def case(desk: AwsServices) -> str:
    """A case of the shop `demo`, with the secret in what its customer says."""
    stored = given_case(desk, "web-1", subject=f"{SECRET} {MARK}", message=f"{SECRET} {MARK}").case
    assert stored is not None
    return stored.id


@pytest.mark.parametrize("page", IN_SHOP, ids=lambda page: f"{page.method} {page.path}")
def test_a_page_of_another_shop_or_about_anothers_case_is_not_there(desk: AwsServices, case: str, page: Page) -> None:
    for role in ("agent", "supervisor"):
        stranger = Visitor.signed_in(f"eve-{role}", (role, "shop:other"))
        for shop in ("demo", "other", "nowhere"):
            answer = send(stranger, page, path_of(page, shop, case), {})
            assert answer.status == 404, (role, shop)
            assert SECRET not in answer.text


@pytest.mark.parametrize("page", FORMS, ids=lambda page: page.path)
def test_a_form_without_its_token_or_from_another_site_does_nothing(desk: AwsServices, case: str, page: Page) -> None:
    path = path_of(page, "demo", case)
    for user, origin, token in (("a", "https://evil.example", None), ("b", None, None), ("c", "ours", "")):
        visitor = Visitor.signed_in(user, ("supervisor", "shop:demo"))
        if origin != "ours":
            visitor.origin = origin
        fields = {} if token is None else {"form_token": token}
        assert visitor.post(path, fields).status == 403
    assert Visitor().post(path, {"form_token": "x"}).status == 401


texts = st.one_of(
    st.sampled_from(["", "0", "-1", "1", "9" * 400, "true", "null", "on", MARK, "demo", "../..", "%00", "😀"]),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    st.text(st.sampled_from('{}[]",:0aé\n'), max_size=20),
)


@settings(max_examples=2, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data())
def test_nothing_that_is_sent_is_a_fault_of_ours(desk: AwsServices, case: str, data: st.DataObject) -> None:
    visitor = Visitor.signed_in("mei", ("supervisor", "shop:demo"))
    names = st.sampled_from(fields_of_templates())
    fields = st.dictionaries(names, st.one_of(texts, st.just(case)), max_size=8)
    for page in PAGES:
        if page.view.startswith("sign_in"):
            continue
        path = path_of(page, "demo", case)
        sent = data.draw(fields, label=page.path)
        answer = send(visitor, page, path, sent)
        assert answer.status < 500, (page.method, page.path, sent)
        assert '<i id="marker">' not in answer.text, (page.path, sent)


@settings(max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.text(st.sampled_from("abcXYZ019-_.~@:+ é#"), min_size=1, max_size=40))
def test_no_name_in_an_address_is_a_fault_of_ours(desk: AwsServices, name: str) -> None:
    visitor = Visitor.signed_in("mei", ("supervisor", "shop:demo"))
    for page in IN_SHOP:
        path = re.sub(r"\{(\w+)\}", lambda match: "demo" if match[1] == "shop" else name, page.path)
        assert send(visitor, page, path, {}).status < 500, (page.method, path)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    target=st.one_of(texts, st.sampled_from(["//evil.example", "https://evil.example", "/\\evil.example", "\\\\evil"]))
)
def test_no_way_back_leads_out_of_the_desk(desk: AwsServices, target: str) -> None:
    from tests.support.desk.visitor import DESK

    visitor = Visitor.signed_in("mei", ("agent", "shop:demo"))
    there = visitor.post("language", {"language": "en", "back": target}).location
    assert there == DESK or there.startswith((f"{DESK}/", f"{DESK}?"))
