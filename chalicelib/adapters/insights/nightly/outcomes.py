"""What goes with satisfaction, and which of today's orders may go wrong, learned from a shop's own past every night."""

from collections.abc import Sequence
from statistics import fmean
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from chalicelib.adapters.insights.drivers import DriverEffect, driver_effects
from chalicelib.adapters.insights.nightly.order_risks import ended_orders, learned, past_orders
from chalicelib.adapters.insights.risk_model import RiskModel
from chalicelib.domain.insights.findings import Driver, EarlyWarning
from chalicelib.domain.insights.insight_inputs import InsightInputs
from chalicelib.domain.insights.outcomes.driver_columns import Column, useful_columns
from chalicelib.domain.insights.outcomes.driver_table import DriverTable, driver_table
from chalicelib.domain.insights.outcomes.risk_summary import RiskSummary, StageSummary
from chalicelib.domain.insights.outcomes.stages import STAGES, Stage, due, stage_days, stage_facts
from chalicelib.domain.insights.outcomes.warnings import group_of
from chalicelib.domain.insights.outcomes.went_wrong import order_outcomes

Array = NDArray[np.float64]
Target = Literal["csat", "nps"]
FEWEST_ANSWERS = 60
OWN = 0.01
"""The least share of a driver's variance that the others may leave: with less, their effects cannot be told apart."""
MOST_CASES = 4000
"""The newest so many answered cases are enough for narrow intervals; the time that a fit takes grows with them."""
RANGES: dict[Target, float] = {"csat": 4, "nps": 10}
"""An interval that is wider than the scores from the lowest to the highest says nothing: its fit did not end."""


def explain(inputs: InsightInputs) -> list[Driver]:
    """The drivers of CSAT and NPS, in the table's order; none of a score that fewer than 60 cases have."""
    table = driver_table(inputs)
    return [*_drivers(table, "csat", table.csat), *_drivers(table, "nps", table.nps)]


def _drivers(table: DriverTable, target: Target, scores: Sequence[int | None]) -> list[Driver]:
    given = [place for place, score in enumerate(scores) if score is not None][-MOST_CASES:]
    columns = _columns(table, given) if len(given) >= FEWEST_ANSWERS else []
    if not columns:
        return []
    cases = np.array([column.values for column in columns], float).T
    independent = _independent(cases)
    effects = _effects(
        [columns[place].name for place in independent], cases[:, independent], [scores[place] for place in given]
    )
    return [
        Driver(driver=each.driver, target=target, effect=each.effect, low=each.low, high=each.high, count=len(given))
        for each in effects
        if each.high - each.low < RANGES[target]  # false for NaN, too
    ]


def _columns(table: DriverTable, given: Sequence[int]) -> list[Column]:
    """The columns that can be learned from in these rows: those who gave one score may be few of all who answered."""
    columns = (Column(name, [table.rows[row][place] for row in given]) for place, name in enumerate(table.names))
    return useful_columns(columns, len(given))


def _effects(names: Sequence[str], cases: Array, scores: Sequence[int | None]) -> list[DriverEffect]:
    """The effects; none where drivers tell the scores apart so fully that no fit has an end."""
    try:
        with np.errstate(all="ignore"):
            return driver_effects(names, cases, scores)
    except np.linalg.LinAlgError:
        return []


def _independent(cases: Array) -> list[int]:
    """The columns that vary and are not, all but `OWN` of their variance, a sum of columns before them."""
    independent: list[int] = []
    centred = cases - cases.mean(axis=0)
    for place in range(cases.shape[1]):
        column = centred[:, place]
        others = centred[:, independent]
        rest = column - others @ np.linalg.lstsq(others, column, rcond=None)[0] if independent else column
        if rest @ rest > OWN * (column @ column):
            independent.append(place)
    return independent


def warn(inputs: InsightInputs, threshold: float | None = None) -> tuple[list[EarlyWarning], RiskSummary]:
    """Today's orders at a risk from `threshold` on, and how far risks can be believed.

    Each stage has a model of its own. Without a threshold it is such that about one in ten past orders would have
    been warned of at the stage. Without 100 orders whose outcome is known, 15 of which went wrong, there is no
    warning. Orders that have gone wrong, or were reviewed, are no longer warned of.
    """
    outcomes = order_outcomes(inputs)
    ended = [each for each in outcomes.values() if each.is_known]
    days = {order: stage_days(inputs.orders[order], inputs.time_zone) for order in outcomes}
    open_today = [each for each in due(days, inputs.day) if outcomes[each[0]].is_open_after(inputs.day)]
    warnings: list[EarlyWarning] = []
    stages: list[StageSummary] = []
    past_facts = ended_orders(inputs, ended)
    for stage in STAGES:
        past = past_orders(past_facts, days, stage)
        if past.is_enough:
            model, summary = learned(stage, past, threshold)
            stages.append(summary)
            today = [order for order, reached in open_today if reached == stage]
            warnings += _warnings(inputs, stage, today, model, summary.threshold)
    base_rate = fmean(each.wrong_on is not None for each in ended) if ended else None
    return warnings, RiskSummary(orders=len(ended), base_rate=base_rate, stages=stages)


def _warnings(
    inputs: InsightInputs, stage: Stage, today: Sequence[str], model: RiskModel, threshold: float
) -> list[EarlyWarning]:
    """The warnings of a stage, the highest risk first."""
    facts = [stage_facts(inputs.orders[order], stage, inputs.time_zone) for order in today]
    warnings = [
        EarlyWarning(
            order=order,
            day=inputs.day,
            stage=stage,
            risk=risk.risk,
            reasons=risk.reasons,
            group=group_of(inputs.shop, order),
            customer=inputs.orders[order].customer,
        )
        for order, risk in zip(today, model.risks(facts), strict=True)
        if risk.risk >= threshold
    ]
    return sorted(warnings, key=lambda each: (-each.risk, each.order))
