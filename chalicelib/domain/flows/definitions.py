"""The flows. A table says for each state whose turn it is, for how long, and what happens then; and who may make which
move.

Deadlines are defaults; a policy's `after_sales.deadlines` changes each by the name `<kind>.<state>.<timeout>`.
"""

from chalicelib.domain.flows.definition import FlowTable, Move, State, Timeout
from chalicelib.domain.kernel.aftersales_enums import FlowKind

HOUR_S = 3_600.0
DAY_S = 86_400.0
WORKING_DAY_S = 8 * HOUR_S

REVIEW = State("shop", (Timeout(HOUR_S, "escalate", "business"),))
"""Somebody in the shop decides within an hour of working time."""
APPEALABLE = State("customer", (Timeout(7 * DAY_S, "let_stand"),))
"""A refusal the customer may dispute for seven days."""
CUSTOMER_SHIPS = State("customer", (Timeout(5 * DAY_S, "remind"), Timeout(7 * DAY_S, "expire")))
UNDER_WAY = State("carrier", (Timeout(5 * DAY_S, "chase"), Timeout(15 * DAY_S, "give_up")))
"""Counted from the last scan."""
INSPECTION = State("warehouse", (Timeout(DAY_S, "escalate"),))
PAYMENT = State("finance", (Timeout(3 * WORKING_DAY_S, "escalate", "business"),))
PAYMENT_AFTER_ARRIVAL = State("finance", (Timeout(3 * WORKING_DAY_S, "escalate", "business", "received"),))
"""The whole return is completed within three working days of the parcel's arrival."""
TO_CUSTOMER = State("carrier", (Timeout(5 * DAY_S, "chase"), Timeout(15 * DAY_S, "escalate")))
CHECKED_BY_CUSTOMER = State("customer", (Timeout(7 * DAY_S, "complete"),))
"""The customer has the goods; a week without an answer means that everything is fine."""
PREPARATION = State("shop", (Timeout(WORKING_DAY_S, "escalate", "business"),))
WORKSHOP = State("warehouse", (Timeout(5 * WORKING_DAY_S, "escalate", "business"),))
DISPATCH = State("warehouse", (Timeout(WORKING_DAY_S, "escalate", "business"),))
END = State("nobody")
MISSING = State("shop", (Timeout(DAY_S, "escalate"),))
"""The parcel did not arrive: the shop decides."""

REQUESTED = {"approve": Move(("requested", "disputed"), ("approved",), ("staff",))}
REFUSALS = {
    "reject": Move(("requested",), ("rejected",), ("staff",), needs_reason=True),
    "uphold": Move(("disputed",), ("ended",), ("staff",), needs_reason=True),
    "let_stand": Move(("rejected",), ("ended",), ("time",)),
    "dispute": Move(("rejected",), ("disputed",), ("customer",), needs_reason=True),
    "withdraw": Move(("requested", "approved", "rejected", "disputed"), ("withdrawn",), ("customer",)),
}
REFUSED_GOODS = {
    "let_stand": Move(("rejected", "refused"), ("ended",), ("time",)),
    "dispute": Move(
        ("rejected", "refused"), ("disputed",), ("customer",), needs_reason=True, instead={"refused": "goods_disputed"}
    ),
    "uphold": Move(("disputed", "goods_disputed"), ("ended",), ("staff",), needs_reason=True),
    "accept": Move(("missing", "goods_disputed"), ("accepted",), ("staff",)),
}
"""Goods that were refused are at the shop: a dispute about them ends in accepting them or not, never in a new
parcel."""
GOODS_BACK = {
    "ship": Move(("approved",), ("in_transit",), ("customer",)),
    "scan": Move(("approved",), ("in_transit",), ("partner",), stays=("in_transit",)),
    "expire": Move(("approved",), ("expired",), ("time",)),
    "give_up": Move(("in_transit",), ("missing",), ("time",)),
    "receive": Move(("requested", "approved", "in_transit", "missing", "expired"), ("received",), ("partner", "staff")),
}


def scanned(outward: str) -> Move:
    """A carrier's scan: the parcel leaves, or is still under way, back to the shop or out to the customer."""
    return Move(("approved",), ("in_transit",), ("partner",), stays=("in_transit", outward))


INSPECTED = ("accepted", "partly_accepted")
GOODS_BACK_STATES = {
    "requested": REVIEW,
    "approved": CUSTOMER_SHIPS,
    "in_transit": UNDER_WAY,
    "missing": MISSING,
    "received": INSPECTION,
}
REFUSAL_STATES = {"rejected": APPEALABLE, "disputed": REVIEW}
ENDS = {"completed": END, "ended": END, "withdrawn": END}
GOODS_ENDS = {**ENDS, "expired": END}


def on_platform(states: dict[str, State], **completed: str) -> dict[str, Move]:
    """Moves of a return that is on a platform, too: when it is closed there, the flow ends in whatever state it is,
    since the shop no longer works on it; it may be opened again; and its items may change."""
    unfinished = tuple(name for name, state in states.items() if not state.ends)
    return {
        "close": Move(unfinished, ("ended",), ("platform",), instead=completed),
        "reopen": Move(("completed", "ended", "expired"), ("approved",), ("platform",)),
        "change": Move((), (), ("platform",), stays=unfinished),
    }


RETURN_STATES = {
    **GOODS_BACK_STATES,
    "accepted": PAYMENT_AFTER_ARRIVAL,
    "partly_accepted": PAYMENT_AFTER_ARRIVAL,
    "refused": APPEALABLE,
    "goods_disputed": REVIEW,
    "refunding": PAYMENT_AFTER_ARRIVAL,
    **REFUSAL_STATES,
    **GOODS_ENDS,
}
RETURN = FlowTable(
    "return",
    RETURN_STATES,
    {
        **REQUESTED,
        **REFUSALS,
        **REFUSED_GOODS,
        **GOODS_BACK,
        "inspect": Move(("received",), (*INSPECTED, "refused"), ("partner", "staff")),
        "refund": Move(INSPECTED, ("refunding",), ("staff",)),
        "complete": Move(("refunding",), ("completed",), ("staff", "partner")),
        **on_platform(RETURN_STATES, refunding="completed"),
    },
)

EXCHANGE_STATES = {
    **GOODS_BACK_STATES,
    "accepted": PREPARATION,
    "refused": APPEALABLE,
    "goods_disputed": REVIEW,
    "difference_due": State("customer", (Timeout(5 * DAY_S, "remind"), Timeout(7 * DAY_S, "fall_back"))),
    "out_of_stock": State("customer", (Timeout(7 * DAY_S, "fall_back"),)),
    "replacement_sent": TO_CUSTOMER,
    "delivered": CHECKED_BY_CUSTOMER,
    "refunding": PAYMENT,
    **REFUSAL_STATES,
    **GOODS_ENDS,
}
EXCHANGE = FlowTable(
    "exchange",
    EXCHANGE_STATES,
    {
        **REQUESTED,
        **REFUSALS,
        **REFUSED_GOODS,
        **GOODS_BACK,
        "scan": scanned("replacement_sent"),
        "inspect": Move(("received",), ("accepted", "refused"), ("partner", "staff")),
        "ask_difference": Move(("accepted",), ("difference_due",), ("staff",)),
        "settle_difference": Move(("difference_due",), ("accepted",), ("staff", "partner")),
        "run_out": Move(("accepted",), ("out_of_stock",), ("staff", "partner")),
        "wait_for_stock": Move(("out_of_stock",), ("accepted",), ("customer",)),
        "fall_back": Move(("out_of_stock", "difference_due"), ("refunding",), ("customer", "time")),
        "send": Move(("accepted",), ("replacement_sent",), ("staff", "partner")),
        "deliver": Move(("replacement_sent",), ("delivered",), ("partner", "staff")),
        "complete": Move(("delivered", "refunding"), ("completed",), ("customer", "staff", "partner", "time")),
        **on_platform(EXCHANGE_STATES, replacement_sent="completed", delivered="completed", refunding="completed"),
    },
)

REPAIR = FlowTable(
    "repair",
    {
        **GOODS_BACK_STATES,
        "diagnosed": PREPARATION,
        "in_warranty": WORKSHOP,
        "quoted": State("customer", (Timeout(5 * DAY_S, "remind"), Timeout(7 * DAY_S, "decline"))),
        "quote_accepted": WORKSHOP,
        "declined": DISPATCH,
        "repaired": DISPATCH,
        "sent_back": TO_CUSTOMER,
        "delivered": CHECKED_BY_CUSTOMER,
        **REFUSAL_STATES,
        **GOODS_ENDS,
    },
    {
        **REQUESTED,
        **REFUSALS,
        **GOODS_BACK,
        "scan": scanned("sent_back"),
        "diagnose": Move(("received",), ("diagnosed",), ("partner", "staff")),
        "cover": Move(("diagnosed",), ("in_warranty",), ("staff",)),
        "quote": Move(("diagnosed",), ("quoted",), ("staff",)),
        "accept": Move(("quoted",), ("quote_accepted",), ("customer",)),
        "decline": Move(("quoted",), ("declined",), ("customer", "time")),
        "repair": Move(("in_warranty", "quote_accepted"), ("repaired",), ("partner", "staff")),
        "send": Move(("repaired", "declined"), ("sent_back",), ("partner", "staff")),
        "deliver": Move(("sent_back",), ("delivered",), ("partner", "staff")),
        "complete": Move(("delivered",), ("completed",), ("customer", "staff", "time")),
        "write_off": Move(("missing",), ("ended",), ("staff",), needs_reason=True),
    },
)

REFUND = FlowTable(
    "refund",
    {"requested": REVIEW, "approved": PAYMENT, "refunding": PAYMENT, **REFUSAL_STATES, **ENDS},
    {
        **REQUESTED,
        **REFUSALS,
        "refund": Move(("approved",), ("refunding",), ("staff",)),
        "complete": Move(("refunding",), ("completed",), ("staff", "partner")),
    },
)

RESHIP = FlowTable(
    "reship",
    {
        "requested": REVIEW,
        "approved": DISPATCH,
        "sent": TO_CUSTOMER,
        "delivered": CHECKED_BY_CUSTOMER,
        **REFUSAL_STATES,
        **ENDS,
    },
    {
        **REQUESTED,
        **REFUSALS,
        "scan": Move((), (), ("partner",), stays=("sent",)),
        "send": Move(("approved",), ("sent",), ("partner", "staff")),
        "deliver": Move(("sent",), ("delivered",), ("partner", "staff")),
        "complete": Move(("delivered",), ("completed",), ("customer", "staff", "time")),
    },
)

COMPLAINT = FlowTable(
    "complaint",
    {
        "recorded": State("shop", (Timeout(HOUR_S, "escalate"),)),
        "acknowledged": State("shop", (Timeout(DAY_S, "escalate"),)),
        "investigating": State("shop", (Timeout(DAY_S, "escalate"),)),
        "proposed": State("customer", (Timeout(5 * DAY_S, "remind"), Timeout(7 * DAY_S, "accept"))),
        "accepted": PREPARATION,
        "fulfilling": State("shop", (Timeout(3 * WORKING_DAY_S, "escalate", "business"),)),
        "completed": END,
        "final_answer": END,
        "withdrawn": END,
    },
    {
        "acknowledge": Move(("recorded",), ("acknowledged",), ("staff",)),
        "investigate": Move(("acknowledged",), ("investigating",), ("staff",)),
        "propose": Move(("acknowledged", "investigating"), ("proposed",), ("staff",)),
        "accept": Move(("proposed",), ("accepted",), ("customer", "time")),
        "refuse": Move(("proposed",), ("investigating", "final_answer"), ("customer",), needs_reason=True),
        "fulfil": Move(("accepted",), ("fulfilling",), ("staff",)),
        "complete": Move(("accepted", "fulfilling"), ("completed",), ("staff",)),
        "withdraw": Move(("recorded", "acknowledged", "investigating", "proposed"), ("withdrawn",), ("customer",)),
    },
)
MAX_REFUSALS = 2
"""After this many refusals the case goes to the next tier; the refusal after that leads to the final answer."""

TABLES: dict[FlowKind, FlowTable] = {
    table.kind: table for table in (RETURN, EXCHANGE, REPAIR, REFUND, RESHIP, COMPLAINT)
}
DEADLINES: dict[str, float] = {
    f"{kind}.{name}.{timeout.does}": timeout.seconds
    for kind, table in TABLES.items()
    for name, state in table.states.items()
    for timeout in state.timeouts
}
"""The names of all deadlines, and their defaults in seconds."""
