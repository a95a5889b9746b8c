"""What a case adds to the metrics of a day: its opening, first reply, resolution, transfers and surveys."""

from collections.abc import Iterator
from typing import Any

import msgspec

from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.facts import CaseClosed, CaseOpened, CaseResolved, ClockBreached, ReplySent
from chalicelib.domain.cases.measure import Measure, MetricRow, Milliseconds
from chalicelib.domain.cases.parts import Owner
from chalicelib.domain.casework.facts import CaseMergedInto
from chalicelib.domain.kernel.timestamps import Day, Instant, day_of
from chalicelib.domain.metrics.dimensions import AGENT_DIMENSIONS, AGENT_PREFIX, DIMENSIONS
from chalicelib.domain.routing.facts import CaseAssigned, CaseReleased
from chalicelib.domain.sla.clocks import Clock
from chalicelib.domain.surveys.facts import SurveyAnswered, SurveySent

COUNTED = (
    CaseOpened,
    ReplySent,
    CaseAssigned,
    CaseReleased,
    CaseResolved,
    CaseClosed,
    ClockBreached,
    SurveySent,
    SurveyAnswered,
    CaseMergedInto,
)
"""The facts that put a case on the list of their day. A breach adds to no row of it: the desk counts it. Nor does a
merge: retention finds there what ended."""
SLA_COLUMNS = {"first_reply": "sla_first_reply", "resolution": "sla_resolution"}
"""The column of each clock that is counted when a case is resolved."""


def counts(event: Event, before: Case | None) -> bool:
    """Whether an event puts its case on the list of its day: an assignment only if it takes the case from another
    assignee, a reply only if no earlier one is stored."""
    if before is None:
        return True
    if isinstance(event.fact, CaseAssigned | CaseReleased):
        return _is_handover(event.fact, before)
    first = before.first_reply_at
    return not (isinstance(event.fact, ReplySent) and first is not None and event.at >= first)


def _is_handover(fact: CaseAssigned | CaseReleased, before: Case) -> bool:
    if isinstance(fact, CaseReleased):
        return fact.takes_from(before.routing.held_by, before.assignee)
    return before.assignee is not None and fact.assignee not in (None, before.assignee)


class CaseMetric(MetricRow, frozen=True, kw_only=True, omit_defaults=True):
    """What one case adds to one day. `docs/metrics.md` defines the figures that are computed from these rows."""

    case: str
    number: str
    channel: str
    type: str
    team: str | None = None
    assignee: str | None = None
    shift: str | None = None
    skus: tuple[str, ...] = ()
    opened: bool = False
    first_reply_ms: Milliseconds | None = None
    resolution_ms: Milliseconds | None = None
    reopened: int = 0
    replies: int = 0
    escalations: int = 0
    transfers: int = 0
    sla_first_reply: str | None = None
    sla_resolution: str | None = None
    sent: bool = False
    answered: bool = False
    csat: int | None = None
    nps: int | None = None
    ces: int | None = None


def case_metrics_by_day(case: Case, time_zone: str) -> dict[Day, list[CaseMetric]]:
    """The rows of a case by day, the day in the shop's time zone."""
    days: dict[Day, list[CaseMetric]] = {}
    same: dict[str, Any] = {"number": case.number, "channel": case.channel, "type": case.type, "skus": case.skus}
    present = case.holder
    for occurred_at, owner, figures in _figures(case):
        day = day_of(occurred_at, time_zone)
        assignee, team, shift = msgspec.structs.astuple(owner or present)
        row = CaseMetric(day=day, case=case.id, assignee=assignee, team=team, shift=shift, **same, **figures)
        days.setdefault(day, []).append(row)
    return days


def _figures(case: Case) -> Iterator[tuple[Instant, Owner | None, dict[str, Any]]]:
    """What counts: when, for which owner (None stands for the present one), and the values of the row."""
    yield case.opened_at, _first_owner(case), {"opened": True}
    if case.first_reply_at is not None:
        yield case.first_reply_at, case.ownership.replied_for, {"first_reply_ms": case.first_reply_at - case.opened_at}
    if case.resolved_at is not None:
        yield case.resolved_at, case.ownership.resolved_for, _resolution(case, case.resolved_at)
    for handover in case.ownership.handovers:
        yield handover.at, handover.holder, {"transfers": 1}
    for survey in case.satisfaction.surveys:
        if survey.sent_at is not None:
            yield survey.sent_at, survey.holder, {"sent": True}
    for answer in case.satisfaction.answers:
        yield answer.at, answer.holder, {"answered": True, "csat": answer.csat, "nps": answer.nps, "ces": answer.ces}


def _resolution(case: Case, resolved_at: Instant) -> dict[str, Any]:
    return {
        "resolution_ms": resolved_at - case.opened_at,
        "reopened": case.reopened,
        "replies": case.replies,
        "escalations": case.escalations,
        **_sla(case.clocks),
    }


def _sla(clocks: tuple[Clock, ...]) -> dict[str, str]:
    return {SLA_COLUMNS[clock.name]: clock.state for clock in clocks if clock.name in SLA_COLUMNS}


def _first_owner(case: Case) -> Owner:
    """The first agent, the first team and the first shift of the case, each on its own."""
    first = case.ownership.opened_for or Owner()
    return Owner(first.assignee or case.assignee, first.team or case.team, first.shift or case.routing.shift)


FIGURES = Measure(
    name="figures",
    row=CaseMetric,
    dimensions=(*DIMENSIONS, *(AGENT_PREFIX + name for name in AGENT_DIMENSIONS)),
    folder="facts",
    every_day=True,
    of_case=case_metrics_by_day,
    counted=COUNTED,
    counts=counts,
)
MEASURES = (FIGURES,)
