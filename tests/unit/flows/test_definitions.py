"""The definitions of all flows are consistent: every state is reached, and no timer rejects a claim."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.flows import flow as flows
from chalicelib.domain.flows.definition import FlowTable
from chalicelib.domain.flows.definitions import TABLES
from chalicelib.domain.kernel.timestamps import DAY_MS
from tests.fakes import NOON, OFFICE

BY_TIME = {"remind", "escalate", "chase"}
every_flow = pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.kind)


@every_flow
def test_every_state_is_reached_and_every_move_leads_to_a_state(table: FlowTable) -> None:
    reached, before = {table.first}, set[str]()
    while reached != before:
        before = set(reached)
        reached |= {
            to for move in table.moves.values() for state in reached & {*move.of} for to in move.leads_to(state)
        }
    assert reached == set(table.states)
    assert {state for move in table.moves.values() for state in (*move.of, *move.stays)} <= set(table.states)


@every_flow
def test_at_every_moment_it_is_somebodys_turn_and_known_what_time_does(table: FlowTable) -> None:
    for name, state in table.states.items():
        if state.ends:
            assert not state.timeouts, name
            continue
        assert state.timeouts, name
        assert [one.seconds for one in state.timeouts] == sorted(one.seconds for one in state.timeouts), name
        assert state.timeouts[-1].does not in ("remind", "chase"), f"{name}: and then?"
        for timeout in state.timeouts:
            move = table.moves.get(timeout.does)
            assert timeout.does in BY_TIME or (move is not None and "time" in move.by and name in move.of), name
            assert timeout.since is None or timeout.since in table.states
        assert table.allowed(name, "staff") or table.allowed(name, "customer") or table.allowed(name, "partner"), name


@every_flow
def test_a_refusal_is_a_persons_act_and_says_why(table: FlowTable) -> None:
    for name in ("reject", "uphold", "dispute", "refuse", "write_off"):
        if name in table.moves:
            assert table.moves[name].needs_reason
            assert "time" not in table.moves[name].by


@settings(max_examples=200, deadline=None)
@given(chance=st.randoms(use_true_random=False), kind=st.sampled_from(sorted(TABLES)), length=st.integers(0, 30))
def test_whatever_is_tried_a_flow_is_in_a_state_of_its_table_with_its_deadline_ahead(
    chance: random.Random, kind: str, length: int
) -> None:
    flow = flows.with_deadlines(flows.start(kind, NOON, "other", ()), OFFICE, {})  # type: ignore[arg-type]
    at = NOON
    for _ in range(length):
        at += chance.randrange(1, 3 * DAY_MS)
        move = chance.choice(sorted(flow.table.moves))
        outcome = chance.choice([None, *flow.table.moves[move].to])
        after = flows.moved(flow, move, outcome, at)
        assert after is flow or flows.target(flow, move, outcome) == after.state
        flow = flows.with_deadlines(after, OFFICE, {})
        assert flow.state in flow.table.states
        assert (flow.due is None) == flow.ended
        assert flow.due is None or flow.deadline is None or flow.due.at <= flow.deadline.at


@settings(max_examples=100, deadline=None)
@given(kind=st.sampled_from(sorted(TABLES)), chance=st.randoms(use_true_random=False))
def test_when_nobody_moves_time_reminds_and_raises_but_never_refuses(kind: str, chance: random.Random) -> None:
    flow = flows.with_deadlines(flows.start(kind, NOON, "other", ()), OFFICE, {})  # type: ignore[arg-type]
    for _ in range(12):
        if flow.due is None:
            break
        before, due = flow, flow.due
        flow = flows.with_deadlines(flows.timed_out(flow, due, due.at), OFFICE, {})
        assert flow.state not in ("rejected", "refused", "final_answer")
        assert flow.due is None or flow.due.at > due.at or flow.state != before.state
