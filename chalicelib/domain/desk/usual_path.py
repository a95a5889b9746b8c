"""The states that a flow usually passes, by which the desk draws what is still ahead."""

from chalicelib.domain.flows.flow import Flow
from chalicelib.domain.kernel.aftersales_enums import FlowKind

USUAL_PATHS: dict[FlowKind, tuple[str, ...]] = {
    "return": ("requested", "approved", "in_transit", "received", "accepted", "refunding", "completed"),
    "exchange": (
        "requested",
        "approved",
        "in_transit",
        "received",
        "accepted",
        "replacement_sent",
        "delivered",
        "completed",
    ),
    "repair": (
        "requested",
        "approved",
        "in_transit",
        "received",
        "diagnosed",
        "in_warranty",
        "repaired",
        "sent_back",
        "delivered",
        "completed",
    ),
    "refund": ("requested", "approved", "refunding", "completed"),
    "reship": ("requested", "approved", "sent", "delivered", "completed"),
    "complaint": ("recorded", "acknowledged", "investigating", "proposed", "accepted", "fulfilling", "completed"),
}
STANDS_FOR = {"partly_accepted": "accepted", "quote_accepted": "in_warranty"}
"""States after which a flow goes on as after another one."""


def states_ahead(flow: Flow) -> tuple[str, ...]:
    """The states that usually come after the present one; none for a flow that ended or took another way."""
    usual = USUAL_PATHS[flow.kind]
    state = STANDS_FOR.get(flow.state, flow.state)
    return usual[usual.index(state) + 1 :] if state in usual else ()
