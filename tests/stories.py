"""Events of invented cases, for tests."""

from typing import Any

from chalicelib.domain.cases import events, facts
from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.fold import fold
from chalicelib.domain.cases.rules import Rules
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.kernel.ids import key_of, new_id
from chalicelib.domain.kernel.timestamps import MINUTE_MS, Instant
from chalicelib.domain.sla.policies import AfterSales, Policy, Rule, When
from tests.fakes import NOON, OFFICE
from tests.support.registries import REDUCERS

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


def opened(at: Instant = NOON, **changes: Any) -> Event:
    told: dict[str, Any] = {
        "id": new_id(at, KEY),
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
    return events.event(at, Actor("shop", "demo"), facts.CaseOpened(**{**told, **changes}), "opened", KEY)


def happened(minutes: float, fact: Fact, by: Actor | None = None) -> Event:
    """A fact so many minutes after noon."""
    at = NOON + round(minutes * MINUTE_MS)
    return events.event(at, by or Actor("agent", "mei"), fact, KEY, type(fact).__name__, repr(fact), str(at))


def case_of(*story: Event, rules: Rules = RULES) -> Case:
    case = fold(story, rules, REDUCERS)
    assert case is not None
    return case
