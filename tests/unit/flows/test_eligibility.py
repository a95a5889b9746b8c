"""What speaks for and against a claim, and which claims a shop's rule approves without a person."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.aftersales.case_flow import complete_claim
from chalicelib.domain.flows.approval import approving_rule
from chalicelib.domain.flows.claims import Claim, History
from chalicelib.domain.flows.eligibility import EXCLUDED_BY_LAW, judge, value_of
from chalicelib.domain.flows.eligibility_reasons import Ruling, eligible
from chalicelib.domain.flows.flow import FlowItem
from chalicelib.domain.kernel.money import Money
from chalicelib.domain.kernel.timestamps import DAY_MS, parse_instant
from chalicelib.domain.orders.order import Order, OrderItem
from chalicelib.domain.sla.policies import AfterSales, AutoApproval, ReviewSignals
from tests.support.aftersales.claims import SIGNED_AT, SMALL_SIZES_RULE

SHANGHAI = "Asia/Shanghai"

RULES = AfterSales()


def order(category: str | None = None, price: str = "499.00", delivered: int | None = SIGNED_AT) -> Order:
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
    split = Order(external_id="O-1", items=(OrderItem("SHOE-42"), OrderItem("SHOE-42")), delivered_at=SIGNED_AT)
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
            judge(
                "return", Claim("unwanted"), order(), SIGNED_AT + day * DAY_MS, AfterSales(return_days=shop), SHANGHAI
            )
        )

    assert says(days) is (days <= max(7, shop))
    assert says(days) or not says(days + 1)


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
    rulings = judge("return", claim, what, SIGNED_AT + DAY_MS, RULES, SHANGHAI)
    assert (
        approving_rule("return", claim, what, None, rulings, AfterSales(auto_approve=(SMALL_SIZES_RULE,))) == approved
    )


def test_evidence_can_be_asked_for_and_no_rule_approves_what_is_too_late() -> None:
    rules = AfterSales(auto_approve=(AutoApproval(name="seen", needs_evidence=True),))
    shown, bare = Claim("defective", evidence=("photo-1",)), Claim("defective")
    for claim, approved in ((shown, "seen"), (bare, None)):
        rulings = judge("return", claim, order(), SIGNED_AT + DAY_MS, rules, SHANGHAI)
        assert approving_rule("return", claim, order(), None, rulings, rules) == approved
    late = judge("return", Claim("unwanted", evidence=("p",)), order(), SIGNED_AT + 99 * DAY_MS, rules, SHANGHAI)
    assert approving_rule("return", Claim("unwanted", evidence=("p",)), order(), None, late, rules) is None


BEFORE = History(claimed=(FlowItem("SHOE-42", 1),), returns=5, wrong_items=2, refunded=Money("499.00", "CNY"))


def judged(claim: Claim, history: History, rules: AfterSales = RULES, kind: str = "return") -> dict[str, str]:
    found = judge(kind, claim, order(), SIGNED_AT + DAY_MS, rules, SHANGHAI, history)  # type: ignore[arg-type]
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
    found = judge("return", claim, order(), SIGNED_AT + DAY_MS, rules, SHANGHAI, BEFORE)
    assert {one.name for one in found if one.weight == "review"} == {
        "already_refunded",
        "many_returns",
        "wrong_items_in_a_row",
        "high_value",
    }
    assert eligible(found) is True
    assert approving_rule("return", claim, order(), None, found, rules) is None
    calm = judge("return", claim, order(), SIGNED_AT + DAY_MS, AfterSales(auto_approve=rules.auto_approve), SHANGHAI)
    assert approving_rule("return", claim, order(), None, calm, rules) == "all"


def test_a_repair_warrants_itself_for_ninety_days() -> None:
    claim = Claim("defective", (FlowItem("SHOE-42"),))
    history = History(repaired=(("SHOE-42", SIGNED_AT + 400 * DAY_MS), ("SHOE-42", SIGNED_AT + 10 * DAY_MS)))
    soon = judge("repair", claim, order(), SIGNED_AT + 490 * DAY_MS, RULES, SHANGHAI, history)
    late = judge("repair", claim, order(), SIGNED_AT + 491 * DAY_MS, RULES, SHANGHAI, history)
    assert ([one.name for one in soon], [one.name for one in late]) == (["repair_warranty"], ["warranty_over"])


DEFECTS_RULES = AfterSales(
    auto_approve=(AutoApproval(name="defects", reason="defective", max_value="100", currency="CNY"),)
)
LAMP = OrderItem("LAMP", price=Money("100.00", "CNY"))
CLAIM = Claim("defective", (FlowItem("LAMP"),))


@pytest.mark.parametrize(
    ("history", "rulings"),
    [
        (History(), ["fault"]),
        (History(elsewhere=(Money("5.00", "CNY"), Money("1.00", "USD"))), [*["already_refunded"] * 2, "fault"]),
        (History(cancelled=True), ["order_cancelled", "fault"]),
        (History(disputed=True), ["payment_disputed", "fault"]),
        (History(unpaid=True), ["not_paid", "fault"]),
        (History(refunded_whole=True), ["already_refunded", "fault"]),
    ],
)
def test_nothing_is_approved_by_rule_over_what_went_back_was_called_off_or_is_disputed(
    history: History, rulings: list[str]
) -> None:
    order, at = Order("O", (LAMP,)), parse_instant("2026-11-20T00:00:00Z")
    found = judge("return", CLAIM, order, at, DEFECTS_RULES, "Asia/Shanghai", history)
    assert [one.name for one in found] == rulings
    by_rule = approving_rule("return", CLAIM, order, None, found, DEFECTS_RULES)
    assert (by_rule == "defects") is (history == History())


def test_what_went_back_is_added_up_by_currency() -> None:
    history = History(refunded=Money("5.00", "CNY"), elsewhere=(Money("2.50", "CNY"),))
    at = parse_instant("2026-11-20T00:00:00Z")
    found = judge("return", CLAIM, Order("O", (LAMP,)), at, DEFECTS_RULES, "Asia/Shanghai", history)
    assert (found[0].name, found[0].about) == ("already_refunded", "7.50 CNY")


def test_a_value_limit_looks_at_what_was_paid_with_taxes_too() -> None:
    taxed = OrderItem("LAMP", price=Money("100.00", "CNY"), paid=Money("120.00", "CNY"))
    assert value_of(CLAIM, Order("O", (taxed,)), "CNY") == Decimal(120)


def test_what_is_no_goods_is_not_sent_back_and_not_meant_where_nothing_is_named() -> None:
    card, at = OrderItem("CARD", goods=False), parse_instant("2026-11-20T00:00:00Z")
    order = Order("O", (LAMP, card))
    assert [one.sku for one in complete_claim(None, order).items] == ["LAMP"]
    assert [one.sku for one in complete_claim(None, Order("O", (card,))).items] == ["CARD"]
    claim = Claim("defective", (FlowItem("CARD"),))
    for kind, names in (("return", ["no_goods", "fault"]), ("refund", ["fault"])):
        assert [one.name for one in judge(kind, claim, order, at, DEFECTS_RULES, "Asia/Shanghai")] == names  # type: ignore[arg-type]


def test_what_was_claimed_before_counts_against_what_was_ordered_at_first() -> None:
    left = OrderItem("LAMP", quantity=1, ordered=2)
    before, at = History(claimed=(FlowItem("LAMP"),)), parse_instant("2026-11-20T00:00:00Z")
    for many, names in ((1, ["fault"]), (2, ["more_than_ordered", "fault"])):
        claim = Claim("defective", (FlowItem("LAMP", many),))
        found = judge("return", claim, Order("O", (left,)), at, DEFECTS_RULES, "Asia/Shanghai", before)
        assert [one.name for one in found] == names
