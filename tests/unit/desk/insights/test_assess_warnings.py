"""How good warnings are: by what was measured before, and by what became of orders that were left alone."""

from typing import Any, Literal

from chalicelib.domain.insights.findings import EarlyWarning
from chalicelib.domain.insights.outcomes.risk_summary import RiskSummary, StageSummary, measured
from chalicelib.usecases.insights.assess_warnings import ENOUGH, assess_warnings, latest_warnings
from tests.support.insights.pages import findings, warning


def outcomes(
    risk: float, wrong: int, fine: int, group: Literal["held_out", "treated"] = "held_out"
) -> list[EarlyWarning]:
    """Warnings of one risk that have ended."""
    results = [True] * wrong + [False] * fine
    return [
        warning(f"{group}-{risk}-{place}", risk, group=group, went_wrong=each) for place, each in enumerate(results)
    ]


def summary(risks: list[float], wrong: list[bool]) -> RiskSummary:
    """What was measured at hand-over."""
    stage: StageSummary = measured("hand_over", (900, 200), risks, wrong)
    return RiskSummary(orders=900, base_rate=0.2, stages=[stage])


def weak(warnings: list[EarlyWarning], known: RiskSummary | None = None) -> list[Any]:
    (stage,) = assess_warnings(warnings, known)
    return list(stage.weak)


def test_warnings_whose_outcomes_are_few_are_called_so() -> None:
    assert weak([*outcomes(0.5, 5, 5), warning("open")]) == ["few"]
    assert weak([warning("open")], summary([0.9, 0.1], [True, False])) == ["few"]


def test_risks_that_rank_rightly_and_are_as_high_as_what_happened_are_not_weak() -> None:
    assert weak([], summary([0.8] * 60 + [0.2] * 60, [True] * 48 + [False] * 24 + [False] * 36 + [True] * 12)) == []


def test_risks_that_are_the_same_for_all_and_too_high_or_too_low_are_weak() -> None:
    assert weak([], summary([0.9] * 100, [True, False] * 50)) == ["blind", "high"]
    assert weak([], summary([0.1] * 100, [True, False] * 50)) == ["blind", "low"]


def test_enough_warnings_that_have_ended_count_more_than_what_was_measured_before() -> None:
    before = summary([0.8] * 60 + [0.2] * 60, [True] * 48 + [False] * 24 + [False] * 36 + [True] * 12)
    assert weak(outcomes(0.8, 5, ENOUGH), before) == ["high"]


def test_only_orders_that_were_left_alone_say_how_good_risks_are() -> None:
    (stage,) = assess_warnings([*outcomes(0.3, 20, 40), *outcomes(0.3, 0, 60, "treated")], None)
    assert (stage.left_alone.count, stage.acted_on.wrong) == (60, 0)
    assert stage.weak == []


def test_an_order_that_several_nights_warn_of_is_shown_once_as_it_was_seen_last() -> None:
    newest, before = findings(warnings=[warning("A", 0.7)]), findings(warnings=[warning("A", 0.2), warning("B", 0.1)])
    assert [(each.order, each.risk) for each in latest_warnings([newest, before])] == [("A", 0.7), ("B", 0.1)]
