"""The figures of a period, from the records of its days (`sums`), each with its sample and interval."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal, get_args

from msgspec import Struct

from chalicelib.domain.metrics.intervals import Interval, csat_interval, nps_interval
from chalicelib.domain.metrics.sums import CLOCKS, Summed, summed

Measured = Literal["opened", "resolved", "first_reply", "resolution", "kept", "csat", "nps", "reopened", "escalated"]
MEASURED: tuple[Measured, ...] = get_args(Measured)


class PeriodFigure(Struct, frozen=True):
    """A figure: its value (a count, seconds, percent or points), how many cases or answers it rests on, and its
    interval where there is one. `value` is None when it rests on nothing."""

    value: float | None
    sample: int
    interval: Interval | None = None


def figures_of(records: Iterable[Mapping[str, Any]]) -> dict[Measured, PeriodFigure]:
    """All figures of these records together."""
    days = list(records)
    total = summed("", days)
    opened, escalated = (sum(record[name] for record in days) for name in ("opened", "escalated"))
    return {
        "opened": PeriodFigure(opened, opened),
        "resolved": PeriodFigure(total.handled, total.handled),
        "first_reply": _mean(total, "first_reply"),
        "resolution": _mean(total, "resolution"),
        "kept": _kept(days),
        "csat": _share(total.satisfied, total.answered),
        "nps": _nps(days),
        "reopened": _share(total.reopened, total.handled),
        "escalated": _share(escalated, total.handled),
    }


def _mean(total: Summed, clock: str) -> PeriodFigure:
    return PeriodFigure(total.mean(clock), total.counts[clock])


def _share(part: int, whole: int) -> PeriodFigure:
    return PeriodFigure(100 * part / whole if whole else None, whole, csat_interval(part, whole))


def _kept(days: list[Mapping[str, Any]]) -> PeriodFigure:
    clocks = [record["sla"][clock] for record in days for clock in CLOCKS]
    met, breached = (sum(clock[state] for clock in clocks) for state in ("met", "breached"))
    return _share(met, met + breached)


def _nps(days: list[Mapping[str, Any]]) -> PeriodFigure:
    promoters, detractors, answered = (
        sum(record["nps"][name] for record in days) for name in ("promoters", "detractors", "answered")
    )
    value = 100 * (promoters - detractors) / answered if answered else None
    return PeriodFigure(value, answered, nps_interval(promoters, detractors, answered))
