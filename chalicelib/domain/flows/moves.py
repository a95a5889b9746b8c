"""Moves of a flow that people and partners make: whether one may be made, and the event it becomes."""

from chalicelib.domain.flows.definition import Move
from chalicelib.domain.flows.definitions import TABLES
from chalicelib.domain.flows.facts import FlowMoved, MoneyDone, MoneyFailed
from chalicelib.domain.flows.flow import Flow, Shipment, target
from chalicelib.domain.flows.payloads import MoveIn, PartnerReport, items_of
from chalicelib.domain.kernel.aftersales_enums import Mover
from chalicelib.domain.kernel.errors import Conflict, NotFound, invalid
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.kernel.money import check_coin
from chalicelib.domain.kernel.timestamps import Instant

OUTWARD = ("send",)
"""Moves whose parcel goes to the customer; the parcels of all others come back to the shop."""
PARCEL_MOVES = ("ship", "scan", "send")
AMOUNT_MOVES = ("quote", "ask_difference")
"""Moves that need an amount; a proposal may have one, too."""
ITEM_MOVES = ("inspect", "receive", "diagnose")
ALLOWED_FIELDS = (
    ("tracking", PARCEL_MOVES),
    ("carrier", PARCEL_MOVES),
    ("amount", (*AMOUNT_MOVES, "propose")),
)
"""Optional fields, each with the moves that may have it."""
MOVES = {name for table in TABLES.values() for name in table.moves}


def check_move(flow: Flow | None, move: str, body: MoveIn, movers: tuple[Mover, ...]) -> None:
    """Check that these movers may make a move now. `NotFound` if there is no such move, `Conflict` if the state of the
    flow does not allow it or it is not theirs to make, `Invalid` if its body lacks something or has too much."""
    if move not in MOVES:
        raise NotFound(f"There is no move {move!r}.")
    if flow is None:
        raise Conflict("This case has no after-sales flow.", allowed=[])
    definition = _allowed_move(flow, move, movers)
    if target(flow, move, body.outcome) is None:
        outcomes = ", ".join(definition.to)
        raise invalid("outcome", f"is one of {outcomes}" if len(definition.to) > 1 else f"{move} has none")
    if definition.needs_reason and body.reason is None:
        raise invalid("reason", f"is needed: say why you {move}")
    _check_fields(move, body)


def _allowed_move(flow: Flow, move: str, movers: tuple[Mover, ...]) -> Move:
    """The definition of the move; `Conflict` if these movers may not make it in this state."""
    definition = flow.table.moves.get(move)
    allowed = sorted({name for mover in movers for name in flow.table.allowed(flow.state, mover)})
    if definition is None or not definition.leads_from(flow.state) or move not in allowed:
        names = ", ".join(allowed) or "none"
        raise Conflict(f"A {flow.kind} that is {flow.state} takes no {move!r}; allowed now: {names}.", allowed=allowed)
    return definition


def _check_fields(move: str, body: MoveIn) -> None:
    for name, moves in ALLOWED_FIELDS:
        if getattr(body, name) is not None and move not in moves:
            raise invalid(name, f"is not of {move!r}")
    if body.items and move not in ITEM_MOVES:
        raise invalid("items", f"are not of {move!r}")
    _check_amount(move, body)
    if move == "ship" and body.tracking is None:
        raise invalid("tracking", "is needed: the number the carrier gave the parcel")


def _check_amount(move: str, body: MoveIn) -> None:
    if body.amount is None:
        if move in AMOUNT_MOVES:
            raise invalid("amount", "is needed")
        return
    if body.amount.money().value <= 0:
        raise invalid("amount", "must be above zero; to give money to the customer, use /money")
    check_coin("amount", body.amount.money())


def fact_of(move: str, body: MoveIn | PartnerReport, moved_at: Instant) -> FlowMoved:
    """The fact that the move was made at this moment."""
    parcel = None
    if body.tracking or body.carrier:
        direction = "out" if move in OUTWARD else "back"
        parcel = Shipment(direction, moved_at, body.carrier, body.tracking)
    amount = getattr(body, "amount", None)
    return FlowMoved(
        move=move,
        outcome=body.outcome,
        reason=body.reason or None,
        note=body.note,
        items=items_of(body.items),
        shipment=parcel,
        amount=amount.money() if amount else None,
    )


PARTNER_MOVES = {
    "shipment.scanned": "scan",
    "shipment.delivered": "deliver",
    "parcel.received": "receive",
    "inspection.done": "inspect",
    "replacement.sent": "send",
    "refund.completed": "complete",
}
"""The move that each type of report makes."""
INSPECTION_OUTCOMES = ("accepted", "partly_accepted", "refused")
REFUND_FAILED = "refund.failed"
PARTNER_TYPES = (*PARTNER_MOVES, REFUND_FAILED)


def check_partner(kind: str, report: PartnerReport) -> None:
    """`Invalid` if the id of money, a reference or an outcome is given where it has no meaning, or is missing where it
    is needed."""
    if kind == REFUND_FAILED and report.money is None:
        raise invalid("data.money", "is needed: the id of the money that was not paid")
    if kind == REFUND_FAILED and report.reason:
        raise invalid("data.reason", "is shown to customers, and they are not told about this: use note")
    if report.money is not None and not kind.startswith("refund."):
        raise invalid("data.money", f"is not of {kind!r}")
    if report.reference is not None and (kind != "refund.completed" or report.money is None):
        raise invalid("data.reference", "is of 'refund.completed' with 'money'")
    _check_outcome(kind, report)


def _check_outcome(kind: str, report: PartnerReport) -> None:
    is_inspection = kind == "inspection.done"
    outcomes: tuple[str | None, ...] = INSPECTION_OUTCOMES if is_inspection else (None,)
    if report.outcome not in outcomes:
        allowed = ", ".join(INSPECTION_OUTCOMES)
        raise invalid("data.outcome", f"is one of {allowed}" if is_inspection else f"is not of {kind!r}")


def facts_of(kind: str, report: PartnerReport, occurred_at: Instant) -> list[Fact]:
    """The facts of a report: about money, if it names some, and about the flow."""
    if kind == REFUND_FAILED:
        return [MoneyFailed(money=report.money or "", reason=report.note)]
    moved = fact_of(PARTNER_MOVES[kind], report, occurred_at)
    if kind == "refund.completed" and report.money is not None:
        return [MoneyDone(money=report.money, reference=report.reference), moved]
    return [moved]
