"""Events of invented cases, and the cases that follow from them."""

from typing import Any

from hypothesis import strategies as st

from chalicelib.domain.cases import events, facts
from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.fold import fold
from chalicelib.domain.cases.rules import Rules
from chalicelib.domain.flows import facts as flow_facts
from chalicelib.domain.flows.flow import Shipment
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.kernel.ids import key_of, new_id
from chalicelib.domain.kernel.money import Money
from chalicelib.domain.kernel.timestamps import MINUTE_MS, Instant
from chalicelib.domain.routing import facts as routing_facts
from chalicelib.domain.sla.policies import AfterSales, Policy, Rule, SurveyPolicy, When
from chalicelib.domain.surveys import facts as survey_facts
from tests.fakes import NOON, OFFICE
from tests.support.cases.registries import REDUCERS

KEY = key_of("case", "demo", "web-1")
CUSTOMER = new_id(NOON, key_of("customer", "demo", "fang"))
POLICY = Policy(
    version=1,
    clocks=(
        Rule(clock="first_reply", target_seconds=600),
        Rule(clock="next_reply", target_seconds=900),
        Rule(clock="resolution", target_seconds=7200, when=When(type="return"), calendar="business"),
    ),
    after_sales=AfterSales(deadlines={"return.requested.escalate": 300 * 86_400}),
)
RULES = Rules(POLICY, OFFICE)


def opened(opened_at: Instant = NOON, **changes: Any) -> Event:
    """The event that opens the case."""
    fields: dict[str, Any] = {
        "id": new_id(opened_at, KEY),
        "number": "7KQ-4XP",
        "shop": "demo",
        "external_id": "web-1",
        "kind": "return",
        "channel": "web",
        "subject": "鞋子偏小",
        "message": "想退货",
        "customer": CUSTOMER,
        "policy": 1,
        "calendar": "CN@1",
        "language": "zh-CN",
    }
    return events.event(opened_at, Actor("shop", "demo"), facts.CaseOpened(**{**fields, **changes}), "opened", KEY)


def happened(minutes: float, fact: Fact, by: Actor | None = None) -> Event:
    """A fact so many minutes after noon."""
    occurred_at = NOON + round(minutes * MINUTE_MS)
    return events.event(
        occurred_at, by or Actor("agent", "mei"), fact, KEY, type(fact).__name__, repr(fact), str(occurred_at)
    )


def case_of(*story: Event, rules: Rules = RULES) -> Case:
    """The case after these events."""
    case = fold(story, rules, REDUCERS)
    assert case is not None
    return case


any_fact: st.SearchStrategy[Fact] = st.one_of(
    st.builds(facts.MessageReceived, message=st.text(max_size=3)),
    st.builds(facts.ReplySent, message=st.text(max_size=3)),
    st.builds(routing_facts.CaseAssigned, assignee=st.sampled_from(["mei", "tom"])),
    st.builds(facts.StatusChanged, status=st.sampled_from(["open", "waiting_customer", "waiting_internal"])),
    st.builds(facts.CaseResolved),
    st.builds(facts.CaseClosed),
    st.builds(survey_facts.SurveyAnswered, csat=st.integers(1, 5)),
    st.builds(facts.NoteAdded, message=st.text(max_size=3)),
)
any_story = st.lists(st.tuples(st.integers(0, 20 * 24 * 60), any_fact), max_size=14)
any_private_fact: st.SearchStrategy[Fact] = st.one_of(
    any_fact,
    st.builds(facts.StatusChanged, status=st.sampled_from(["open", "waiting_customer"]), reason=st.text(max_size=3)),
    st.builds(facts.CaseEscalated, from_tier=st.just(0), to_tier=st.just(1), reason=st.text(max_size=3)),
    st.builds(
        flow_facts.FlowMoved,
        move=st.sampled_from(["approve", "ship", "propose", "cancel", "reopen"]),
        reason=st.text(max_size=3),
        note=st.text(max_size=3),
        shipment=st.none() | st.builds(Shipment, carrier=st.just("SF"), tracking=st.text(max_size=3), at=st.just(NOON)),
    ),
    st.builds(
        flow_facts.MoneyProposed,
        money=st.sampled_from(["m-1", "m-2"]),
        kind=st.just("refund"),
        amount=st.just(Money(amount="5.00", currency="CNY")),
        reason=st.text(max_size=3),
    ),
    st.builds(
        flow_facts.TaskOpened,
        task=st.sampled_from(["t-1", "t-2"]),
        department=st.just("finance"),
        title=st.text(max_size=3),
        due_at=st.just(NOON),
    ),
    st.builds(
        flow_facts.TaskDone,
        task=st.sampled_from(["t-1", "t-2"]),
        department=st.just("finance"),
        due_at=st.just(NOON),
        outcome=st.text(max_size=3),
    ),
)
"""Facts whose private text may become part of the state, among others."""
any_long_story = st.lists(st.tuples(st.integers(-60, 20 * 24 * 60), any_private_fact), max_size=20)

SURVEY_POLICY = SurveyPolicy()
