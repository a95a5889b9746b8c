"""How good early warnings are, by what became of the orders."""

from collections.abc import Sequence
from statistics import fmean
from typing import Literal

from msgspec import Struct

from chalicelib.domain.insights.findings import EarlyWarning, Findings, Interval
from chalicelib.domain.insights.outcomes.risk_summary import RiskSummary, StageSummary
from chalicelib.domain.insights.outcomes.shares import share_interval
from chalicelib.domain.insights.outcomes.stages import STAGES, Stage

Weakness = Literal["few", "blind", "high", "low"]
"""`few`: too few outcomes to say; `blind`: not certain to be better than chance; `high`, `low`: risks are too high, or
too low."""
ENOUGH = 50


class Group(Struct, frozen=True):
    """Orders with a known outcome: how many, how many went wrong, and that share with its interval."""

    count: int
    wrong: int
    interval: Interval | None

    @property
    def share(self) -> float | None:
        """The share that went wrong; None without any."""
        return self.wrong / self.count if self.count else None


class StageQuality(Struct, frozen=True, kw_only=True):
    """The warnings of a stage: those to act on, the riskiest first, and how good warnings are. `held_back`: so many
    more are held out, and not shown while they are open, for who sees them acts on them. `measured`: on orders that did
    not teach, before anybody was warned; the rest is of warnings. Only orders that were left alone say how good those
    are, because acting changes what becomes of them. `risk`: their mean risk."""

    stage: Stage
    pending: list[EarlyWarning]
    held_back: int
    measured: StageSummary | None
    left_alone: Group
    acted_on: Group
    risk: float | None
    weak: list[Weakness]


def latest_warnings(recent: Sequence[Findings]) -> list[EarlyWarning]:
    """The warnings of several findings, which begin with the newest: each order once a stage, as it was seen last."""
    latest: dict[tuple[str, str], EarlyWarning] = {}
    for each in (warning for findings in recent for warning in findings.warnings):
        latest.setdefault((each.order, each.stage), each)
    return list(latest.values())


def assess_warnings(warnings: Sequence[EarlyWarning], measured: RiskSummary | None) -> list[StageQuality]:
    """The stages that have warnings or were measured, in their order."""
    summaries = {each.stage: each for each in measured.stages} if measured is not None else {}
    stages = [(stage, [each for each in warnings if each.stage == stage]) for stage in STAGES]
    return [_quality(stage, those, summaries.get(stage)) for stage, those in stages if those or stage in summaries]


def _quality(stage: Stage, warnings: list[EarlyWarning], measured: StageSummary | None) -> StageQuality:
    ended = [each for each in warnings if each.went_wrong is not None]
    alone = [each for each in ended if each.group == "held_out"]
    group, risk = _group(alone), fmean(each.risk for each in alone) if alone else None
    pending = [each for each in warnings if each.went_wrong is None]
    return StageQuality(
        stage=stage,
        pending=sorted((each for each in pending if each.group == "treated"), key=lambda each: -each.risk),
        held_back=sum(each.group == "held_out" for each in pending),
        measured=measured if measured is not None and measured.auc is not None else None,
        left_alone=group,
        acted_on=_group([each for each in ended if each.group == "treated"]),
        risk=risk,
        weak=_weaknesses(measured, group, risk),
    )


def _group(warnings: list[EarlyWarning]) -> Group:
    wrong = sum(bool(each.went_wrong) for each in warnings)
    return Group(len(warnings), wrong, share_interval(wrong, len(warnings)) if warnings else None)


def _weaknesses(measured: StageSummary | None, group: Group, risk: float | None) -> list[Weakness]:
    """What is weak, by the warnings if enough have ended, or else by what was measured before."""
    is_measured = measured is not None and measured.measured >= ENOUGH
    weak: list[Weakness] = ["blind"] if measured is not None and is_measured and measured.weak else []
    if group.count >= ENOUGH and group.interval is not None and risk is not None:
        return weak + _bias(risk, group.interval)
    if measured is None or not is_measured:
        return ["few"]
    share = sum(each.share * each.orders for each in measured.bins) / measured.measured
    limits = share_interval(round(share * measured.measured), measured.measured)
    return weak + _bias(sum(each.risk * each.orders for each in measured.bins) / measured.measured, limits)


def _bias(risk: float, limits: Interval) -> list[Weakness]:
    """Whether risks are too high or too low for what happened."""
    return ["high"] if risk > limits[1] else ["low"] if risk < limits[0] else []
