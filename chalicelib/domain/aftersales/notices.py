"""When the customer is told: at each step that changes whose turn it is, and when time reminds them."""

from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.facts import CaseOpened
from chalicelib.domain.flows.facts import FlowMoved, FlowStarted, FlowTimedOut
from chalicelib.domain.flows.flow import Flow
from chalicelib.domain.kernel.aftersales_enums import FlowKind
from chalicelib.domain.kernel.fact import Fact

ALWAYS_TOLD = ("acknowledged",)
"""States the customer hears of though the turn stays: who looks after their complaint, and by when."""
OFFERS = ("propose", "quote", "ask_difference")
"""Moves whose reason and amount are what the customer is to say yes or no to."""
STEPS = (CaseOpened, FlowStarted, FlowMoved, FlowTimedOut)


def is_notified(before: Case | None, after: Case | None, fact: Fact) -> bool:
    """Whether the customer hears of this fact, which took the case from one state to the other."""
    if after is None or after.flow is None or after.historical or not isinstance(fact, STEPS):
        return False
    if isinstance(fact, FlowTimedOut) and fact.does == "remind":
        return after.flow.turn == "customer"
    if before is None or before.flow is None:
        return True
    steps_in = before.flow.state != after.flow.state and after.flow.state in ALWAYS_TOLD
    return steps_in or before.flow.turn != after.flow.turn


PARTICULAR: dict[FlowKind, tuple[str, ...]] = {
    "exchange": ("accepted",),
    "repair": ("delivered",),
    "refund": ("approved",),
    "reship": ("approved",),
    "complaint": ("accepted", "completed", "withdrawn"),
    "return": (),
}
"""States that mean another thing to the customer in this flow than in the others."""


CALLED: dict[FlowKind, tuple[str, ...]] = {"complaint": ("accepted",)}
"""States that are called otherwise in this flow: what is accepted of a complaint is a proposal, not goods."""
PROMISED = ("shop", "customer")
"""Whose deadlines a customer is told: theirs, and ours. Until when a parcel is waited for is our own affair."""


def state_phrase(kind: FlowKind, state: str) -> str:
    """The name of the phrase that a state is called by."""
    return f"state_{kind}_{state}" if state in CALLED.get(kind, ()) else f"state_{state}"


def next_phrase(flow: Flow) -> str:
    """The name of the phrase that says what happens next."""
    own = flow.state in PARTICULAR[flow.kind]
    return f"next_{flow.kind}_{flow.state}" if own else f"next_{flow.state}"
