"""The state of a flow, and how moves and time change it. All of it follows from the table of its kind."""

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

MAX_KEPT = 50  # steps, shipments and pieces of evidence kept in the state; the events hold all


ANSWERED_BY_SILENCE = ("remind", "let_stand", "accept", "complete")
"""What time does without anybody being late: reminding, and taking silence for an answer."""


class FlowItem(Struct, frozen=True, omit_defaults=True):
    """So many of one thing of the order."""

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
    """The order that the goods are of, and when the customer had them."""

    order: str
    delivered_at: Instant


class Due(Struct, frozen=True, array_like=True):
    """What time does next to a flow, and when."""

    at: Instant
    does: str


class Flow(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A flow as it stands. `since`: when its state was entered; `seen`: when whose turn it is last gave a sign, such
    as a scan of the parcel. `due` is what time does next, `deadline` the next of it that is more than a reminder."""

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
    """The shop's rule that approved it."""
    overdue: tuple[tuple[Turn, Instant], ...] = ()
    """Whose turn it was when a deadline passed, and when."""
    evidence: tuple[str, ...] = ()
    shipments: tuple[Shipment, ...] = ()
    bought: Bought | None = None
    offer: Money | None = None
    """What was proposed last, in money."""

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
        """It has come to an end."""
        return self.table.states[self.state].ends

    def reached(self, state: str) -> Instant | None:
        """When the flow last came to a state."""
        return next((at for name, at in reversed(self.steps) if name == state), None)


def start(
    kind: FlowKind, at: Instant, reason: Reason, items: tuple[FlowItem, ...], evidence: tuple[str, ...] = ()
) -> Flow:
    """A flow at its beginning."""
    first = TABLES[kind].first
    return Flow(kind=kind, state=first, since=at, reason=reason, items=items, evidence=evidence, steps=((first, at),))


def with_goods(flow: Flow, items: tuple[FlowItem, ...], shipment: Shipment | None) -> Flow:
    """The flow with what a move told of its goods: how they were found, and the parcel they set out in."""
    if items:
        flow = replace(flow, items=items)
    return replace(flow, shipments=(*flow.shipments, shipment)[-MAX_KEPT:]) if shipment else flow


def target(flow: Flow, move: str, outcome: str | None = None) -> str | None:
    """Where a move leads; None when the flow's state does not allow it, or not with this outcome."""
    known = flow.table.moves.get(move)
    if known is None or not known.leads_from(flow.state):
        return None
    if flow.state in known.stays:
        return flow.state
    if flow.state in known.instead:
        return known.instead[flow.state]
    if move == "refuse":
        return known.to[0] if flow.refusals < MAX_REFUSALS else known.to[1]
    if outcome is None and len(known.to) == 1:
        return known.to[0]
    return outcome if outcome in known.to else None


def moved(flow: Flow, move: str, outcome: str | None, at: Instant) -> Flow:
    """The flow after a move; one that its state does not allow changes nothing."""
    to = target(flow, move, outcome)
    if to is None:
        return flow
    if to == flow.state:
        return replace(flow, seen=at, passed=0, passed_at=None)
    steps = (*flow.steps, (to, at))[-MAX_KEPT:]
    refusals = flow.refusals + (move == "refuse")
    return replace(flow, state=to, since=at, seen=None, passed=0, passed_at=None, steps=steps, refusals=refusals)


def timed_out(flow: Flow, due: Due, at: Instant) -> Flow:
    """The flow after time did something to it. When a move or a scan was told late, that deadline was none."""
    if flow.due != due:
        return flow
    if due.does not in ANSWERED_BY_SILENCE:
        flow = replace(flow, overdue=(*flow.overdue, (flow.turn, at))[-MAX_KEPT:])
    if due.does in flow.table.moves:
        return moved(flow, due.does, None, at)
    return replace(flow, passed=min(flow.passed + 1, len(flow.table.states[flow.state].timeouts)), passed_at=at)


def with_deadlines(flow: Flow, calendar: Calendar, deadlines: dict[str, float]) -> Flow:
    """The flow with what time will do to it: by a shop's calendar, and its own numbers of seconds where it has some."""
    ahead, dues = flow.passed, _dues(flow, calendar, deadlines)
    while ahead < len(dues) - 1 and dues[ahead].does == "remind":
        ahead += 1
    return replace(
        flow,
        due=_next_due(flow, flow.passed, dues, calendar, deadlines),
        deadline=_next_due(flow, ahead, dues, calendar, deadlines),
    )


def _dues(flow: Flow, calendar: Calendar, deadlines: dict[str, float]) -> list[Due]:
    """All that time does in the flow's state, the soonest first: a shop's numbers may turn their order around."""
    timeouts = flow.table.states[flow.state].timeouts
    return sorted(
        (_due(flow, one, _counted_from(flow, one), calendar, deadlines) for one in timeouts), key=lambda due: due.at
    )


def _due(flow: Flow, timeout: Timeout, start_at: Instant, calendar: Calendar, deadlines: dict[str, float]) -> Due:
    seconds = deadlines.get(f"{flow.kind}.{flow.state}.{timeout.does}", timeout.seconds)
    rests = calendar if timeout.calendar == "business" else ALWAYS
    return Due(add_working(rests, start_at, seconds), timeout.does)


def _next_due(flow: Flow, passed: int, dues: list[Due], calendar: Calendar, deadlines: dict[str, float]) -> Due | None:
    """None at an end, or when all that time can do was done.

    A case that was raised because of this state and still stands is raised again after the same time.
    """
    if passed < len(dues):
        return dues[passed]
    if not dues or dues[-1].does != "escalate":
        return None
    again = next(one for one in flow.table.states[flow.state].timeouts if one.does == "escalate")
    return _due(flow, again, flow.passed_at or flow.since, calendar, deadlines)


def _counted_from(flow: Flow, timeout: Timeout) -> Instant:
    since = flow.reached(timeout.since) if timeout.since else None
    return since or flow.seen or flow.since
