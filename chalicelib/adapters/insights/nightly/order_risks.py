"""The risk of orders at each stage, learned from orders of the shop whose outcome is known."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from chalicelib.adapters.insights.risk_model import RiskModel
from chalicelib.domain.insights.insight_inputs import InsightInputs
from chalicelib.domain.insights.outcomes.risk_summary import WARNED, StageSummary, measured
from chalicelib.domain.insights.outcomes.stages import Stage, stage_facts
from chalicelib.domain.insights.outcomes.went_wrong import OrderOutcome
from chalicelib.domain.kernel.timestamps import Day

FEWEST_ORDERS, FEWEST_WRONG = 100, 15
MOST_WARNED = 0.3
StageDays = Mapping[str, Mapping[Stage, Day]]
"""The days of the stages of each order."""
NONE = 1.0
"""The threshold that no risk reaches."""


class StageOrders(Struct, frozen=True):
    """Orders whose outcome is known, in the order of purchase: their facts at a stage, and whether they went wrong
    after it. `settled`: how many more were at the stage, but had gone wrong or were reviewed by then."""

    facts: list[list[float | None]]
    wrong: list[bool]
    settled: int

    @property
    def is_enough(self) -> bool:
        """Whether there are enough to learn from."""
        return len(self.wrong) >= FEWEST_ORDERS and sum(self.wrong) >= FEWEST_WRONG and not all(self.wrong)


def past_orders(inputs: InsightInputs, outcomes: Iterable[OrderOutcome], days: StageDays, stage: Stage) -> StageOrders:
    """The orders of known outcome that were at a stage, without those that had gone wrong or were reviewed by then:
    with them, a model would be praised for finding what has long been settled."""
    facts, wrong, settled = list[list[float | None]](), list[bool](), 0
    for outcome in sorted(outcomes, key=lambda each: (inputs.orders[each.order].purchased_at, each.order)):
        day = days[outcome.order].get(stage)
        if day is not None and outcome.is_open_after(day):
            facts.append(stage_facts(inputs.orders[outcome.order], stage, inputs.time_zone))
            wrong.append(outcome.wrong_on is not None)
        settled += day is not None and not outcome.is_open_after(day)
    return StageOrders(facts, wrong, settled)


def learned(stage: Stage, past: StageOrders, threshold: float | None) -> tuple[RiskModel, StageSummary]:
    """The model of all past orders, and what the first two thirds of them teach about the last third.
    Without a threshold it is the one of `threshold_of` the past orders."""
    split = 2 * len(past.wrong) // 3
    counts = len(past.wrong), sum(past.wrong)
    summary = StageSummary(stage=stage, orders=counts[0], wrong=counts[1])
    if len(set(past.wrong[:split])) == 2:
        earlier = RiskModel.trained(past.facts[:split], past.wrong[:split])
        summary = measured(stage, counts, _risks(earlier, past.facts[split:]), past.wrong[split:])
    model = RiskModel.trained(past.facts, past.wrong)
    usual = threshold_of(_risks(model, past.facts), past.settled) if threshold is None else threshold
    return model, replace(summary, threshold=usual)


def threshold_of(risks: Sequence[float], settled: int = 0) -> float:
    """The risk that about one in ten of all orders at a stage reach, those included that are settled and not warned of.
    Where many orders have equal risks, the share that reaches it is as near to one in ten as it can be and at most
    three in ten; `NONE` where that cannot be."""
    values, counts = np.unique(risks, return_counts=True)
    reaching = counts[::-1].cumsum()[::-1] / max(1, len(risks) + settled)
    few = reaching <= MOST_WARNED
    return float(values[few][np.argmin(abs(reaching[few] - WARNED))]) if few.any() else NONE


def _risks(model: RiskModel, facts: Sequence[Sequence[float | None]]) -> list[float]:
    return [risk.risk for risk in model.risks(facts)]
