"""What speaks for and against a claim, and which claims a shop's rule approves without a person."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from chalicelib.domain.aftersales.claim_history import history_of
from chalicelib.domain.flows.approval import approving_rule
from chalicelib.domain.flows.claim_history import History
from chalicelib.domain.flows.claims import Claim
from chalicelib.domain.flows.eligibility import EXCLUDED_BY_LAW, judge
from chalicelib.domain.flows.eligibility_reasons import Ruling, eligible
from chalicelib.domain.flows.flow import FlowItem, start
from chalicelib.domain.flows.payloads import ClaimIn, FlowItemIn, FlowStart
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.money import Money
from chalicelib.domain.kernel.timestamps import DAY_MS, parse_instant
from chalicelib.domain.orders.order import Order, OrderItem
from chalicelib.domain.sla.policies import AfterSales, AutoApproval, Policy, ReviewSignals
from chalicelib.usecases.aftersales.explain_flow import explain_flow
from chalicelib.usecases.aftersales.transition_flow import start_flow
from chalicelib.usecases.cases.handle_command import Command
from chalicelib.usecases.cases.open_case import case_key
from chalicelib.usecases.shops.manage_shop import put_policy
from tests.fakes import FakeServices
from tests.stories import case_of, opened
from tests.unit.test_flows import flow_of
from tests.unit.test_hooks import KEY, request

SHANGHAI = "Asia/Shanghai"
SIGNED = parse_instant("2026-11-01T20:00:00+08:00")
RULES = AfterSales()


def order(category: str | None = None, price: str = "499.00", delivered: int | None = SIGNED) -> Order:
    shoe = OrderItem("SHOE-42", "跑鞋", 2, Money(price, "CNY"), category)
    return Order(external_id="O-1", items=(shoe,), delivered_at=delivered)


def names(claim: Claim, at: str, what: Order | None, kind: str = "return", rules: AfterSales = RULES) -> list[str]:
    return [one.name for one in judge(kind, claim, what, parse_instant(at), rules, SHANGHAI)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("asked", "ruling"),
    [
        ("2026-11-01T23:59:59+08:00", Ruling("no_reason_window", "2026-11-08")),
        ("2026-11-08T23:59:59+08:00", Ruling("no_reason_window", "2026-11-08")),
        ("2026-11-09T00:00:00+08:00", Ruling("shop_window", "2026-12-01")),
        ("2026-12-01T23:59:59+08:00", Ruling("shop_window", "2026-12-01")),
        ("2026-12-02T00:00:00+08:00", Ruling("windows_over", "2026-12-01")),
    ],
)
def test_the_day_of_delivery_is_not_counted_and_the_last_day_counts_whole(asked: str, ruling: Ruling) -> None:
    claim = Claim("unwanted", (FlowItem("SHOE-42"),))
    assert judge("return", claim, order(), parse_instant(asked), RULES, SHANGHAI) == (ruling,)


@pytest.mark.parametrize("category", EXCLUDED_BY_LAW)
def test_what_the_law_excludes_does_not_go_back_without_a_reason(category: str) -> None:
    assert names(Claim("unwanted"), "2026-11-02T12:00:00+08:00", order(category)) == ["excluded_category"]


def test_a_fault_is_the_shops_to_answer_for_whatever_the_window_and_the_category() -> None:
    late = "2027-03-01T12:00:00+08:00"
    assert names(Claim("defective"), late, order("fresh")) == ["fault"]
    assert names(Claim("unwanted"), late, order()) == ["windows_over"]


def test_a_repair_is_judged_by_its_warranty_which_a_category_may_shorten() -> None:
    rules = AfterSales(warranty_days=365, warranty_days_by_category={"battery": 180})
    asked = "2027-06-01T12:00:00+08:00"
    assert names(Claim("defective"), asked, order(), "repair", rules) == ["under_warranty"]
    assert names(Claim("defective"), asked, order("battery"), "repair", rules) == ["warranty_over"]


def test_nobody_claims_more_than_was_ordered_or_what_was_not() -> None:
    asked = "2026-11-02T12:00:00+08:00"
    assert "more_than_ordered" in names(Claim("unwanted", (FlowItem("SHOE-42", 3),)), asked, order())
    assert "not_ordered" in names(Claim("unwanted", (FlowItem("HAT"),)), asked, order())


def test_lines_of_the_same_thing_are_counted_together() -> None:
    asked, twice = "2026-11-02T12:00:00+08:00", (FlowItem("SHOE-42", 2), FlowItem("SHOE-42", 1))
    assert "more_than_ordered" in names(Claim("unwanted", twice), asked, order())
    split = Order(external_id="O-1", items=(OrderItem("SHOE-42"), OrderItem("SHOE-42")), delivered_at=SIGNED)
    assert names(Claim("unwanted", (FlowItem("SHOE-42", 2),)), asked, split) == ["no_reason_window"]


def test_too_little_known_is_neither_yes_nor_no() -> None:
    asked = "2026-11-02T12:00:00+08:00"
    assert names(Claim(), asked, None) == ["order_unknown"]
    assert names(Claim("unwanted"), asked, order(delivered=None)) == ["not_delivered"]
    assert eligible((Ruling("order_unknown"),)) is None
    assert eligible((Ruling("fault"), Ruling("not_ordered"))) is False


@settings(max_examples=100)
@given(days=st.integers(0, 400), shop=st.integers(0, 120))
def test_who_waits_longer_is_never_more_eligible(days: int, shop: int) -> None:
    def says(day: int) -> bool | None:
        return eligible(
            judge("return", Claim("unwanted"), order(), SIGNED + day * DAY_MS, AfterSales(return_days=shop), SHANGHAI)
        )

    assert says(days) is (days <= max(7, shop))
    assert says(days) or not says(days + 1)


RULE = AutoApproval(name="small sizes", reason="size_too_small", max_value="500", currency="CNY")


@pytest.mark.parametrize(
    ("claim", "price", "approved"),
    [
        (Claim("size_too_small", (FlowItem("SHOE-42", 1),)), "499.00", "small sizes"),
        (Claim("size_too_small", (FlowItem("SHOE-42", 2),)), "499.00", None),
        (Claim("size_too_small", (FlowItem("SHOE-42"), FlowItem("SHOE-42"))), "499.00", None),
        (Claim("size_too_small", (FlowItem("HAT"),)), "1.00", None),
        (Claim("unwanted", (FlowItem("SHOE-42"),)), "1.00", None),
    ],
)
def test_a_rule_approves_what_fits_it_and_nothing_speaks_against(
    claim: Claim, price: str, approved: str | None
) -> None:
    what = order(price=price)
    rulings = judge("return", claim, what, SIGNED + DAY_MS, RULES, SHANGHAI)
    assert approving_rule("return", claim, what, None, rulings, AfterSales(auto_approve=(RULE,))) == approved


def test_evidence_can_be_asked_for_and_no_rule_approves_what_is_too_late() -> None:
    rules = AfterSales(auto_approve=(AutoApproval(name="seen", needs_evidence=True),))
    shown, bare = Claim("defective", evidence=("photo-1",)), Claim("defective")
    for claim, approved in ((shown, "seen"), (bare, None)):
        rulings = judge("return", claim, order(), SIGNED + DAY_MS, rules, SHANGHAI)
        assert approving_rule("return", claim, order(), None, rulings, rules) == approved
    late = judge("return", Claim("unwanted", evidence=("p",)), order(), SIGNED + 99 * DAY_MS, rules, SHANGHAI)
    assert approving_rule("return", Claim("unwanted", evidence=("p",)), order(), None, late, rules) is None


def test_a_claim_is_approved_by_rule_with_its_opening_and_says_by_which(services: FakeServices) -> None:
    put_policy(services, "demo", Policy(after_sales=AfterSales(auto_approve=(RULE,))))
    bought = {
        "external_id": "O-1",
        "items": [{"sku": "SHOE-42", "price": {"amount": "499.00", "currency": "CNY"}}],
        "delivered_at": "2026-11-18T08:00:00Z",
    }
    services.hook("case.requested", request(order=bought, claim={"reason": "size_too_small"}))
    assert flow_of(services).state == "approved"
    told = explain_flow(services, services.cases.load(KEY))
    assert [one.name for one in told.rulings] == ["no_reason_window"]
    assert [(event.by.kind, event.fact.rule) for event in told.decisions] == [("system", "small sizes")]  # type: ignore[attr-defined]


BEFORE = History(claimed=(FlowItem("SHOE-42", 1),), returns=5, wrong_items=2, refunded=Money("499.00", "CNY"))


def judged(claim: Claim, history: History, rules: AfterSales = RULES, kind: str = "return") -> dict[str, str]:
    found = judge(kind, claim, order(), SIGNED + DAY_MS, rules, SHANGHAI, history)  # type: ignore[arg-type]
    return {one.name: one.weight for one in found}


def test_what_other_cases_of_the_order_claim_is_not_there_to_be_claimed_again() -> None:
    assert "already_claimed" not in judged(Claim("unwanted", (FlowItem("SHOE-42", 1),)), BEFORE)
    assert judged(Claim("unwanted", (FlowItem("SHOE-42", 2),)), BEFORE)["already_claimed"] == "against"
    assert "already_claimed" not in judged(Claim("defective", (FlowItem("SHOE-42", 2),)), BEFORE, kind="repair")


def test_signals_ask_for_a_person_and_refuse_nothing() -> None:
    claim, rules = (
        Claim("wrong_item", (FlowItem("SHOE-42", 1),)),
        AfterSales(
            review=ReviewSignals(returns_in_a_year=5, value_above="400", currency="CNY"),
            auto_approve=(AutoApproval(name="all"),),
        ),
    )
    found = judge("return", claim, order(), SIGNED + DAY_MS, rules, SHANGHAI, BEFORE)
    assert {one.name for one in found if one.weight == "review"} == {
        "already_refunded",
        "many_returns",
        "wrong_items_in_a_row",
        "high_value",
    }
    assert eligible(found) is True
    assert approving_rule("return", claim, order(), None, found, rules) is None
    calm = judge("return", claim, order(), SIGNED + DAY_MS, AfterSales(auto_approve=rules.auto_approve), SHANGHAI)
    assert approving_rule("return", claim, order(), None, calm, rules) == "all"


def test_a_repair_warrants_itself_for_ninety_days() -> None:
    claim = Claim("defective", (FlowItem("SHOE-42"),))
    history = History(repaired=(("SHOE-42", SIGNED + 400 * DAY_MS), ("SHOE-42", SIGNED + 10 * DAY_MS)))
    soon = judge("repair", claim, order(), SIGNED + 490 * DAY_MS, RULES, SHANGHAI, history)
    late = judge("repair", claim, order(), SIGNED + 491 * DAY_MS, RULES, SHANGHAI, history)
    assert ([one.name for one in soon], [one.name for one in late]) == (["repair_warranty"], ["warranty_over"])


def test_history_is_read_when_the_claim_is_made_and_stays_in_its_opening(services: FakeServices) -> None:
    told = {"external_id": "O-1", "items": [{"sku": "SHOE-42", "quantity": 2}], "delivered_at": "2026-11-18T00:00:00Z"}
    claim = {"reason": "wrong_item", "items": [{"sku": "SHOE-42", "quantity": 1}]}
    for name in ("web-1", "web-2", "web-3"):
        services.time += 1000
        services.hook("case.requested", request(external_id=name, order=told, claim=claim, occurred_at=None))
    openings = [
        services.cases.opening([case_key("demo", name)])[case_key("demo", name)] for name in ("web-1", "web-2", "web-3")
    ]
    first, second, third = (one.history for one in openings)
    assert first is None
    assert second == History(claimed=(FlowItem("SHOE-42", 1),), returns=1, wrong_items=1)
    assert third is not None
    assert (len(third.claimed), third.returns, third.wrong_items) == (2, 2, 2)
    case = services.cases.load(case_key("demo", "web-3")).case
    assert case is not None
    assert case.flow is not None
    assert {one.name for one in case.flow.rulings} == {"already_claimed", "wrong_items_in_a_row", "fault"}


def test_a_flow_that_staff_start_is_judged_too(services: FakeServices) -> None:
    services.hook("case.requested", request(type="order_issue", order={"external_id": "O-1", "items": [{"sku": "A"}]}))
    case = services.cases.load(KEY).case
    assert case is not None
    asked = FlowStart(kind="reship", claim=ClaimIn(reason="missing_item", items=(FlowItemIn("B"),)))
    services.time += 1000
    started = start_flow(services, Command(case=case.id, shop="demo", by=Actor("agent", "mei")), asked).case
    assert started is not None
    assert started.flow is not None
    assert [one.name for one in started.flow.rulings] == ["not_ordered", "fault"]


@pytest.mark.parametrize(
    ("now", "found"),
    [(1, ["more_than_ordered", "fault"]), (2, ["fault"]), (3, ["fault"])],
)
def test_a_flow_that_is_started_later_is_judged_by_the_order_as_it_is_then(
    services: FakeServices, now: int, found: list[str]
) -> None:
    items = [{"sku": "LAMP", "quantity": 2}]
    order = {"external_id": "O-1", "items": items, "delivered_at": "2026-11-18T00:00:00Z"}
    services.hook("case.requested", request(type="question", order=order))
    services.time += 1000
    services.hook("order.updated", {"external_id": "O-1", "items": [{"sku": "LAMP", "quantity": now}]})
    asked = FlowStart(kind="return", claim=ClaimIn(reason="defective", items=(FlowItemIn("LAMP", quantity=2),)))
    case = services.cases.load(KEY).case
    assert case is not None
    started = start_flow(services, Command(case=case.id, shop="demo", by=Actor("agent", "mei")), asked).case
    assert started is not None
    assert started.flow is not None
    assert [one.name for one in started.flow.rulings] == found
    assert started.flow.bought is not None  # what the shop left out is as the case was told


def test_a_flow_that_ended_before_another_was_started_on_its_case_still_counts() -> None:
    gone = replace(start("return", SIGNED, "unwanted", (FlowItem("SHOE-42", 2),)), state="completed")
    now = start("reship", SIGNED + DAY_MS, "missing_item", ())
    case = replace(case_of(opened()), flow=now, past_flows=(gone,))
    history = history_of([case], [case], SIGNED + 2 * DAY_MS)
    assert (history.claimed, history.returns) == ((FlowItem("SHOE-42", 2),), 1)
