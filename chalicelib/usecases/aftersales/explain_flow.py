"""Explain a flow: the reasons for and against the claim, and who or which rule decided each move."""

from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain.cases.events import Event
from chalicelib.domain.flows.eligibility_reasons import Ruling
from chalicelib.domain.flows.facts import FlowMoved, FlowTimedOut
from chalicelib.domain.kernel.errors import NotFound
from chalicelib.usecases.ports.cases import StoredCase

if TYPE_CHECKING:
    from chalicelib.usecases.ports.services import HasCases


class Explanation(Struct, frozen=True):
    """The reasons for and against the claim when it was made, and the events that moved the flow since."""

    rulings: tuple[Ruling, ...]
    decisions: list[Event]


def explain_flow(services: "HasCases", stored: StoredCase) -> Explanation:
    """Explain a case's flow; NotFound when the case has none."""
    case = stored.case
    if case is None or case.flow is None:
        raise NotFound("This case carries no after-sales flow to explain.")
    events = services.cases.events_to_fold(stored)
    moved = [event for event in events if isinstance(event.fact, FlowMoved | FlowTimedOut)]
    return Explanation(case.flow.rulings, moved)
