"""The risk of orders at each stage, learned from orders of the shop whose outcome is known."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from chalicelib.adapters.insights.risk_model import RiskModel
from chalicelib.domain.insights.insight_inputs import InsightInputs
from chalicelib.domain.insights.outcomes.risk_summary import WARNED, StageSummary, measured
from chalicelib.domain.insights.outcomes.stages import Stage, all_facts, known_at
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


class PastOrder(NamedTuple):
    """An order of known outcome, with its facts on the promised day."""

    outcome: OrderOutcome
    facts: list[float | None]


def ended_orders(inputs: InsightInputs, outcomes: Iterable[OrderOutcome]) -> list[PastOrder]:
    """These orders in the order of purchase, each with its facts, which all stages share."""
    ordered = sorted(outcomes, key=lambda each: (inputs.orders[each.order].purchased_at, each.order))
    return [PastOrder(each, all_facts(inputs.orders[each.order], inputs.time_zone)) for each in ordered]


def past_orders(ended: Iterable[PastOrder], days: StageDays, stage: Stage) -> StageOrders:
    """The orders that were at a stage, without those that had gone wrong or were reviewed by then: with them, a model
    would be praised for finding what has long been settled."""
    facts, wrong, settled = list[list[float | None]](), list[bool](), 0
    for outcome, values in ended:
        day = days[outcome.order].get(stage)
        if day is not None and outcome.is_open_after(day):
            facts.append(known_at(stage, values))
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
        summary = measured(stage, counts, earlier.probabilities(past.facts[split:]), past.wrong[split:])
    model = RiskModel.trained(past.facts, past.wrong)
    usual = threshold_of(model.probabilities(past.facts), past.settled) if threshold is None else threshold
    return model, replace(summary, threshold=usual)


def threshold_of(risks: Sequence[float], settled: int = 0) -> float:
    """The risk that about one in ten of all orders at a stage reach, those included that are settled and not warned of.
    Where many orders have equal risks, the share that reaches it is as near to one in ten as it can be and at most
    three in ten; `NONE` where that cannot be."""
    values, counts = np.unique(risks, return_counts=True)
    reaching = counts[::-1].cumsum()[::-1] / max(1, len(risks) + settled)
    few = reaching <= MOST_WARNED
    return float(values[few][np.argmin(abs(reaching[few] - WARNED))]) if few.any() else NONE
