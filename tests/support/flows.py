"""The flow of the one case of a unit test: move it, or let time pass."""

from typing import Any

from chalicelib.domain.flows.flow import Flow
from chalicelib.domain.flows.payloads import MoveIn
from chalicelib.usecases.aftersales.transition_flow import transition_flow
from chalicelib.usecases.timers.run_due_timers import run_due_timers
from tests.fakes import FakeServices
from tests.support.case_work import case_in, command
from tests.support.webhooks import KEY


def flow_of(services: FakeServices) -> Flow:
    flow = case_in(services).flow
    assert flow is not None
    return flow


def move_flow(services: FakeServices, move: str, **told: Any) -> Flow:
    transition_flow(services, command(services), move, MoveIn(**told))
    return flow_of(services)


def let_time_pass(services: FakeServices, at: int) -> list[str]:
    """Let time pass: ring each alarm of the flow at its moment; the types of what was written."""
    written: list[str] = []
    while (due := flow_of(services).due) and due.at <= at:
        services.time = max(services.time, due.at)
        happened = run_due_timers(services, KEY)
        written += [event.type for event in happened]
        if not happened:
            break
    services.time = at
    return written
