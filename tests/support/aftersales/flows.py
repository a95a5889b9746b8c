"""The flow of the one case of a unit test: move it, or let time pass."""

from typing import Any

from chalicelib.domain.flows.flow import Flow
from chalicelib.domain.flows.payloads import MoveIn
from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.usecases.aftersales.transition_flow import transition_flow
from chalicelib.usecases.timers.run_due_timers import run_due_timers
from tests.fakes import FakeServices
from tests.support.cases.case_work import case_in, command
from tests.support.cases.webhooks import KEY


def flow_of(services: FakeServices) -> Flow:
    """The flow of the case."""
    flow = case_in(services).flow
    assert flow is not None
    return flow


def move_flow(services: FakeServices, move: str, **fields: Any) -> Flow:
    """An agent moves the flow; the flow afterwards."""
    transition_flow(services, command(services), move, MoveIn(**fields))
    return flow_of(services)


def let_time_pass(services: FakeServices, until: Instant) -> list[str]:
    """Let time pass, and run each timer of the flow when it is due; the types of the events written."""
    written: list[str] = []
    while (due := flow_of(services).due) and due.at <= until:
        services.time = max(services.time, due.at)
        events = run_due_timers(services, KEY)
        written += [event.type for event in events]
        if not events:
            break
    services.time = until
    return written
