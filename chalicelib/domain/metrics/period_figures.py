"""The figures of a period, summed from the records of its days. Docs: docs/metrics.md.

Percentiles of days cannot be summed, so a period has means, weighted by how many cases each day has.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Literal, get_args

from msgspec import Struct

from chalicelib.domain.metrics.intervals import Interval, csat_interval, nps_interval

Measured = Literal["opened", "resolved", "first_reply", "resolution", "kept", "csat", "nps", "reopened", "escalated"]
MEASURED: tuple[Measured, ...] = get_args(Measured)
SATISFIED = slice(3, 5)
"""The places of the scores 4 and 5 among the five counts of scores."""


class PeriodFigure(Struct, frozen=True):
    """A figure: its value (a count, seconds, percent or points), how many cases or answers it rests on, and its
    interval where there is one. `value` is None when it rests on nothing."""

    value: float | None
    sample: int
    interval: Interval | None = None


def figures_of(records: Iterable[Mapping[str, Any]]) -> dict[Measured, PeriodFigure]:
    """All figures of these records together."""
    listed = list(records)
    resolved = _sum(listed, "resolved")
    return {
        "opened": _count(_sum(listed, "opened")),
        "resolved": _count(resolved),
        "first_reply": _mean(listed, "first_reply"),
        "resolution": _mean(listed, "resolution"),
        "kept": _kept(listed),
        "csat": _csat(listed),
        "nps": _nps(listed),
        "reopened": _share(_sum(listed, "reopened"), resolved),
        "escalated": _share(_sum(listed, "escalated"), resolved),
    }


def _sum(records: list[Mapping[str, Any]], name: str) -> int:
    return sum(int(record[name]) for record in records)


def _count(count: int) -> PeriodFigure:
    return PeriodFigure(count, count)


def _share(part: int, whole: int) -> PeriodFigure:
    return PeriodFigure(100 * part / whole if whole else None, whole, csat_interval(part, whole))


def _mean(records: list[Mapping[str, Any]], name: str) -> PeriodFigure:
    spans = [record[name] for record in records if record[name]["count"]]
    count = sum(span["count"] for span in spans)
    total = sum(span["count"] * span["mean"] for span in spans)
    return PeriodFigure(total / count if count else None, count)


def _kept(records: list[Mapping[str, Any]]) -> PeriodFigure:
    clocks = [clock for record in records for clock in record["sla"].values()]
    met, breached = (sum(clock[state] for clock in clocks) for state in ("met", "breached"))
    return _share(met, met + breached)


def _csat(records: list[Mapping[str, Any]]) -> PeriodFigure:
    scores = [record["csat"]["scores"] for record in records]
    return _share(sum(sum(each[SATISFIED]) for each in scores), sum(map(sum, scores)))


def _nps(records: list[Mapping[str, Any]]) -> PeriodFigure:
    answers = [record["nps"] for record in records]
    names = ("promoters", "detractors", "answered")
    promoters, detractors, answered = (sum(each[name] for each in answers) for name in names)
    value = 100 * (promoters - detractors) / answered if answered else None
    return PeriodFigure(value, answered, nps_interval(promoters, detractors, answered))
