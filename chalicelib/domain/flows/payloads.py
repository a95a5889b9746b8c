"""What people and partners send about a flow: the claim it begins with, and the body of each move."""

from typing import Annotated, TypeAlias

from msgspec import UNSET, Meta, UnsetType

from chalicelib.domain.flows.claims import Claim
from chalicelib.domain.flows.compensation import MoneyKind
from chalicelib.domain.flows.definitions import TABLES
from chalicelib.domain.flows.facts import FlowMoved, MoneyDone, MoneyFailed
from chalicelib.domain.flows.flow import Flow, FlowItem, Shipment, target
from chalicelib.domain.flows.tasks import Department
from chalicelib.domain.kernel.aftersales_enums import Condition, FlowKind, Mover, Reason
from chalicelib.domain.kernel.errors import Conflict, NotFound, invalid
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.kernel.money import check_coin
from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.kernel.validation import CaseEvent, Input, Line, LineIn, MoneyIn, Name, Time

OUTWARD = ("send",)
"""Moves whose parcel goes to the customer; every other one comes back."""


class FlowItemIn(Input, frozen=True):
    """So many of one thing of the order, and how it was found."""

    sku: Name
    quantity: Annotated[int, Meta(ge=1, le=1_000_000)] = 1
    condition: Condition | None = None


Items: TypeAlias = Annotated[tuple[FlowItemIn, ...], Meta(max_length=200)]
Why: TypeAlias = Annotated[Line, Meta(min_length=1)]


class ClaimIn(Input, frozen=True):
    """What the customer asks for: why, for which things, and what shows it (addresses of pictures, numbers)."""

    reason: Reason = "other"
    items: Items = ()
    evidence: Annotated[tuple[Name, ...], Meta(max_length=20)] = ()

    def claim(self) -> Claim:
        """The claim as facts hold it."""
        return Claim(reason=self.reason, items=_items(self.items), evidence=self.evidence)


class FlowStart(Input, frozen=True):
    """The body of `POST …/flow/start`: a flow for a case that was opened without one."""

    kind: FlowKind
    claim: ClaimIn = ClaimIn()


class MoveIn(Input, frozen=True):
    """The body of a move. What a move needs of it, and what it refuses, is said by the table and by `fact_of`."""

    outcome: Name | None = None
    reason: Why | None = None
    """What the customer is told: why, or what is offered to them."""
    note: Line | None = None
    """What staff tell each other; it never leaves the shop."""
    items: Items = ()
    carrier: Name | None = None
    tracking: Name | None = None
    amount: MoneyIn | None = None


class MoneyAsked(Input, frozen=True, kw_only=True):
    """The body of `POST …/money`: what a customer is to be given, and for which things; `lines` add up to it."""

    kind: MoneyKind
    amount: MoneyIn
    lines: Annotated[tuple[LineIn, ...], Meta(max_length=200)] = ()
    reason: Line | None = None


class MoneyStep(Input, frozen=True):
    """The body of `POST …/money/{money}/{step}`."""

    reason: Line | None = None


class TaskIn(Input, frozen=True, kw_only=True):
    """The body of `POST …/tasks`."""

    department: Department
    title: Annotated[Line, Meta(min_length=1)]
    due_at: Time | None = None


class TaskResult(Input, frozen=True):
    """The body of `POST …/tasks/{task}/done`."""

    outcome: Line | None = None


class PartnerReport(CaseEvent, frozen=True, kw_only=True):
    """What a carrier, a warehouse or a payment service reports: the case it is about, and the move's own fields."""

    outcome: Name | None = None
    reason: Why | UnsetType | None = UNSET
    """What the customer is told of a move. Unset, it is no part of what makes two reports the same event."""
    note: Line | None = None
    """What the shop is told; it never leaves it."""
    items: Items = ()
    carrier: Name | None = None
    tracking: Name | None = None
    money: Name | None = None
    """Of `refund.completed` and `refund.failed`: the id of the money it is about."""
    reference: Name | None = None
    """Of `refund.completed` with `money`: the payment service's id of the refund, by which a statement proves it."""


PARTNER_MOVES = {
    "shipment.scanned": "scan",
    "shipment.delivered": "deliver",
    "parcel.received": "receive",
    "inspection.done": "inspect",
    "replacement.sent": "send",
    "refund.completed": "complete",
}
PARCEL_MOVES = ("ship", "scan", "send")
AMOUNT_MOVES = ("quote", "ask_difference")
"""Moves that name an amount; a proposal may name one, too."""
ITEM_MOVES = ("inspect", "receive", "diagnose")
INSPECTION_OUTCOMES = ("accepted", "partly_accepted", "refused")
REFUND_FAILED = "refund.failed"
PARTNER_TYPES = (*PARTNER_MOVES, REFUND_FAILED)
MOVES = {name for table in TABLES.values() for name in table.moves}


def check_move(flow: Flow | None, move: str, body: MoveIn, movers: tuple[Mover, ...]) -> None:
    """Refuse a move: NotFound when there is none of that name, Conflict when the flow's state does not allow it or it
    is not theirs to make, Invalid when its body lacks what it needs."""
    if move not in MOVES:
        raise NotFound(f"There is no move {move!r}.")
    if flow is None:
        raise Conflict("This case carries no after-sales flow.", allowed=[])
    known = flow.table.moves.get(move)
    open_to = sorted({name for mover in movers for name in flow.table.allowed(flow.state, mover)})
    if known is None or not known.leads_from(flow.state) or move not in open_to:
        allowed = ", ".join(open_to) or "none"
        raise Conflict(
            f"A {flow.kind} that is {flow.state} takes no {move!r}; allowed now: {allowed}.", allowed=open_to
        )
    if target(flow, move, body.outcome) is None:
        raise invalid("outcome", f"is one of {', '.join(known.to)}" if len(known.to) > 1 else f"{move} has none")
    if known.needs_reason and body.reason is None:
        raise invalid("reason", f"is needed: say why you {move}")
    _check_fields(move, body)


def _check_fields(move: str, body: MoveIn) -> None:
    for name, moves in (("tracking", PARCEL_MOVES), ("carrier", PARCEL_MOVES), ("amount", (*AMOUNT_MOVES, "propose"))):
        if getattr(body, name) is not None and move not in moves:
            raise invalid(name, f"is not of {move!r}")
    if body.items and move not in ITEM_MOVES:
        raise invalid("items", f"are not of {move!r}")
    if move in AMOUNT_MOVES and body.amount is None:
        raise invalid("amount", "is needed")
    if body.amount is not None and body.amount.money().value <= 0:
        raise invalid("amount", "is more than nothing; what the customer is owed is given back by /money")
    if body.amount is not None:
        check_coin("amount", body.amount.money())
    if move == "ship" and body.tracking is None:
        raise invalid("tracking", "is needed: the number the carrier gave the parcel")


def fact_of(move: str, body: MoveIn | PartnerReport, at: Instant) -> FlowMoved:
    """The fact that the move was made at this moment."""
    parcel = None
    if body.tracking or body.carrier:
        direction = "out" if move in OUTWARD else "back"
        parcel = Shipment(direction, at, body.carrier, body.tracking)
    amount = getattr(body, "amount", None)
    return FlowMoved(
        move=move,
        outcome=body.outcome,
        reason=body.reason or None,
        note=body.note,
        items=_items(body.items),
        shipment=parcel,
        amount=amount.money() if amount else None,
    )


def facts_of(kind: str, told: PartnerReport, at: Instant) -> list[Fact]:
    """The facts of what a partner reports: of money that has an id, and of the flow."""
    if kind == REFUND_FAILED:
        return [MoneyFailed(money=told.money or "", reason=told.note)]
    paid = told.money is not None and kind == "refund.completed"
    done: list[Fact] = [MoneyDone(money=told.money or "", reference=told.reference)] if paid else []
    return [*done, fact_of(PARTNER_MOVES[kind], told, at)]


def check_partner(kind: str, told: PartnerReport) -> None:
    """Refuse money's id or an outcome where there is none, and their absence where they are needed."""
    if kind == REFUND_FAILED and told.money is None:
        raise invalid("data.money", "is needed: the id of the money that was not paid")
    if kind == REFUND_FAILED and told.reason:
        raise invalid("data.reason", "is told to customers, and of this they are told nothing: use note")
    if told.money is not None and not kind.startswith("refund."):
        raise invalid("data.money", f"is not of {kind!r}")
    if told.reference is not None and (kind != "refund.completed" or told.money is None):
        raise invalid("data.reference", "is of 'refund.completed' with 'money'")
    outcomes: tuple[str | None, ...] = INSPECTION_OUTCOMES if kind == "inspection.done" else (None,)
    if told.outcome not in outcomes:
        allowed = ", ".join(INSPECTION_OUTCOMES)
        raise invalid("data.outcome", f"is one of {allowed}" if kind == "inspection.done" else f"is not of {kind!r}")


def _items(told: tuple[FlowItemIn, ...]) -> tuple[FlowItem, ...]:
    return tuple(FlowItem(one.sku, one.quantity, one.condition) for one in told)
