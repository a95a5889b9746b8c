"""Metrics belong to the agent who did the work, and do not move when a case is handed over."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from chalicelib.domain.cases.case import DEFINITION, Case
from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.facts import CaseResolved, MessageReceived, ReplySent
from chalicelib.domain.cases.measure import counted_day
from chalicelib.domain.cases.ownership import without_ownership
from chalicelib.domain.metrics.case_metrics import MEASURES, case_metrics_by_day
from chalicelib.domain.routing.facts import CaseAssigned, CaseReleased
from chalicelib.domain.surveys.facts import SurveyAnswered, SurveySent
from tests.support.cases.events import case_of, happened, opened

ZONE = "Asia/Shanghai"


def whose(case: Case) -> dict[str, list[str | None]]:
    """The agents to whom the figures of each kind belong."""
    found: dict[str, list[str | None]] = {}
    kinds = {"opened": "opened", "first_reply_ms": "reply", "resolution_ms": "resolve", "csat": "rating"}
    for figures in case_metrics_by_day(case, ZONE).values():
        for one in figures:
            for field, kind in {**kinds, "transfers": "transfer", "sent": "survey"}.items():
                if getattr(one, field) not in (None, False) and not (field == "transfers" and one.transfers == 0):
                    found.setdefault(kind, []).append(one.assignee)
    return found


def to(minutes: float, agent: str | None = None, team: str | None = None) -> Event:
    return happened(minutes, CaseAssigned(assignee=agent, team=team, load=1))


def test_a_rating_of_meis_work_stays_meis_when_lee_resolves_it_again() -> None:
    case = case_of(
        opened(),
        to(1, "mei"),
        happened(2, ReplySent(message="…")),
        happened(3, CaseResolved()),
        happened(4, SurveyAnswered(csat=1)),
        happened(5, MessageReceived(message="?")),
        to(6, "lee"),
        happened(7, CaseResolved()),
    )
    assert whose(case) == {
        "opened": ["mei"],
        "reply": ["mei"],
        "rating": ["mei"],
        "resolve": ["lee"],
        "transfer": ["mei"],
    }


def test_a_hand_over_after_the_resolve_moves_nothing() -> None:
    events = [
        opened(),
        to(1, "mei", "shoes"),
        happened(2, ReplySent(message="…")),
        happened(3, CaseResolved()),
        happened(4, SurveySent(survey="s", round=0, expires_at=0)),
        happened(5, SurveyAnswered(csat=5)),
    ]
    before, after = case_of(*events), case_of(*events, to(6, "lee", "lamps"))
    assert whose(before) == {name: ["mei"] for name in ("opened", "reply", "resolve", "rating", "survey")}
    assert whose(after) == whose(before) | {"transfer": ["mei"]}
    assert {one.team for day in case_metrics_by_day(after, ZONE).values() for one in day} == {"shoes"}


def test_what_comes_after_the_hand_over_is_the_new_holders() -> None:
    case = case_of(
        opened(), to(1, "mei"), to(2, "lee"), happened(3, ReplySent(message="…")), happened(4, CaseResolved())
    )
    assert whose(case) == {"opened": ["mei"], "transfer": ["mei"], "reply": ["lee"], "resolve": ["lee"]}


def test_what_happened_while_nobody_held_it_is_nobodys_but_it_was_opened_for_who_took_it_first() -> None:
    case = case_of(opened(), happened(1, ReplySent(message="…")), to(2, "mei"), happened(3, CaseResolved()))
    assert whose(case) == {"opened": ["mei"], "reply": [None], "resolve": ["mei"]}


def test_a_case_taken_from_a_silent_agent_was_handed_on_by_them() -> None:
    case = case_of(
        opened(),
        to(1, "mei"),
        happened(2, CaseReleased(agent="mei", why="silent")),
        to(3, "lee"),
        happened(4, CaseResolved()),
    )
    assert whose(case) == {"opened": ["mei"], "transfer": ["mei"], "resolve": ["lee"]}


def test_a_team_that_is_told_before_anybody_takes_the_case_keeps_it_as_opened_for_them() -> None:
    case = case_of(opened(), to(1, None, "shoes"), to(2, "mei"), to(3, None, "lamps"))
    figures = [one for day in case_metrics_by_day(case, ZONE).values() for one in day if one.opened]
    assert [(one.assignee, one.team) for one in figures] == [("mei", "shoes")]


def test_only_a_hand_over_counts_on_a_day_of_its_own() -> None:
    held = case_of(opened(), to(1, "mei"))
    next_day = 24 * 60
    assert counted_day(to(next_day, "lee"), held, ZONE, MEASURES) == "2026-11-21"
    assert counted_day(to(next_day, "mei"), held, ZONE, MEASURES) is None
    assert counted_day(to(next_day, None, "lamps"), held, ZONE, MEASURES) is None
    assert counted_day(to(next_day, "lee"), case_of(opened()), ZONE, MEASURES) is None


def test_a_case_folded_for_the_first_definition_is_compared_without_the_second() -> None:
    case = case_of(opened(), to(1, "mei"), happened(2, ReplySent(message="…")), to(3, "lee"))
    assert case.definition == DEFINITION
    assert without_ownership(case) == replace(without_ownership(case), definition=1)
    assert without_ownership(case).ownership.replied_for is None


def _fact_of_kind(kind: str) -> Any:
    return {
        "reply": ReplySent(message="…"),
        "resolve": CaseResolved(),
        "write": MessageReceived(message="?"),
        "rate": SurveyAnswered(csat=3),
        "mei": CaseAssigned(assignee="mei", load=1),
        "lee": CaseAssigned(assignee="lee", load=1),
        "team": CaseAssigned(team="lamps"),
    }[kind]


@given(st.lists(st.sampled_from(["reply", "resolve", "write", "rate", "mei", "lee", "team"]), max_size=12))
def test_whatever_happened_a_hand_over_adds_a_transfer_and_moves_no_other_figure(kinds: list[str]) -> None:
    events = [opened(), *(happened(n, _fact_of_kind(kind)) for n, kind in enumerate(kinds, 1))]
    before, after = whose(case_of(*events)), whose(case_of(*events, to(99, "kim", "stoves")))
    held = case_of(*events).assignee
    handed = [*before.pop("transfer", []), *([held] if held else [])]
    assert after.pop("transfer", []) == handed
    if held is None:  # it was opened for the agent who takes it first
        before["opened"] = ["kim"]
    assert after == before
