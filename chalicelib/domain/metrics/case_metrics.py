"""Which days a case is counted on. The nights read only the cases of a day, and restate a day that changed."""

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from chalicelib.domain.aftersales.measures import flow_metrics_by_day
from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.facts import CaseClosed, CaseOpened, CaseResolved, ReplySent
from chalicelib.domain.cases.parts import Owner
from chalicelib.domain.flows.facts import FlowMoved, FlowStarted, FlowTimedOut, MoneyDone, TaskLate
from chalicelib.domain.kernel.timestamps import Day, Instant, day_of
from chalicelib.domain.routing.facts import CaseAssigned, CaseReleased
from chalicelib.domain.surveys.facts import SurveyAnswered, SurveySent

COUNTED = (
    CaseOpened,
    ReplySent,
    CaseAssigned,
    CaseReleased,
    CaseResolved,
    CaseClosed,
    SurveySent,
    SurveyAnswered,
    FlowStarted,
    FlowMoved,
    FlowTimedOut,
    MoneyDone,
    TaskLate,
)


def counts_on(event: Event, before: Case | None, time_zone: str) -> Day | None:
    """The day whose list this event puts its case on; None when it counts on none, or on one the case is listed on.

    A case that is opened on a day stays listed on it, whatever is told of it later.
    """
    if not isinstance(event.fact, COUNTED):
        return None
    day = day_of(event.at, time_zone)
    if before is None:
        return day
    if isinstance(event.fact, CaseAssigned | CaseReleased) and not _hands_on(event.fact, before):
        return None
    first = before.first_reply_at
    later_reply = isinstance(event.fact, ReplySent) and first is not None and event.at >= first
    return None if later_reply or day == day_of(before.opened_at, time_zone) else day


def changed_days(before: Case | None, after: Case | None, time_zone: str) -> set[Day]:
    """The days whose figures differ between two states of a case."""
    old = case_metrics_by_day(before, time_zone) if before else {}
    new = case_metrics_by_day(after, time_zone) if after else {}
    found = {day for day in old.keys() | new.keys() if old.get(day) != new.get(day)}
    if after is None or after.flow is None:
        return found
    past, now = flow_metrics_by_day(before, time_zone) if before else {}, flow_metrics_by_day(after, time_zone)
    return found | {day for day in past.keys() | now.keys() if past.get(day) != now.get(day)}


def _hands_on(fact: CaseAssigned | CaseReleased, before: Case) -> bool:
    """Whether the case goes out of somebody's hands."""
    if isinstance(fact, CaseReleased):
        return before.routing.held_by == fact.agent
    return before.assignee is not None and fact.assignee not in (None, before.assignee)


class CaseMetric(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one case adds to one day. `docs/metrics.md` defines the figures made of these."""

    day: Day
    case: str
    number: str
    channel: str
    type: str
    team: str | None = None
    assignee: str | None = None
    shift: str | None = None
    skus: tuple[str, ...] = ()
    opened: bool = False
    first_reply_ms: int | None = None
    resolution_ms: int | None = None
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
    """A case's figures on each day it is counted on, the day in the shop's time zone."""
    days: dict[Day, list[CaseMetric]] = {}
    for at, held, figures in _figures(case):
        day, holder = day_of(at, time_zone), held or case.holder
        one = CaseMetric(
            day=day,
            case=case.id,
            number=case.number,
            channel=case.channel,
            type=case.type,
            team=holder.team,
            assignee=holder.assignee,
            shift=holder.shift,
            skus=case.skus,
            **figures,
        )
        days.setdefault(day, []).append(one)
    return days


def _figures(case: Case) -> Iterator[tuple[Instant, Owner | None, dict[str, Any]]]:
    """What counts, when, and whose it is; None: of who holds the case now."""
    yield case.opened_at, _opened_for(case), {"opened": True}
    if case.first_reply_at is not None:
        yield case.first_reply_at, case.ownership.replied_for, {"first_reply_ms": case.first_reply_at - case.opened_at}
    if case.resolved_at is not None:
        kept = {f"sla_{clock.name}": clock.state for clock in case.clocks if clock.name != "next_reply"}
        yield (
            case.resolved_at,
            case.ownership.resolved_for,
            {
                "resolution_ms": case.resolved_at - case.opened_at,
                "reopened": case.reopened,
                "replies": case.replies,
                "escalations": case.escalations,
                **kept,
            },
        )
    for handover in case.ownership.handovers:
        yield handover.at, handover.holder, {"transfers": 1}
    for survey in case.satisfaction.surveys:
        if survey.sent_at is not None:
            yield survey.sent_at, survey.holder, {"sent": True}
    for answer in case.satisfaction.answers:
        yield answer.at, answer.holder, {"answered": True, "csat": answer.csat, "nps": answer.nps, "ces": answer.ces}


def _opened_for(case: Case) -> Owner:
    """Who held it first, in each respect."""
    first = case.ownership.opened_for or Owner()
    return Owner(first.assignee or case.assignee, first.team or case.team, first.shift or case.routing.shift)
