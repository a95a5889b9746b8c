"""Feedback, nights and models over HTTP, with the workers behind them, on moto."""

from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.domain.kernel.timestamps import parse_instant
from tests.support.journeys import SHOP, agent, case_of, set_up
from tests.support.moto.stack import Answer, MotoStack, running

START = parse_instant("2026-11-24T02:00:00Z") / 1000
OTHER = "other"
TODAY = "2026-11-24"


@pytest.fixture
def stack() -> Iterator[MotoStack]:
    with running(START) as stack:
        set_up(stack)
        yield stack


def hook(stack: MotoStack, name: str, message: str, shop: str = SHOP, customer: str | None = None) -> None:
    data = {
        "external_id": name,
        "channel": "web",
        "subject": "help",
        "message": message,
        "customer": {"external_id": customer or f"C-{name}", "language": "en"},
    }
    answer = stack.hook(shop, "case.requested", data, stack.secret(shop, "standard"), f"{shop}-{name}")
    assert answer.status == 202


def run_nightly_job(stack: MotoStack, shop: str = SHOP) -> None:
    answer = stack.request("POST", "/v1/metrics/run", {"shop": shop, "day": TODAY}, stack.token("admin"))
    assert answer.status == 202


def typed(stack: MotoStack, text: str, shop: str = SHOP) -> dict[str, Any]:
    answer = stack.ask("POST", f"/v1/shops/{shop}/triage", {"text": text}, stack.token("supervisor", shop))
    assert answer.status == 200, answer.body
    typing: dict[str, Any] = answer.body
    return typing


def listed(stack: MotoStack, kind: str, **more: str) -> Answer:
    query = "&".join(f"{name}={value}" for name, value in {"shop": SHOP, "day": TODAY, **more}.items())
    return stack.ask("GET", f"/v1/feedback/{kind}?{query}", token=agent(stack))


def teach(stack: MotoStack, count: int = 26) -> None:
    """Customers use a word of their own, and agents correct each case to a repair."""
    for number in range(count):
        name = f"web-{number}"
        hook(stack, name, f"the lamp glorps whenever I switch it on, number {number}", customer=f"C{number % 7}")
        answer = stack.request("POST", f"/v1/cases/{case_of(stack, name)}/type", {"type": "repair"}, agent(stack))
        assert answer.status == 200


GLORPS = "my kettle glorps when I switch it on"


def test_corrections_teach_the_model_of_their_shop_by_the_next_nightly_job_and_no_other(stack: MotoStack) -> None:
    body = {"name": "Other", "time_zone": "UTC", "locale": "en", "mail_from": "care@example.com", "calendar": "GB"}
    assert stack.request("PUT", f"/v1/shops/{OTHER}", body, stack.token("admin")).status == 200
    before = typed(stack, GLORPS)
    teach(stack)
    run_nightly_job(stack)
    run_nightly_job(stack, OTHER)
    stack.advance(120)
    after = typed(stack, GLORPS)
    assert before["type"] != "repair"
    assert (after["type"], after["by"]) == ("repair", "model")
    assert {**typed(stack, GLORPS, OTHER), "model": None} == {**before, "model": None}
    hook(stack, "new", GLORPS)
    shown = stack.request("GET", f"/v1/cases/{case_of(stack, 'new')}", token=agent(stack)).body
    assert (shown["type"], shown["typing"]["by"]) == ("repair", "model")


def test_the_texts_of_an_erased_person_leave_the_model_by_the_next_nightly_job(stack: MotoStack) -> None:
    from chalicelib.bootstrap import services

    teach(stack)
    run_nightly_job(stack)
    first = services().models.cards(SHOP)[0]
    customer = stack.ask("GET", f"/v1/cases/{case_of(stack, 'web-0')}", token=agent(stack)).body["customer"]["id"]
    erased = stack.request("DELETE", f"/v1/customers/{customer}?shop={SHOP}", token=stack.token("admin"))
    assert erased.status < 300, erased.body
    stack.advance(3600)
    run_nightly_job(stack)
    second = services().models.cards(SHOP)[0]
    assert (first.texts, first.state) == (26, "live")
    assert (second.texts, second.state, second.before) == (22, "live", 0.0)


def test_before_the_first_night_lists_are_empty_and_say_so(stack: MotoStack) -> None:
    for kind in ("topics", "keywords", "questions", "anomalies", "drivers", "early-warnings", "segments", "alerts"):
        answer = listed(stack, kind)
        assert (answer.status, answer.body) == (200, {"items": [], "next": None, "run": None})
    assert listed(stack, "moods").status == 404


def test_what_was_said_is_counted_by_the_nightly_job(stack: MotoStack) -> None:
    hook(stack, "web-1", "快递一直没收到")
    report = {"external_id": "w1", "source": "forum", "text": "Slow shop", "product": "LAMP-1", "score": 2}
    answer = stack.hook(SHOP, "feedback.told", report, stack.secret(SHOP, "standard"), "told-1")
    assert answer.status == 202
    run_nightly_job(stack)
    shown = listed(stack, "topics").body
    assert shown["run"]["feedback"] == 2
    assert shown["run"]["day"] == TODAY


@pytest.mark.parametrize(
    ("query", "status"),
    [("", 422), ("shop=demo&from=2026-13-01", 422), ("shop=demo&from=2026-11-24&to=2026-11-01", 422), ("shop=x", 404)],
)
def test_a_list_needs_a_shop_and_days(stack: MotoStack, query: str, status: int) -> None:
    assert stack.ask("GET", f"/v1/feedback/topics?{query}", token=agent(stack)).status == status


def test_admins_name_promotions_and_staff_read_them(stack: MotoStack) -> None:
    path, admin = f"/v1/shops/{SHOP}/promotions", stack.token("admin")
    body = {"promotions": [{"name": "Singles' Day", "first": "2026-11-09", "last": "2026-11-12"}]}
    assert stack.ask("GET", path, token=agent(stack)).body == {"promotions": []}
    assert stack.ask("PUT", path, body, agent(stack)).status == 403
    assert stack.ask("PUT", path, body, admin).status == 200
    assert stack.ask("GET", path, token=agent(stack)).body == body
    wrong = {"promotions": [{"name": "x", "first": "2026-11-12", "last": "2026-11-09"}]}
    assert stack.ask("PUT", path, wrong, admin).status == 422


def test_an_alert_that_does_not_exist_cannot_be_judged(stack: MotoStack) -> None:
    supervisor = stack.token("supervisor", SHOP)
    assert stack.ask("POST", f"/v1/shops/{SHOP}/alerts/x", {"useful": False}, supervisor).status == 404
    assert stack.ask("POST", f"/v1/shops/{SHOP}/alerts/x", {"useful": False}, agent(stack)).status == 403
