"""When the customer gets an email about their flow: when the turn changes, and when they are reminded."""

from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.facts import CaseOpened
from chalicelib.domain.flows.facts import FlowMoved, FlowStarted, FlowTimedOut
from chalicelib.domain.flows.flow import Flow
from chalicelib.domain.kernel.aftersales_enums import FlowKind
from chalicelib.domain.kernel.fact import Fact

ALWAYS_NOTIFIED = ("acknowledged",)
"""States that are notified although the turn stays the same: who handles the complaint, and by when."""
OFFERS = ("propose", "quote", "ask_difference")
"""Moves whose reason and amount are an offer that the customer accepts or refuses."""
STEPS = (CaseOpened, FlowStarted, FlowMoved, FlowTimedOut)
"""The facts that are steps of a flow: only they are notified."""


def is_notified(before: Case | None, after: Case | None, fact: Fact) -> bool:
    """Whether the customer gets an email about this fact, which took the case from `before` to `after`."""
    if after is None or after.flow is None or after.historical or not isinstance(fact, STEPS):
        return False
    if isinstance(fact, FlowTimedOut) and fact.does == "remind":
        return after.flow.turn == "customer"
    if before is None or before.flow is None:
        return True
    is_always_notified = before.flow.state != after.flow.state and after.flow.state in ALWAYS_NOTIFIED
    return is_always_notified or before.flow.turn != after.flow.turn


OWN_NEXT_PHRASES: dict[FlowKind, tuple[str, ...]] = {
    "exchange": ("accepted",),
    "repair": ("delivered",),
    "refund": ("approved",),
    "reship": ("approved",),
    "complaint": ("accepted", "completed", "withdrawn"),
    "return": (),
}
"""States after which something else happens in this flow than in the others, so they have a phrase of their own."""


OWN_STATE_PHRASES: dict[FlowKind, tuple[str, ...]] = {"complaint": ("accepted",)}
"""States with another name in this flow: what is accepted in a complaint is a proposal, not goods."""
TURNS_WITH_DEADLINE = ("shop", "customer")
"""Turns whose deadline the customer is shown: theirs and ours. How long we wait for a parcel is internal."""


def state_phrase(kind: FlowKind, state: str) -> str:
    """The key of the phrase that names a state."""
    return f"state_{kind}_{state}" if state in OWN_STATE_PHRASES.get(kind, ()) else f"state_{state}"


def next_phrase(flow: Flow) -> str:
    """The key of the phrase that says what happens next."""
    has_own_phrase = flow.state in OWN_NEXT_PHRASES[flow.kind]
    return f"next_{flow.kind}_{flow.state}" if has_own_phrase else f"next_{flow.state}"
