"""The promises of a case that we have not kept yet: its running and breached clocks, and the deadline of its flow."""

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from chalicelib.domain.cases.case import Case
from chalicelib.domain.flows.flow import ANSWERED_BY_SILENCE, Flow
from chalicelib.domain.kernel.aftersales_enums import Turn
from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.sla.clocks import Clock

OURS: tuple[Turn, ...] = ("shop", "warehouse", "finance")
"""Whose deadlines in a flow are promises of ours: the shop's own people. A carrier or a customer who is late breaks no
promise of the shop."""


class Promise(Struct, frozen=True, kw_only=True):
    """A promise that is not kept yet. `name`: that of its clock, or `flow`. `due_at` is None while it is paused, and
    `why` says then for whom it waits."""

    name: Literal["first_reply", "next_reply", "resolution", "flow"]
    due_at: Instant | None
    state: Literal["running", "breached", "paused"]
    why: Literal["waiting_customer"] | None = None


def next_promise(case: Case) -> Promise | None:
    """The promise that breaks first, or was broken first and is still to be kept; a paused one only if there is no
    other. None if nothing is promised."""
    dated = [promise for promise in _promises(case) if promise.due_at is not None]
    if dated:
        return min(dated, key=lambda promise: promise.due_at or 0)
    return next(_promises(case), None)


def is_owed_a_reply(case: Case) -> bool:
    """Whether the customer waits for our words."""
    return any(clock.owed for clock in case.clocks if clock.name != "resolution")


def _promises(case: Case) -> Iterator[Promise]:
    if case.done:
        return
    for clock in case.clocks:
        if (promise := _of_clock(clock)) is not None:
            yield promise
    if case.flow is not None and case.status != "waiting_customer" and case.flow.turn in OURS:
        yield from _of_flow(case.flow)


def _of_clock(clock: Clock) -> Promise | None:
    if clock.state == "paused":
        return Promise(name=clock.name, due_at=None, state="paused", why="waiting_customer")
    if not clock.owed:
        return None
    return Promise(name=clock.name, due_at=clock.due_at, state="breached" if clock.state == "breached" else "running")


def _of_flow(flow: Flow) -> Iterator[Promise]:
    """The deadline of the flow's state: the first that passed since the flow came to it, or else the next one. Not one
    that only reminds somebody, or takes silence for an answer."""
    passed_at = next((late_at for turn, late_at in flow.overdue if turn == flow.turn and late_at >= flow.since), None)
    if passed_at is not None:
        yield Promise(name="flow", due_at=passed_at, state="breached")
    elif flow.deadline is not None and flow.deadline.does not in ANSWERED_BY_SILENCE:
        yield Promise(name="flow", due_at=flow.deadline.at, state="running")
