"""What the timeline says about a fact besides its name, in the reader's language. A fact without a line here is named,
and its reason is shown."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from chalicelib.domain.cases import facts
from chalicelib.domain.cases.case import Case
from chalicelib.domain.casework import facts as casework_facts
from chalicelib.domain.flows import facts as flow_facts
from chalicelib.domain.flows.compensation import find as find_money
from chalicelib.domain.flows.tasks import find as find_task
from chalicelib.domain.kernel.enums import CaseType
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.kernel.money import Money
from chalicelib.domain.routing import facts as routing_facts
from chalicelib.domain.side_conversations import facts as side_facts
from chalicelib.domain.surveys import facts as survey_facts
from chalicelib.domain.triage.facts import CaseTyped

if TYPE_CHECKING:
    from chalicelib.domain.flows.flow import FlowItem
    from chalicelib.entrypoints.http.desk.words import Words

SMALL_AMOUNT = "up to "
"""How the name of the rule for small amounts begins (`approval_rule`)."""
Texts = list[str | None]
"""Parts of a line; None where a fact lacks the part."""


class Narrator:
    """What is needed to put facts of a case into words: phrases, the case, and the names of staff."""

    def __init__(self, words: "Words", case: Case, names: dict[str, str]) -> None:
        self.words, self.case, self.names = words, case, names

    def person(self, name: str | None) -> str | None:
        """The name of a member of staff."""
        return self.names.get(name, name) if name else None

    def reason(self, text: str | None) -> str | None:
        """A reason that somebody gave."""
        return self.words.say("entry.reason", text=text) if text else None

    def state(self, state: str) -> str:
        """The name of a state of the case's flow."""
        return state_name(self.words, self.case.flow.kind if self.case.flow else "return", state)

    def items(self, items: "tuple[FlowItem, ...]") -> str | None:
        """Items of the order, with their number and condition."""
        texts = [
            f"{item.quantity} × {item.sku}"
            + (f" ({self.words.named('condition', item.condition)})" if item.condition else "")
            for item in items
        ]
        return self.words.listed(texts) or None


def state_name(words: "Words", kind: str, state: str) -> str:
    """The name of a state: what is accepted in a complaint is a proposal, not goods."""
    is_proposal = kind == "complaint" and state == "accepted"
    return words.named("flow.state", "complaint_accepted" if is_proposal else state)


def rule_name(words: "Words", rule: str) -> str:
    """The rule that approved money: for amounts up to a limit, or one that the shop named."""
    limit = rule.removeprefix(SMALL_AMOUNT)
    return words.say("entry.small_amount", limit=limit) if limit != rule else words.say("entry.rule", text=rule)


def details_of(narrator: Narrator, fact: Fact) -> tuple[str, ...]:
    """The texts about a fact, without empty ones."""
    describe = DETAILS.get(type(fact), _reason_alone)
    return tuple(text for text in describe(narrator, fact) if text)


def _reason_alone(narrator: Narrator, fact: Any) -> Texts:
    reason = getattr(fact, "reason", None)
    return [narrator.reason(reason if isinstance(reason, str) else None)]


def _opened(narrator: Narrator, fact: facts.CaseOpened) -> Texts:
    words = narrator.words
    kind: CaseType = fact.kind
    return [
        words.named("type", kind),
        words.named("channel", fact.channel),
        words.named("priority", fact.priority) if fact.priority != "normal" else None,
        words.say("entry.order", number=fact.order.spoken) if fact.order else None,
        words.say("entry.score", score=fact.score) if fact.score is not None else None,
        words.say("entry.suggested", who=fact.mail.suggested) if fact.mail and fact.mail.suggested else None,
    ]


def _replied(narrator: Narrator, fact: facts.ReplySent) -> Texts:
    return [
        narrator.words.say("entry.copied", people=narrator.words.listed(fact.copy)) if fact.copy else None,
        narrator.words.say("entry.had") if fact.had else None,
    ]


def _status(narrator: Narrator, fact: facts.StatusChanged) -> Texts:
    return [narrator.words.named("status", fact.status), narrator.reason(fact.reason)]


def _resolved(narrator: Narrator, fact: facts.CaseResolved) -> Texts:
    kind, _, state = (fact.reason or "").partition(" ")
    if narrator.words.named("flow.kind", kind) != kind and state:
        return [
            narrator.words.named("flow.kind", kind),
            narrator.words.say("entry.ended_flow", state=narrator.state(state)),
        ]
    return [narrator.reason(fact.reason)]


def _breached(narrator: Narrator, fact: facts.ClockBreached) -> Texts:
    words = narrator.words
    return [words.named("clock", fact.clock), words.say("entry.due", at=words.time(fact.due_at))]


def _escalated(narrator: Narrator, fact: facts.CaseEscalated) -> Texts:
    words = narrator.words
    tiers = words.say(
        "entry.tiers", before=words.named("tier", fact.from_tier), after=words.named("tier", fact.to_tier)
    )
    return [tiers, _why_escalated(narrator, fact)]


def _why_escalated(narrator: Narrator, fact: facts.CaseEscalated) -> str | None:
    words = narrator.words
    if fact.clock is not None:
        return words.say("entry.broke", clock=words.named("clock", fact.clock))
    if fact.state is not None:
        return words.say("entry.stuck", state=narrator.state(fact.state))
    phrases = {facts.STILL_UNANSWERED: "entry.unanswered", facts.PROPOSAL_REFUSED: "entry.refused_offer"}
    if fact.reason in phrases:
        return words.say(phrases[fact.reason])
    is_late_task = fact.reason.startswith("a task of ") and fact.reason.endswith(" was not done in time")
    return words.say("entry.late_task") if is_late_task else narrator.reason(fact.reason)


def _assigned(narrator: Narrator, fact: routing_facts.CaseAssigned) -> Texts:
    words = narrator.words
    return [
        narrator.person(fact.assignee),
        words.say("entry.team", team=fact.team) if fact.team else None,
        words.named("assigned_why", fact.why) if fact.why else None,
        words.say("entry.load", load=fact.load) if fact.load is not None else None,
    ]


def _queued(narrator: Narrator, fact: routing_facts.CaseQueued) -> Texts:
    return [narrator.words.named("queued_why", fact.why)]


def _released(narrator: Narrator, fact: routing_facts.CaseReleased) -> Texts:
    return [narrator.person(fact.agent), narrator.words.named("released_why", fact.why)]


def _survey_sent(narrator: Narrator, fact: survey_facts.SurveySent) -> Texts:
    return [narrator.words.say("entry.expires", at=narrator.words.time(fact.expires_at))]


def _survey_skipped(narrator: Narrator, fact: survey_facts.SurveySkipped) -> Texts:
    return [narrator.words.named("skipped", fact.reason)]


def _survey_answered(narrator: Narrator, fact: survey_facts.SurveyAnswered) -> Texts:
    scores = {name: getattr(fact, name) for name in ("csat", "nps", "ces")}
    return [narrator.words.say(f"entry.{name}", score=score) for name, score in scores.items() if score is not None]


def _flow_started(narrator: Narrator, fact: flow_facts.FlowStarted) -> Texts:
    words = narrator.words
    return [
        words.named("flow.kind", fact.kind),
        words.named("claim", fact.claim.reason),
        narrator.items(fact.claim.items),
    ]


def _flow_moved(narrator: Narrator, fact: flow_facts.FlowMoved) -> Texts:
    words = narrator.words
    parcel = fact.shipment
    return [
        words.named("flow.move", fact.move),
        narrator.state(fact.outcome) if fact.outcome else None,
        narrator.items(fact.items),
        " ".join(part for part in (parcel.carrier, parcel.tracking) if part) if parcel else None,
        words.money(fact.amount) if fact.amount else None,
        words.say("entry.rule", text=fact.rule) if fact.rule else None,
        narrator.reason(fact.reason),
        words.say("entry.note", text=fact.note) if fact.note else None,
    ]


def _timed_out(narrator: Narrator, fact: flow_facts.FlowTimedOut) -> Texts:
    return [narrator.state(fact.state), narrator.words.named("does", fact.does)]


def _proposed(narrator: Narrator, fact: flow_facts.MoneyProposed) -> Texts:
    words = narrator.words
    lines = [f"{line.sku} {words.amount(Money(line.amount, fact.amount.currency))}" for line in fact.lines]
    return [
        words.named("money.kind", fact.kind),
        words.money(fact.amount),
        words.listed(lines) or None,
        narrator.reason(fact.reason),
    ]


def _money(narrator: Narrator, fact: Any) -> Texts:
    given = find_money(narrator.case.money, fact.money)
    words = narrator.words
    named = {"reference": "entry.reference", "proof": "entry.proof"}
    more = [words.say(phrase, text=value) for name, phrase in named.items() if (value := getattr(fact, name, None))]
    more += [rule_name(words, fact.rule)] if getattr(fact, "rule", None) else []
    about = [words.named("money.kind", given.kind), words.money(given.amount)] if given else []
    return [*about, *more, narrator.reason(getattr(fact, "reason", None))]


def _task(narrator: Narrator, fact: Any) -> Texts:
    task = find_task(narrator.case.tasks, fact.task)
    words = narrator.words
    department = getattr(fact, "department", task.department if task else None)
    is_new = isinstance(fact, flow_facts.TaskOpened)
    return [
        words.named("department", department) if department else None,
        getattr(fact, "title", task.title if task else None),
        words.say("entry.due", at=words.time(fact.due_at)) if is_new else None,
        getattr(fact, "outcome", None),
    ]


def _refused_file(narrator: Narrator, fact: flow_facts.EvidenceRefused) -> Texts:
    return [narrator.words.named("evidence_refused", fact.reason)]


def _side_started(narrator: Narrator, fact: side_facts.SideConversationStarted) -> Texts:
    words = narrator.words
    to = words.named("department", fact.to)
    return [words.named("side.kind", fact.kind), to, fact.subject, words.say("entry.due", at=words.time(fact.due_at))]


def _side_received(narrator: Narrator, fact: side_facts.SideMessageReceived) -> Texts:
    words = narrator.words
    return [
        words.say("side.other_sender") if fact.other_sender else None,
        words.say("side.automatic") if fact.automatic else None,
        words.listed(file.name for file in fact.files) or None,
    ]


def _side_failed(narrator: Narrator, fact: side_facts.SideMailFailed) -> Texts:
    return [narrator.words.named("side.failed", fact.why)]


def _snoozed(narrator: Narrator, fact: casework_facts.CaseSnoozed) -> Texts:
    words = narrator.words
    return [
        words.say("entry.until", at=words.time(fact.until)) if fact.until is not None else None,
        words.named("snooze_event", fact.event) if fact.event else None,
    ]


def _typed(narrator: Narrator, fact: CaseTyped) -> Texts:
    words = narrator.words
    urgent = words.listed([words.named("urgency", why) for why in fact.urgent])
    return [
        words.named("type", fact.kind) if fact.by != "none" else None,
        words.named("typed", fact.by),
        words.say("typed.urgent", what=urgent) if urgent else None,
        narrator.reason(fact.note or fact.reason),
    ]


def _snooze_ended(narrator: Narrator, fact: casework_facts.SnoozeEnded) -> Texts:
    return [narrator.words.named("snooze_event", fact.why)]


def _tagged(narrator: Narrator, fact: casework_facts.CaseTagged) -> Texts:
    words = narrator.words
    changes = {"entry.added": fact.added, "entry.removed": fact.removed}
    return [words.say(phrase, tags=words.listed(tags)) for phrase, tags in changes.items() if tags]


def _merged(_: Narrator, fact: casework_facts.CaseMerged) -> Texts:
    return [fact.number]


def _split(_: Narrator, fact: casework_facts.CaseSplit) -> Texts:
    return [fact.subject]


DETAILS: dict[type[Fact], Callable[[Narrator, Any], Texts]] = {
    facts.CaseOpened: _opened,
    facts.ReplySent: _replied,
    facts.StatusChanged: _status,
    facts.CaseResolved: _resolved,
    facts.ClockBreached: _breached,
    facts.CaseEscalated: _escalated,
    routing_facts.CaseAssigned: _assigned,
    routing_facts.CaseQueued: _queued,
    routing_facts.CaseReleased: _released,
    survey_facts.SurveySent: _survey_sent,
    survey_facts.SurveySkipped: _survey_skipped,
    survey_facts.SurveyAnswered: _survey_answered,
    flow_facts.FlowStarted: _flow_started,
    flow_facts.FlowMoved: _flow_moved,
    flow_facts.FlowTimedOut: _timed_out,
    flow_facts.MoneyProposed: _proposed,
    flow_facts.MoneyApproved: _money,
    flow_facts.MoneyDeclined: _money,
    flow_facts.MoneyRequested: _money,
    flow_facts.MoneyUnknown: _money,
    flow_facts.MoneyFailed: _money,
    flow_facts.MoneyDone: _money,
    flow_facts.MoneyProven: _money,
    flow_facts.MoneyReturned: _money,
    flow_facts.TaskOpened: _task,
    flow_facts.TaskLate: _task,
    flow_facts.TaskDone: _task,
    flow_facts.EvidenceRefused: _refused_file,
    casework_facts.CaseSnoozed: _snoozed,
    casework_facts.SnoozeEnded: _snooze_ended,
    CaseTyped: _typed,
    casework_facts.CaseTagged: _tagged,
    casework_facts.CaseMerged: _merged,
    casework_facts.CaseSplit: _split,
    side_facts.SideConversationStarted: _side_started,
    side_facts.SideMessageReceived: _side_received,
    side_facts.SideMailFailed: _side_failed,
}
