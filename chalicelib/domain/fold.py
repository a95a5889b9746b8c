"""A case is the fold of its events in the order they happened.

`apply` takes one event after the other; `fold` sorts first, so that events which came twice, late or in disorder
come to the same case. Nothing here reads a clock: what time does to a case is itself an event.
"""

from collections.abc import Callable, Iterable
from functools import singledispatch

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain import clocks, events
from chalicelib.domain.calendars import ALWAYS, Calendar
from chalicelib.domain.cases import MAX_ANSWERS, Answer, Case, SurveyState
from chalicelib.domain.clocks import Clock
from chalicelib.domain.events import Event, Fact
from chalicelib.domain.flows import compensation, on_case, tasks
from chalicelib.domain.flows import flow as flows
from chalicelib.domain.flows.compensation import Compensation, MoneyState
from chalicelib.domain.flows.eligibility import judge
from chalicelib.domain.flows.rulings import Ruling
from chalicelib.domain.flows.tasks import Task
from chalicelib.domain.flows.words import FlowKind
from chalicelib.domain.instants import DAY, Instant
from chalicelib.domain.policies import ClockName, Policy
from chalicelib.domain.vocabulary import TOP_TIER, Status

REOPENS_WITHIN = 7 * DAY


class Rules(Struct, frozen=True):
    """The versions of policy and calendar a case lives by."""

    policy: Policy
    calendar: Calendar

    def calendar_of(self, name: str) -> Calendar:
        """The calendar a clock runs on, by its `<id>@<version>`."""
        return ALWAYS if name == ALWAYS.name else self.calendar

    def judge(self, kind: FlowKind, claim: events.Claim, order: events.Order | None, at: Instant) -> tuple[Ruling, ...]:
        """What speaks for and against a claim made at that moment."""
        return judge(kind, claim, order, at, self.policy.after_sales, self.calendar.time_zone)


def fold(happened: Iterable[Event], rules: Rules) -> Case | None:
    """The case these events come to; None while its opening is not among them."""
    case: Case | None = None
    for event in sorted({event.order: event for event in happened}.values(), key=lambda event: event.order):
        case = apply(case, event, rules)
    return case


def apply(case: Case | None, event: Event, rules: Rules) -> Case | None:
    """The case after one more event, which must not be older than those before it."""
    if isinstance(event.fact, events.CaseOpened):
        return case or _open(event.fact, event.at, rules)
    if case is None:
        return None
    at = max(event.at, case.opened_at)  # what is told to be older than the case happened as it opened
    return _after(event.fact, case, at, event, rules)


def _open(fact: events.CaseOpened, at: Instant, rules: Rules) -> Case:
    case = Case(
        id=fact.id, number=fact.number, shop=fact.shop, external_id=fact.external_id, type=fact.kind,
        channel=fact.channel, customer=fact.customer, opened_at=at, policy=fact.policy, calendar=fact.calendar,
        language=fact.language, priority=fact.priority, segment=fact.segment, tier=fact.tier,
        historical=fact.historical, links=fact.links, skus=_skus(fact.order),
        escalated_at=at if fact.tier else None,
    )  # fmt: skip
    kind = on_case.FLOW_OF.get(fact.kind)
    if kind is not None:
        claim = on_case.whole(fact.claim, fact.order)
        case = _timed(on_case.begin(case, kind, claim, at, rules.judge(kind, claim, fact.order, at)), rules)
    case = _start(case, "first_reply", at, rules, fact.first_reply_seconds)
    return _start(case, "resolution", at, rules)


def _skus(order: events.Order | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(item.sku for item in order.items)) if order else ()


@singledispatch
def _after(fact: Fact, case: Case, at: Instant, event: Event, rules: Rules) -> Case:
    raise NotImplementedError(f"no rule folds a {type(fact).__name__}")


@_after.register
def _(fact: events.MessageReceived, case: Case, at: Instant, event: Event, rules: Rules) -> Case:
    if case.closed_at is not None and at > case.closed_at + REOPENS_WITHIN:
        return replace(case, spilled=(*case.spilled, event.id)[-MAX_ANSWERS:])
    if case.done:
        case = _reopen(case, at, rules)
    elif case.status == "waiting_customer":
        case = _timed(on_case.hear(_to_status(case, "open", at, rules), at), rules)
    waits = case.clock("next_reply")
    if case.first_reply_at is None or (waits and waits.owed):
        return case
    return _start(case, "next_reply", at, rules)


@_after.register
def _(fact: events.ReplySent, case: Case, at: Instant, event: Event, rules: Rules) -> Case:
    case = _change(case, lambda clock: clocks.stop(clock, at) if clock.name != "resolution" else clock)
    return replace(
        case,
        status="open" if case.status == "new" else case.status,
        first_reply_at=case.first_reply_at or at,
        replied_at=at,
        replies=case.replies + 1,
    )


@_after.register
def _(fact: events.NoteAdded, case: Case, at: Instant, event: Event, rules: Rules) -> Case:
    return case


@_after.register
def _(fact: events.CaseAssigned, case: Case, at: Instant, event: Event, rules: Rules) -> Case:
    return replace(case, assignee=fact.assignee or case.assignee, team=fact.team or case.team)


@_after.register
def _(fact: events.StatusChanged, case: Case, at: Instant, event: Event, rules: Rules) -> Case:
    if case.status == "closed":
        return case
    if case.status == "resolved":
        return _reopen(case, at, rules) if fact.status == "open" else case
    return _to_status(case, fact.status, at, rules)


@_after.register
def _(fact: events.CaseResolved, case: Case, at: Instant, event: Event, rules: Rules) -> Case:
    if case.done:
        return case
    case = _change(case, lambda clock: clocks.stop(clock, at))
    return replace(case, status="resolved", resolved_at=at)


@_after.register
def _(fact: events.CaseClosed, case: Case, at: Instant, event: Event, rules: Rules) -> Case:
    if case.status == "closed" or fact.resolved_at not in (None, case.resolved_at):
        return case  # the silence it rests on was broken by a message that was told late
    case = _change(case, lambda clock: clocks.stop(clock, at))
    return replace(case, status="closed", closed_at=at, resolved_at=case.resolved_at or at)


@_after.register
def _(fact: events.ClockBreached, case: Case, at: Instant, event: Event, rules: Rules) -> Case:
    def break_it(clock: Clock) -> Clock:
        same = clock.name == fact.clock and clock.started_at == fact.started_at and clock.overdue(at)
        return clocks.break_(clock) if same else clock

    return _change(case, break_it)


@_after.register
def _(fact: events.CaseEscalated, case: Case, at: Instant, event: Event, rules: Rules) -> Case:
    if fact.state is not None and (case.flow is None or case.flow.due is None or case.flow.due.at != fact.started_at):
        return case  # a move from before, told late: nobody had been late
    if fact.clock is not None:
        clock = case.clock(fact.clock)
        if clock is None or clock.started_at != fact.started_at or clock.state != "breached" or not clock.owed:
            return case  # a reply from before, told late: the promise was kept, there was nothing to escalate
    if case.tier >= TOP_TIER:
        return case
    return replace(case, tier=case.tier + 1, escalations=case.escalations + 1, escalated_at=at)


@_after.register
def _(fact: events.SurveySent, case: Case, at: Instant, event: Event, rules: Rules) -> Case:
    return _note_survey(case, SurveyState(fact.survey, fact.round, at, fact.expires_at))


@_after.register
def _(fact: events.SurveySkipped, case: Case, at: Instant, event: Event, rules: Rules) -> Case:
    return _note_survey(case, SurveyState(fact.survey, fact.round))


@_after.register
def _(fact: events.SurveyAnswered, case: Case, at: Instant, event: Event, rules: Rules) -> Case:
    answer = Answer(at, fact.csat, fact.nps, fact.ces, fact.survey)
    return replace(case, answers=(*case.answers, answer)[-MAX_ANSWERS:])


@_after.register
def _(fact: events.FlowStarted, case: Case, at: Instant, event: Event, rules: Rules) -> Case:
    return _timed(on_case.begin(case, fact.kind, fact.claim, at), rules)


@_after.register
def _(fact: events.FlowMoved, case: Case, at: Instant, event: Event, rules: Rules) -> Case:
    return _wait_with_flow(case, on_case.move(case, fact, at), at, rules)


@_after.register
def _(fact: events.FlowTimedOut, case: Case, at: Instant, event: Event, rules: Rules) -> Case:
    return _wait_with_flow(case, on_case.time_out(case, fact, at), at, rules)


@_after.register
def _(fact: events.MoneyProposed, case: Case, at: Instant, event: Event, rules: Rules) -> Case:
    if compensation.find(case.money, fact.money) is not None:
        return case
    given = Compensation(
        id=fact.money, kind=fact.kind, amount=fact.amount, lines=fact.lines, by=event.by.id or event.by.kind,
        reason=fact.reason,
    )  # fmt: skip
    return replace(case, money=(*case.money, given))


@_after.register(events.MoneyFact)
def _(fact: events.MoneyFact, case: Case, at: Instant, event: Event, rules: Rules) -> Case:
    state: MoneyState = event.type.removeprefix("money_")  # type: ignore[assignment]  # named so
    by_rule = fact.rule if isinstance(fact, events.MoneyApproved) else None
    who = (by_rule or event.by.id or event.by.kind) if state == "approved" else None
    return replace(case, money=compensation.reached(case.money, fact.money, state, who))


@_after.register
def _(fact: events.TaskOpened, case: Case, at: Instant, event: Event, rules: Rules) -> Case:
    task = Task(id=fact.task, department=fact.department, title=fact.title, due_at=fact.due_at)
    return replace(case, tasks=tasks.add(case.tasks, task))


@_after.register
def _(fact: events.TaskLate, case: Case, at: Instant, event: Event, rules: Rules) -> Case:
    return replace(case, tasks=tasks.found_late(case.tasks, fact.task))


@_after.register
def _(fact: events.TaskDone, case: Case, at: Instant, event: Event, rules: Rules) -> Case:
    return replace(case, tasks=tasks.done(case.tasks, fact.task, at, fact.outcome))


def _timed(case: Case, rules: Rules) -> Case:
    if case.flow is None:
        return case
    return replace(case, flow=flows.timed(case.flow, rules.calendar, rules.policy.after_sales.deadlines))


def _wait_with_flow(before: Case, case: Case, at: Instant, rules: Rules) -> Case:
    case = case if case is before else _timed(case, rules)
    if case.flow is None or before.flow is None or case.flow.state == before.flow.state:
        return case
    status = on_case.status_of(case)
    return case if status == case.status else _to_status(case, status, at, rules)


def _note_survey(case: Case, survey: SurveyState) -> Case:
    others = tuple(other for other in case.surveys if other.id != survey.id)
    return replace(case, surveys=(*others, survey)[-MAX_ANSWERS:])


def _start(case: Case, name: ClockName, at: Instant, rules: Rules, seconds: float | None = None) -> Case:
    rule = rules.policy.rule_for(name, case.traits)
    if case.historical or rule is None:
        return case
    calendar = rules.calendar if rule.calendar == "business" and seconds is None else ALWAYS
    clock = clocks.start(name, seconds or rule.target_seconds, calendar, at)
    return replace(case, clocks=(*(other for other in case.clocks if other.name != name), clock))


def _change(case: Case, change: Callable[[Clock], Clock]) -> Case:
    return replace(case, clocks=tuple(change(clock) for clock in case.clocks))


def _reopen(case: Case, at: Instant, rules: Rules) -> Case:
    case = replace(case, status="open", resolved_at=None, closed_at=None, reopened=case.reopened + 1)
    return _start(case, "resolution", at, rules)


def _to_status(case: Case, status: Status, at: Instant, rules: Rules) -> Case:
    def tick(clock: Clock) -> Clock:
        if clock.name == "first_reply":
            return clock
        turn = clocks.pause if status == "waiting_customer" else clocks.resume
        return turn(clock, rules.calendar_of(clock.calendar), at)

    return replace(_change(case, tick), status=status)
