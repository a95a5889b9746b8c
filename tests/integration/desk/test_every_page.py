"""What holds for every page of the desk, also for those that are added later: each is read from the table of pages."""

import re
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from chalicelib import bootstrap
from chalicelib.domain.kernel.timestamps import parse_instant
from chalicelib.entrypoints.http.desk.table import PAGES, Page
from tests.support.cases.webhooks import request as opening
from tests.support.desk.forms import Fields
from tests.support.desk.visitor import DESK, DeskAnswer, Visitor, configure_desk
from tests.support.desk.walk import Walk
from tests.support.moto.stack import MotoStack, running
from tests.support.paths import ROOT

START = parse_instant("2026-11-20T10:10:00+08:00") // 1000
SHOP = {
    "name": "Lamps",
    "time_zone": "Asia/Shanghai",
    "locale": "zh-CN",
    "mail_from": "care@example.com",
    "calendar": "CN",
}
PRICE = {"amount": "199.00", "currency": "CNY"}
ORDER = {"external_id": "O-1", "items": [{"sku": "LAMP-1", "title": "Lamp", "price": PRICE}], "total": PRICE}
TEMPLATES = ROOT / "chalicelib" / "adapters" / "desk" / "templates"
IN_SHOP = [page for page in PAGES if "{shop}" in page.path]
FORMS = [page for page in PAGES if page.method == "POST"]
MARK = '<i id="marker">&\'"'
SECRET = "SECRET-OF-DEMO"
FORM_PAGES = (
    "queue?view=all",
    "board",
    "search",
    "drafts",
    "settings/agents",
    "settings/agents/edit",
    "settings/shop",
    "settings/calendars/edit",
    "settings/policy",
    "settings/macros/edit",
    "settings/templates/edit?template=flow",
)
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


@pytest.fixture(scope="module")
def stack() -> Iterator[MotoStack]:
    """The application with the shop `demo`, one for all tests of this module."""
    with running(START) as stack:
        configure_desk()
        bootstrap.services.cache_clear()
        assert stack.request("PUT", "/v1/shops/demo", SHOP, stack.token("admin")).status == 200
        yield stack
    bootstrap.services.cache_clear()


def opened(stack: MotoStack, name: str) -> str:
    """A new case about an order, with the secret in what its customer says."""
    fields = {"external_id": name, "subject": f"{SECRET} {MARK}", "message": f"{SECRET} {MARK}", "order": ORDER}
    secret = stack.secret("demo", "standard")
    assert stack.hook("demo", "case.requested", opening(occurred_at=None, **fields), secret, name).status == 202
    asked = f"/v1/cases?shop=demo&external_id={name}"
    return str(stack.ask("GET", asked, token=stack.token("agent", "demo")).body["items"][0]["id"])


@pytest.fixture(scope="module")
def case(stack: MotoStack) -> str:
    """A case of the shop."""
    return opened(stack, "web-1")


@pytest.mark.parametrize("page", IN_SHOP, ids=lambda page: f"{page.method} {page.path}")
def test_a_page_of_another_shop_or_about_anothers_case_is_not_there(case: str, page: Page) -> None:
    for role in ("agent", "supervisor"):
        stranger = Visitor.signed_in(f"eve-{role}", (role, "shop:other"))
        for shop in ("demo", "other", "nowhere"):
            answer = send(stranger, page, path_of(page, shop, case), {})
            assert answer.status == 404, (role, shop)
            assert SECRET not in answer.text


@pytest.mark.parametrize("page", FORMS, ids=lambda page: page.path)
def test_a_form_without_its_token_or_from_another_site_does_nothing(case: str, page: Page) -> None:
    path = path_of(page, "demo", case)
    for user, origin, token in (("a", "https://evil.example", None), ("b", None, None), ("c", "ours", "")):
        visitor = Visitor.signed_in(user, ("supervisor", "shop:demo"))
        if origin != "ours":
            visitor.origin = origin
        fields = {} if token is None else {"form_token": token}
        assert visitor.post(path, fields).status == 403
    assert Visitor().post(path, {"form_token": "x"}).status == 401


HARMFUL = ["", "0", "-1", "1", "9" * 400, "true", "null", "on", MARK, "demo", "../..", "%00", "\0", "😀", "² \r\n"]
texts = st.one_of(
    st.sampled_from(HARMFUL),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    st.text(st.sampled_from('{}[]",:0aé\n'), max_size=20),
)


@settings(max_examples=5)
@given(data=st.data())
def test_nothing_that_is_sent_is_a_fault_of_ours(case: str, data: st.DataObject) -> None:
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


def changed(draw: Random, fields: Fields) -> dict[str, Any]:
    """A form as it is shown, with one of the values of each field, in which up to two fields were changed; usually
    without the version, so that it is not refused as an old one."""
    sent: dict[str, Any] = {name: draw.choice(values) for name, values in fields.items() if name != "form_token"}
    for name in draw.sample(sorted(sent), k=min(draw.randrange(3), len(sent))):
        sent[name] = draw.choice([*HARMFUL, draw.sample(HARMFUL, k=2)])
    return sent if draw.randrange(4) == 0 else {name: value for name, value in sent.items() if name != "version"}


@settings(max_examples=5, phases=[Phase.generate])
@given(seed=st.integers(0, 2**32))  # what forms there are depends on what the earlier ones did
def test_a_form_as_it_is_shown_with_some_fields_changed_is_no_fault_of_ours(stack: MotoStack, seed: int) -> None:
    visitor, draw = Visitor.signed_in("han", ("admin",)), Random(seed)
    shown = Walk(visitor)
    shown.go(*FORM_PAGES, f"cases/{opened(stack, str(seed))}", follow=False)
    forms = [(path, fields) for path, fields in shown.forms.items() if path.startswith("demo/")]
    draw.shuffle(forms)
    for path, fields in forms:
        sent = changed(draw, fields)
        assert visitor.post(path, sent).status < 500, (path, sent)


@settings(max_examples=5)
@given(name=st.text(st.sampled_from("abcXYZ019-_.~@:+ é#"), min_size=1, max_size=40))
def test_no_name_in_an_address_is_a_fault_of_ours(case: str, name: str) -> None:
    visitor = Visitor.signed_in("mei", ("supervisor", "shop:demo"))
    for page in IN_SHOP:
        path = re.sub(r"\{(\w+)\}", lambda match: "demo" if match[1] == "shop" else name, page.path)
        assert send(visitor, page, path, {}).status < 500, (page.method, path)


@settings(max_examples=40)
@given(
    target=st.one_of(texts, st.sampled_from(["//evil.example", "https://evil.example", "/\\evil.example", "\\\\evil"]))
)
def test_no_way_back_leads_out_of_the_desk(case: str, target: str) -> None:
    visitor = Visitor.signed_in("mei", ("agent", "shop:demo"))
    there = visitor.post("language", {"language": "en", "back": target}).location
    assert there == DESK or there.startswith((f"{DESK}/", f"{DESK}?"))
