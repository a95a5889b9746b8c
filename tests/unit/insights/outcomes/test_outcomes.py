"""What goes with satisfaction, and which of today's orders may go wrong."""

from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters.insights.nightly.order_risks import threshold_of
from chalicelib.adapters.insights.nightly.outcomes import explain, warn
from chalicelib.domain.cases.case import Case
from chalicelib.domain.insights.insight_inputs import InsightInputs
from chalicelib.domain.insights.outcomes.stages import STAGES
from chalicelib.domain.insights.outcomes.warnings import group_of
from chalicelib.domain.kernel.timestamps import HOUR_MS
from chalicelib.domain.orders.order_record import OrderRecord
from tests.support.insights.outcomes import TODAY, case, inputs, on, order, said


def answered(count: int, seed: int = 1) -> tuple[Case, ...]:
    """Cases whose scores fall by a point when they are reopened, and with nothing else."""
    random = Random(seed)
    found = []
    for place in range(count):
        reopened = int(random.random() < 0.4)
        csat = random.choice([3, 4, 5]) - (2 if reopened else random.choice([0, 1]))
        hours = 2 ** random.uniform(0, 5)
        times = {"first_reply_at": round(on(12) + hours * HOUR_MS), "resolved_at": round(on(12) + 3 * hours * HOUR_MS)}
        more = {"reopened": reopened, "replies": random.randrange(4)}
        found.append(case(f"case-{place:03}", csat=csat, nps=2 * csat, **times, **more))
    return tuple(found)


PAST, TODAYS = 300, 40


def season(seed: int = 1, share_late: float = 0.25) -> tuple[OrderRecord, ...]:
    """Orders of the past, a quarter of them late, and some that are promised for today (day 323), late ones first."""
    random = Random(seed)
    orders = []
    for place in range(PAST):
        bought = 5 + 280 * place / PAST
        late = random.random() < share_late
        times: dict[str, Any] = {
            "handed": bought + 1 + 4 * late,
            "delivered": bought + (13 if late else random.uniform(3, 8)),
        }
        orders.append(order(f"P-{place:03}", bought=bought, promised=bought + 10, customer="C-2", **times))
    for place in range(TODAYS):
        late = place < 4
        more: dict[str, Any] = {"handed": 313 + 1 + 4 * late, "delivered": None if late else 318}
        orders.append(order(f"T-{place:02}", bought=313, promised=323, **more))
    return tuple(orders)


def with_reviews(orders: tuple[OrderRecord, ...], seed: int = 2) -> InsightInputs:
    """Seven in ten of the late orders of the past get one star, and one in twenty of the others."""
    random = Random(seed)
    words = []
    for each in orders[:PAST]:
        bought = (each.purchased_at - on(0)) / 86_400_000
        late = (each.delivered_at or 0) > each.purchased_at + 10 * 86_400_000
        if random.random() < (0.7 if late else 0.05):
            words.append(
                said(f"R-{each.external_id}", day=bought + 14, source="review", order=each.external_id, score=1.0)
            )
    return inputs(said=tuple(words), orders=orders)


@pytest.fixture(scope="module")
def usual() -> InsightInputs:
    return with_reviews(season())


def test_what_lowers_scores_is_found_for_both_scores() -> None:
    drivers = {(each.target, each.driver): each for each in explain(inputs(cases=answered(300)))}
    assert drivers["csat", "reopened"].high < -0.5
    assert drivers["nps", "reopened"].high < -1
    assert drivers["csat", "replies"].low < 0 < drivers["csat", "replies"].high
    assert {each.count for each in drivers.values()} == {300}


def test_of_two_drivers_that_go_together_the_first_is_named() -> None:
    """In these cases the resolution always takes thrice the first reply."""
    names = {each.driver for each in explain(inputs(cases=answered(300)))}
    assert names == {"first_reply", "replies", "reopened"}


def test_fewer_than_sixty_answers_explain_nothing() -> None:
    assert explain(inputs(cases=answered(59))) == []
    assert {each.target for each in explain(inputs(cases=answered(60)))} == {"csat", "nps"}


def test_drivers_that_separate_scores_fully_raise_nothing() -> None:
    cases = tuple(case(f"case-{place}", csat=1 if place % 2 else 5, reopened=place % 2) for place in range(80))
    assert all(each.low <= each.effect <= each.high for each in explain(inputs(cases=cases)))
    assert explain(inputs(cases=tuple(case(f"case-{place}", csat=5) for place in range(80)))) == []


def test_todays_late_orders_are_warned_of_with_the_reason(usual: InsightInputs) -> None:
    warnings, _ = warn(usual)
    assert {each.order for each in warnings} == {"T-00", "T-01", "T-02", "T-03"}
    assert all("not delivered by the promised day" in each.reasons for each in warnings)
    assert {(each.day, each.stage, each.customer) for each in warnings} == {(TODAY, "promised_day", "C-1")}
    assert [each.group for each in warnings] == [group_of("demo", each.order) for each in warnings]


def test_the_summary_says_how_far_each_stage_can_be_believed(usual: InsightInputs) -> None:
    _, summary = warn(usual)
    assert [each.stage for each in summary.stages] == list(STAGES)
    at_order, _, promised = summary.stages
    assert at_order.weak
    assert not promised.weak
    assert promised.auc is not None
    assert promised.auc > 0.8
    assert (summary.orders, promised.orders, promised.measured) == (PAST, PAST, PAST // 3)
    assert sum(each.orders for each in promised.bins) == PAST // 3


def test_the_threshold_decides_which_orders_are_warned_of_that_have_not_gone_wrong_yet(usual: InsightInputs) -> None:
    assert warn(usual, threshold=1.0)[0] == []
    wrong = said("late", day=322, source="review", order="T-01", score=1.0)
    everyone, _ = warn(inputs(said=(*usual.said, wrong), orders=season()), threshold=0.0)
    assert len(everyone) == TODAYS - 1
    assert "T-01" not in {each.order for each in everyone}


def test_too_few_orders_or_too_few_that_went_wrong_give_no_warning(usual: InsightInputs) -> None:
    few = {key: record for key, record in usual.orders.items() if not "P-099" <= key <= "P-999"}
    assert warn(inputs(said=tuple(usual.said), orders=tuple(few.values())))[0] == []
    warnings, summary = warn(inputs(said=tuple(usual.said[:14]), orders=season()))
    assert (warnings, summary.stages, summary.orders) == ([], [], PAST)
    assert summary.base_rate == pytest.approx(14 / PAST)


def test_without_anything_nothing_is_found() -> None:
    warnings, summary = warn(inputs())
    assert (warnings, summary.orders, summary.base_rate, summary.stages) == ([], 0, None, [])
    assert explain(inputs()) == []


@given(risks=st.lists(st.sampled_from([0.1, 0.2, 0.25, 0.3, 0.4]), max_size=60))
def test_the_share_that_is_warned_of_is_as_near_one_in_ten_as_ties_allow(risks: list[float]) -> None:
    shares = [sum(other >= risk for other in risks) / len(risks) for risk in risks]
    found = threshold_of(risks)
    share = sum(risk >= found for risk in risks) / max(1, len(risks))
    assert share <= 0.3
    assert abs(share - 0.1) == pytest.approx(min((abs(each - 0.1) for each in shares if each <= 0.3), default=0.1))
