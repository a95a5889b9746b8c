"""The registry of timers has the same effect on a case as one function with all timers in it."""

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.aftersales.timers import DEADLINES, PAYMENTS
from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.facts import CaseClosed
from chalicelib.domain.cases.rules import Rules
from chalicelib.domain.casework.timers import TIMERS as CASEWORK
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.routing.facts import CaseReleased
from chalicelib.domain.routing.timers import TIMERS as ROUTING
from chalicelib.domain.side_conversations.timers import TIMERS as SIDES
from chalicelib.domain.surveys.timers import TIMERS as SURVEYS
from chalicelib.domain.timers.case_timers import CLOSING, PROMISES
from chalicelib.domain.timers.due_timers import due_facts, next_timer
from chalicelib.domain.timers.timer_source import Timer, TimerSource
from chalicelib.registries import Registries
from tests.fakes import NOON
from tests.support.cases.events import POLICY, case_of, opened

CASE = case_of(opened())


class Row(Struct, frozen=True):
    """A timer source of the tests: when it is due, which fact it writes, and which worker handles it."""

    at: int | None
    fact: Fact
    kind: str = "clock"


def source(row: Row) -> TimerSource:
    def next_at(case: Case, rules: Rules) -> int | None:
        return row.at

    def due(case: Case, rules: Rules, now: int) -> list[Fact]:
        return [row.fact] if row.at is not None and row.at <= now and row.kind == "clock" else []

    return TimerSource("of the tests", next_at, due, row.kind)  # type: ignore[arg-type]


def test_the_most_urgent_stands_first_promises_before_flows_agents_money_and_closing() -> None:
    assert Registries().timers == (*PROMISES, *DEADLINES, *ROUTING, *CASEWORK, *PAYMENTS, *SIDES, *CLOSING, *SURVEYS)
    assert {one.kind for one in Registries().timers if one not in SURVEYS} == {"clock"}
    assert {one.kind for one in SURVEYS} == {"survey"}


def test_of_two_that_are_due_the_first_in_the_table_is_written_down() -> None:
    late = source(Row(NOON + 2, CaseReleased(agent="mei", why="silent")))
    later = source(Row(NOON + 1, CaseClosed()))
    assert due_facts(CASE, POLICY, NOON + 2, (late, later)) == [CaseReleased(agent="mei", why="silent")]
    assert due_facts(CASE, POLICY, NOON + 1, (late, later)) == [CaseClosed()]
    assert due_facts(CASE, POLICY, NOON, (late, later)) == []


def test_a_historical_case_rests_whatever_the_sources_say() -> None:
    sources = (source(Row(NOON, CaseClosed())),)
    history = replace(CASE, historical=True)
    assert due_facts(history, POLICY, NOON, sources) == []
    assert next_timer(history, POLICY, sources) is None


@settings(deadline=None)
@given(st.lists(st.tuples(st.none() | st.integers(0, 99), st.sampled_from(["clock", "survey"])), max_size=6))
def test_the_next_timer_is_the_earliest_of_all_sources(rows: list[tuple[int | None, str]]) -> None:
    sources = [source(Row(at, CaseClosed(), kind)) for at, kind in rows]
    expected = min((Timer(at, kind) for at, kind in rows if at is not None), default=None)  # type: ignore[arg-type]
    assert next_timer(CASE, POLICY, sources) == expected
