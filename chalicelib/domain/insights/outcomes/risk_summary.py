"""How far the risks of a shop's orders can be believed, measured on orders that came after those that taught."""

from collections.abc import Sequence
from itertools import groupby, pairwise
from math import sqrt
from operator import itemgetter
from statistics import fmean

from msgspec import Struct

from chalicelib.domain.insights.outcomes.shares import Interval, Z, share_interval
from chalicelib.domain.insights.outcomes.stages import Stage

WARNED = 0.1
"""One in ten orders is warned of."""
WEAK_BELOW = 0.6
"""The AUC that has to be certain before a stage is more than weak; .5 is guessing."""
BINS = 5
STEPS = 50
"""Halvings of the range in which a limit is looked for: more than a floating-point number has digits."""


class CalibrationBin(Struct, frozen=True, kw_only=True):
    """A fifth of the measured orders, by risk: the mean risk and the share that went wrong, with its interval."""

    orders: int
    risk: float
    share: float
    interval: Interval


class StageSummary(Struct, frozen=True, kw_only=True):
    """The figures of one stage. `orders` with `wrong` were all there is to learn from; the rest was measured on the
    last third of them in time, `measured` orders, with what the first two thirds taught. `precision`: the share that
    went wrong among the tenth at the highest risk; `threshold`: the risk from which a warning is given
    (1: never); `weak`: it is
    not certain that the AUC is .6 or more."""

    stage: Stage
    orders: int
    wrong: int
    measured: int = 0
    base_rate: float | None = None
    auc: float | None = None
    auc_interval: Interval | None = None
    precision: float | None = None
    precision_interval: Interval | None = None
    bins: list[CalibrationBin] = []
    threshold: float = 1.0
    weak: bool = True


class RiskSummary(Struct, frozen=True, kw_only=True):
    """`orders` whose outcome is known, and the share of them that went wrong; the stages that could be measured."""

    orders: int
    base_rate: float | None
    stages: list[StageSummary] = []


def measured(stage: Stage, counts: tuple[int, int], risks: Sequence[float], wrong: Sequence[bool]) -> StageSummary:
    """The figures of a stage from the risks of orders that did not teach and how they went; `counts`: all orders and
    those of them that went wrong."""
    summary = StageSummary(stage=stage, orders=counts[0], wrong=counts[1])
    area = auc(risks, wrong)
    if area is None:
        return summary
    limits = auc_interval(area, sum(wrong), len(wrong) - sum(wrong))
    ranked = [went for _, went in sorted(zip(risks, wrong, strict=True), key=lambda each: -each[0])]
    top = ranked[: max(1, round(WARNED * len(ranked)))]
    return StageSummary(
        stage=stage,
        orders=counts[0],
        wrong=counts[1],
        measured=len(wrong),
        base_rate=fmean(wrong),
        auc=area,
        auc_interval=limits,
        precision=fmean(top),
        precision_interval=share_interval(sum(top), len(top)),
        bins=calibration(risks, wrong),
        weak=limits[0] < WEAK_BELOW,
    )


def auc(risks: Sequence[float], wrong: Sequence[bool]) -> float | None:
    """The area under the ROC curve: how often an order that went wrong has a higher risk than one that went well, ties
    counting half (Mann-Whitney); None unless there are both."""
    bad, good = sum(wrong), len(wrong) - sum(wrong)
    if not bad or not good:
        return None
    below, pairs = 0, 0.0
    for _, tied in groupby(sorted(zip(risks, wrong, strict=True)), key=itemgetter(0)):
        outcomes = [went for _, went in tied]
        well = len(outcomes) - sum(outcomes)
        pairs += sum(outcomes) * (below + well / 2)
        below += well
    return pairs / (bad * good)


def auc_interval(area: float, bad: int, good: int) -> Interval:
    """The 95 % interval of an AUC (Newcombe, "Confidence intervals for an effect size measure based on the
    Mann-Whitney statistic, part 2", Stat. Med. 25, 2006, method 5): the areas whose own standard error puts the one
    that was found within 1.96 of them. It has a width even where the area is 0 or 1."""

    def is_far(value: float) -> bool:
        spread = ((bad + good) / 2 - 1) * ((1 - value) / (2 - value) + value / (1 + value))
        return abs(area - value) > Z * sqrt(value * (1 - value) * (1 + spread) / (bad * good))

    low, high = (0.0, area), (area, 1.0)
    for _ in range(STEPS):
        middle = sum(low) / 2
        low = (middle, low[1]) if is_far(middle) else (low[0], middle)
        middle = sum(high) / 2
        high = (high[0], middle) if is_far(middle) else (middle, high[1])
    return sum(low) / 2, sum(high) / 2


def calibration(risks: Sequence[float], wrong: Sequence[bool]) -> list[CalibrationBin]:
    """Fifths of the orders by risk, the lowest first; empty ones are left out."""
    ranked = sorted(zip(risks, wrong, strict=True))
    bounds = [len(ranked) * place // BINS for place in range(BINS + 1)]
    parts = [ranked[start:end] for start, end in pairwise(bounds) if end > start]
    return [
        CalibrationBin(
            orders=len(part),
            risk=fmean(risk for risk, _ in part),
            share=fmean(went for _, went in part),
            interval=share_interval(sum(went for _, went in part), len(part)),
        )
        for part in parts
    ]
