"""The state of a flow, and how moves and timeouts change it, as the table of its kind defines."""

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.flows.definition import FlowTable, Timeout
from chalicelib.domain.flows.definitions import MAX_REFUSALS, TABLES
from chalicelib.domain.flows.eligibility_reasons import Ruling
from chalicelib.domain.kernel.aftersales_enums import Condition, FlowKind, Reason, Turn
from chalicelib.domain.kernel.money import Money
from chalicelib.domain.kernel.private_fields import Private
from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.sla.calendars import ALWAYS, Calendar, add_working

MAX_KEPT = 50
"""The most steps and shipments in the state of a flow; the events have all of them."""
ANSWERED_BY_SILENCE = ("remind", "let_stand", "accept", "complete")
"""Timeouts for which nobody is late: a reminder, and moves that take silence for an answer."""


class FlowItem(Struct, frozen=True, omit_defaults=True):
    """How many of one item of the order."""

    sku: str
    quantity: int = 1
    condition: Condition | None = None


class Shipment(Struct, frozen=True, omit_defaults=True):
    """A parcel on its way back to the shop, or out to the customer."""

    direction: str
    at: Instant
    carrier: str | None = None
    tracking: Private | None = None


class Bought(Struct, frozen=True, array_like=True):
    """The order of the goods, and when the customer received them."""

    order: str
    delivered_at: Instant


class Due(Struct, frozen=True, array_like=True):
    """The next timeout of a flow: when, and what it does."""

    at: Instant
    does: str


class Flow(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A flow in its current state. `since`: when the state was entered; `seen`: the last sign of progress in it, such
    as a scan of the parcel; `due`: the next timeout; `deadline`: the next timeout that is more than a reminder."""

    kind: FlowKind
    state: str
    since: Instant
    reason: Reason = "other"
    items: tuple[FlowItem, ...] = ()
    steps: tuple[tuple[str, Instant], ...] = ()
    seen: Instant | None = None
    passed: int = 0
    """How many of the state's timeouts have passed."""
    passed_at: Instant | None = None
    due: Due | None = None
    deadline: Due | None = None
    refusals: int = 0
    """How often the customer refused a proposal."""
    rulings: tuple[Ruling, ...] = ()
    rule: str | None = None
    """The shop's rule that approved the claim."""
    overdue: tuple[tuple[Turn, Instant], ...] = ()
    """Whose turn it was when a deadline passed, and when."""
    evidence: tuple[str, ...] = ()
    shipments: tuple[Shipment, ...] = ()
    bought: Bought | None = None
    offer: Money | None = None
    """The amount that was proposed last."""

    @property
    def table(self) -> FlowTable:
        """The table of its kind."""
        return TABLES[self.kind]

    @property
    def turn(self) -> Turn:
        """Whose turn it is."""
        return self.table.states[self.state].turn

    @property
    def ended(self) -> bool:
        """The flow has ended."""
        return self.table.states[self.state].ends

    def reached(self, state: str) -> Instant | None:
        """When the flow last came to a state."""
        return next((reached_at for name, reached_at in reversed(self.steps) if name == state), None)


def start(
    kind: FlowKind, started_at: Instant, reason: Reason, items: tuple[FlowItem, ...], evidence: tuple[str, ...] = ()
) -> Flow:
    """A new flow in its first state."""
    first = TABLES[kind].first
    return Flow(
        kind=kind,
        state=first,
        since=started_at,
        reason=reason,
        items=items,
        evidence=evidence,
        steps=((first, started_at),),
    )


def with_goods(flow: Flow, items: tuple[FlowItem, ...], shipment: Shipment | None) -> Flow:
    """The flow with what a move says about its goods: in which condition they were found, and their parcel."""
    if items:
        flow = replace(flow, items=items)
    return replace(flow, shipments=(*flow.shipments, shipment)[-MAX_KEPT:]) if shipment else flow


def target(flow: Flow, move: str, outcome: str | None = None) -> str | None:
    """The state that a move leads to; None if the flow's state does not allow it, or not with this outcome."""
    definition = flow.table.moves.get(move)
    if definition is None or not definition.leads_from(flow.state):
        return None
    if flow.state in definition.stays:
        return flow.state
    if flow.state in definition.instead:
        return definition.instead[flow.state]
    if move == "refuse":
        return definition.to[0] if flow.refusals < MAX_REFUSALS else definition.to[1]
    if outcome is None and len(definition.to) == 1:
        return definition.to[0]
    return outcome if outcome in definition.to else None


def moved(flow: Flow, move: str, outcome: str | None, moved_at: Instant) -> Flow:
    """The flow after a move; a move that its state does not allow changes nothing."""
    state = target(flow, move, outcome)
    if state is None:
        return flow
    if state == flow.state:
        return replace(flow, seen=moved_at, passed=0, passed_at=None)
    return replace(
        flow,
        state=state,
        since=moved_at,
        seen=None,
        passed=0,
        passed_at=None,
        steps=(*flow.steps, (state, moved_at))[-MAX_KEPT:],
        refusals=flow.refusals + (move == "refuse"),
    )


def timed_out(flow: Flow, due: Due, passed_at: Instant) -> Flow:
    """The flow after a timeout; nothing changes if it is not the next one, since a move or a scan was reported late."""
    if flow.due != due:
        return flow
    if due.does not in ANSWERED_BY_SILENCE:
        flow = replace(flow, overdue=(*flow.overdue, (flow.turn, passed_at))[-MAX_KEPT:])
    if due.does in flow.table.moves:
        return moved(flow, due.does, None, passed_at)
    timeouts = flow.table.states[flow.state].timeouts
    return replace(flow, passed=min(flow.passed + 1, len(timeouts)), passed_at=passed_at)


def with_deadlines(flow: Flow, calendar: Calendar, deadlines: dict[str, float]) -> Flow:
    """The flow with its next timeout and deadline, by the calendar of the shop and its own `deadlines` (in seconds)."""
    dues = _all_due(flow, calendar, deadlines)
    next_deadline = flow.passed
    while next_deadline < len(dues) - 1 and dues[next_deadline].does == "remind":
        next_deadline += 1
    return replace(
        flow,
        due=_next_due(flow, flow.passed, dues, calendar, deadlines),
        deadline=_next_due(flow, next_deadline, dues, calendar, deadlines),
    )


def _all_due(flow: Flow, calendar: Calendar, deadlines: dict[str, float]) -> list[Due]:
    """All timeouts of the flow's state, the earliest first: the deadlines of a shop may change their order."""
    timeouts = flow.table.states[flow.state].timeouts
    dues = [_due(flow, timeout, _counted_from(flow, timeout), calendar, deadlines) for timeout in timeouts]
    return sorted(dues, key=lambda due: due.at)


def _due(flow: Flow, timeout: Timeout, start_at: Instant, calendar: Calendar, deadlines: dict[str, float]) -> Due:
    seconds = deadlines.get(f"{flow.kind}.{flow.state}.{timeout.does}", timeout.seconds)
    counting = calendar if timeout.calendar == "business" else ALWAYS
    return Due(add_working(counting, start_at, seconds), timeout.does)


def _next_due(flow: Flow, passed: int, dues: list[Due], calendar: Calendar, deadlines: dict[str, float]) -> Due | None:
    """The timeout after those that have passed; None at an end, or if there are no more.

    A case that was escalated because of this state, and is still in it, is escalated again after the same time.
    """
    if passed < len(dues):
        return dues[passed]
    if not dues or dues[-1].does != "escalate":
        return None
    timeouts = flow.table.states[flow.state].timeouts
    escalation = next(timeout for timeout in timeouts if timeout.does == "escalate")
    return _due(flow, escalation, flow.passed_at or flow.since, calendar, deadlines)


def _counted_from(flow: Flow, timeout: Timeout) -> Instant:
    since = flow.reached(timeout.since) if timeout.since else None
    return since or flow.seen or flow.since
