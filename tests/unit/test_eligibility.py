"""What speaks for and against a claim, and which claims a shop's rule approves without a person."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.flows.approval import approving_rule
from chalicelib.domain.flows.claims import Claim
from chalicelib.domain.flows.eligibility import EXCLUDED_BY_LAW, judge
from chalicelib.domain.flows.flow import FlowItem
from chalicelib.domain.flows.rulings import Ruling, eligible
from chalicelib.domain.instants import DAY, parse
from chalicelib.domain.money import Money
from chalicelib.domain.orders import Order, OrderItem
from chalicelib.domain.policies import AfterSales, AutoApproval, Policy
from chalicelib.usecases.explain_case import explain_case
from chalicelib.usecases.manage_shop import put_policy
from tests.fakes import FakeDesk
from tests.unit.test_flows import flow_of
from tests.unit.test_hooks import KEY, request

SHANGHAI = "Asia/Shanghai"
SIGNED = parse("2026-11-01T20:00:00+08:00")
RULES = AfterSales()


def order(category: str | None = None, price: str = "499.00", delivered: int | None = SIGNED) -> Order:
    shoe = OrderItem("SHOE-42", "跑鞋", 2, Money(price, "CNY"), category)
    return Order(external_id="O-1", items=(shoe,), delivered_at=delivered)


def names(claim: Claim, at: str, what: Order | None, kind: str = "return", rules: AfterSales = RULES) -> list[str]:
    return [one.name for one in judge(kind, claim, what, parse(at), rules, SHANGHAI)]  # type: ignore[arg-type]


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
    assert judge("return", claim, order(), parse(asked), RULES, SHANGHAI) == (ruling,)


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
            judge("return", Claim("unwanted"), order(), SIGNED + day * DAY, AfterSales(return_days=shop), SHANGHAI)
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
    rulings = judge("return", claim, what, SIGNED + DAY, RULES, SHANGHAI)
    assert approving_rule("return", claim, what, None, rulings, AfterSales(auto_approve=(RULE,))) == approved


def test_evidence_can_be_asked_for_and_no_rule_approves_what_is_too_late() -> None:
    rules = AfterSales(auto_approve=(AutoApproval(name="seen", needs_evidence=True),))
    shown, bare = Claim("defective", evidence=("photo-1",)), Claim("defective")
    for claim, approved in ((shown, "seen"), (bare, None)):
        rulings = judge("return", claim, order(), SIGNED + DAY, rules, SHANGHAI)
        assert approving_rule("return", claim, order(), None, rulings, rules) == approved
    late = judge("return", Claim("unwanted", evidence=("p",)), order(), SIGNED + 99 * DAY, rules, SHANGHAI)
    assert approving_rule("return", Claim("unwanted", evidence=("p",)), order(), None, late, rules) is None


def test_a_claim_is_approved_by_rule_with_its_opening_and_says_by_which(desk: FakeDesk) -> None:
    put_policy(desk, "demo", Policy(after_sales=AfterSales(auto_approve=(RULE,))))
    bought = {
        "external_id": "O-1", "items": [{"sku": "SHOE-42", "price": {"amount": "499.00", "currency": "CNY"}}],
        "delivered_at": "2026-11-18T08:00:00Z",
    }  # fmt: skip
    desk.hook("case.requested", request(order=bought, claim={"reason": "size_too_small"}))
    assert flow_of(desk).state == "approved"
    told = explain_case(desk, desk.cases.load(KEY))
    assert [one.name for one in told.rulings] == ["no_reason_window"]
    assert [(event.by.kind, event.fact.rule) for event in told.decisions] == [("system", "small sizes")]  # type: ignore[union-attr]
