"""The words of the case's page: everything that may happen to a case, and every value of a closed list, has a phrase in
both languages."""

import itertools
from typing import get_args

import pytest

from chalicelib.adapters.desk.desk_pages import DeskPages
from chalicelib.domain.customers import segments
from chalicelib.domain.customers.consents import ConsentState, Purpose
from chalicelib.domain.desk.usual_path import USUAL_PATHS, states_ahead
from chalicelib.domain.flows.compensation import MoneyKind, MoneyState
from chalicelib.domain.flows.definitions import TABLES
from chalicelib.domain.flows.eligibility_reasons import Weight
from chalicelib.domain.flows.flow import moved, start
from chalicelib.domain.flows.tasks import Department
from chalicelib.domain.kernel.aftersales_enums import Condition, FlowKind, Reason, Turn
from chalicelib.domain.kernel.enums import CaseType, Channel, Priority, Status
from chalicelib.domain.routing.facts import CaseAssigned, CaseQueued, CaseReleased
from chalicelib.domain.side_conversations.facts import Failure, SideKind
from chalicelib.domain.sla.clocks import ClockState
from chalicelib.domain.sla.policies import ClockName
from chalicelib.domain.surveys.surveys import SkipReason
from chalicelib.registries import Registries
from chalicelib.usecases.aftersales.compensate import STEPS

LANGUAGES = ("zh", "en")
STATES = sorted({state for table in TABLES.values() for state in table.states})
MOVES = sorted({move for table in TABLES.values() for move in table.moves})
TIMEOUTS = sorted(
    {timeout.does for table in TABLES.values() for state in table.states.values() for timeout in state.timeouts}
)
CLOSED_LISTS = {
    "type": get_args(CaseType),
    "channel": get_args(Channel),
    "priority": get_args(Priority),
    "status": get_args(Status),
    "clock": get_args(ClockName),
    "clock_state": get_args(ClockState),
    "claim": get_args(Reason),
    "condition": get_args(Condition),
    "department": get_args(Department),
    "does": TIMEOUTS,
    "flow.kind": get_args(FlowKind),
    "flow.state": STATES,
    "flow.move": MOVES,
    "flow.turn": get_args(Turn),
    "flow.weight": get_args(Weight),
    "money.kind": get_args(MoneyKind),
    "money.state": get_args(MoneyState),
    "money.step": list(STEPS),
    "skipped": get_args(SkipReason),
    "side.kind": get_args(SideKind),
    "side.failed": get_args(Failure),
    "customer.care": get_args(segments.Need),
    "customer.consent": (*get_args(Purpose), *get_args(ConsentState)),
    "rfm": get_args(segments.Rfm),
    "lifecycle": get_args(segments.Lifecycle),
    "satisfaction": get_args(segments.Level),
    "loyalty": get_args(segments.Loyalty),
    "tier": ("0", "1", "2", "3"),
}


def literals(kind: type, field: str) -> tuple[str, ...]:
    """The values of a field whose type is a list of words, or None."""
    hint = kind.__annotations__[field]
    first = get_args(hint)
    return first if isinstance(first[0], str) else get_args(first[0])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_fact_that_may_happen_to_a_case_has_a_phrase(language: str) -> None:
    words = DeskPages().words(language)
    tags = [str(fact.__struct_config__.tag) for fact in Registries().facts]
    assert [tag for tag in tags if f"fact.{tag}" not in words] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_timer_has_a_phrase(language: str) -> None:
    words = DeskPages().words(language)
    assert [timer.name for timer in Registries().timers if f"next.{timer.name}" not in words] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("group", CLOSED_LISTS)
def test_every_value_of_a_closed_list_has_a_word(language: str, group: str) -> None:
    words = DeskPages().words(language)
    assert [value for value in CLOSED_LISTS[group] if f"{group}.{value}" not in words] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_why_a_case_was_assigned_queued_or_released_has_a_word(language: str) -> None:
    words = DeskPages().words(language)
    for group, kind in (("assigned_why", CaseAssigned), ("queued_why", CaseQueued), ("released_why", CaseReleased)):
        assert [value for value in literals(kind, "why") if f"{group}.{value}" not in words] == []


def test_chinese_phrases_are_chinese_and_have_the_same_blanks() -> None:
    english, chinese = (DeskPages().words(language) for language in ("en", "zh"))
    assert english.keys() == chinese.keys()
    blanks = {key for key in english if sorted(_blanks(english[key])) != sorted(_blanks(chinese[key]))}
    assert blanks == set()


def _blanks(phrase: str) -> list[str]:
    return [part.partition("}")[0] for part in phrase.split("{")[1:]]


@pytest.mark.parametrize("kind", USUAL_PATHS)
def test_each_step_of_a_usual_path_is_a_move_of_its_flow(kind: FlowKind) -> None:
    table, path = TABLES[kind], USUAL_PATHS[kind]
    assert path[0] == table.first
    assert table.states[path[-1]].ends
    for state, following in itertools.pairwise(path):
        assert following in {target for name in table.allowed(state) for target in table.moves[name].leads_to(state)}


def test_what_is_ahead_of_a_flow_ends_with_its_end_and_a_refused_claim_has_nothing_ahead() -> None:
    flow = start("return", 0, "unwanted", ())
    assert states_ahead(flow)[-1] == "completed"
    assert states_ahead(moved(flow, "reject", None, 1)) == ()
