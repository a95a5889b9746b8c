"""What a customer is given: proposed, approved, requested of the shop, done. Never more than was paid.

Money that was given, or may be, counts against what was paid: everything but what failed or was declined. An
`unknown` one counts too, for it may have been paid; it is settled by asking, never by paying again. What went back
without us counts besides (`elsewhere.py`).
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.kernel.money import Line as Line
from chalicelib.domain.kernel.money import Money
from chalicelib.domain.kernel.private_fields import Private
from chalicelib.domain.kernel.timestamps import SECOND_MS, Instant

MoneyKind = Literal["refund", "shipping", "goodwill", "coupon", "points"]
"""Refunds of goods, of shipping and gestures are money of the order; coupons and points are the shop's own."""
MoneyState = Literal["proposed", "approved", "requested", "done", "failed", "unknown", "declined"]
ORDER_MONEY: tuple[MoneyKind, ...] = ("refund", "shipping", "goodwill")
NOT_GIVEN: tuple[MoneyState, ...] = ("failed", "declined")
MAX_KEPT = 50
"""A case has so many at most; none is forgotten, for each counts."""

LEADS_FROM: dict[MoneyState, tuple[MoneyState, ...]] = {
    "proposed": (),
    "approved": ("proposed",),
    "declined": ("proposed", "approved"),
    "requested": ("approved",),
    "unknown": ("requested", "unknown"),
    "failed": ("requested", "unknown"),
    "done": ("approved", "requested", "unknown", "failed", "declined"),
}
"""From which states each is reached. Money that is done stays done, whatever is told late; what failed is proposed
anew under another id, so that a late word on the first try says nothing of the second. What is unknown is asked
after again and stays unknown. What was approved and not asked for is declined where it went back without us; should the
shop have paid it all the same, its word counts."""


class Compensation(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing given. `by` proposed it, `approved_by` approved it: a person, or the rule for small amounts."""

    id: str
    kind: MoneyKind
    amount: Money
    by: str
    lines: tuple[Line, ...] = ()
    state: MoneyState = "proposed"
    approved_by: str | None = None
    asked_at: Instant | None = None
    """When the shop was last asked for it, or about it."""
    requested_at: Instant | None = None
    """When the shop was asked to pay it."""
    done_at: Instant | None = None
    reason: Private | None = None
    reference: str | None = None
    """The payment service's id of it, as the shop told it."""
    proof: str | None = None
    """The payment of a statement that proves it: service and id."""

    @property
    def counts(self) -> bool:
        """Whether it counts against what was paid."""
        return self.kind in ORDER_MONEY and self.state not in NOT_GIVEN


class Paid(Struct, frozen=True):
    """What was paid for an order: in all, for each thing, and for shipping where that was told."""

    total: Money
    lines: dict[str, Decimal] = {}
    shipping: Decimal | None = None


class ExternalRefund(Struct, frozen=True, kw_only=True):
    """Money of an order that went back without us, in the currency it was paid in."""

    id: str
    amount: Decimal
    lines: tuple[Line, ...] = ()
    shipping: Decimal = Decimal(0)
    chargeback: bool = False


def with_state(
    money: tuple[Compensation, ...], identifier: str, state: MoneyState, at: Instant, approved_by: str | None = None
) -> tuple[Compensation, ...]:
    """The compensations after one came to a state; unchanged when it cannot come there, or is not known."""
    asked = at if state in ("requested", "unknown") else None
    return tuple(
        replace(
            one,
            state=state,
            approved_by=approved_by or one.approved_by,
            asked_at=asked or one.asked_at,
            requested_at=at if state == "requested" else one.requested_at,
            done_at=at if state == "done" else one.done_at,
        )
        if one.id == identifier and one.state in LEADS_FROM[state]
        else one
        for one in money
    )


def with_reference(money: tuple[Compensation, ...], identifier: str, reference: str) -> tuple[Compensation, ...]:
    """The compensations after the shop told by what id the payment service knows one."""
    return tuple(replace(one, reference=reference) if one.id == identifier else one for one in money)


def with_proof(money: tuple[Compensation, ...], identifier: str, proof: str) -> tuple[Compensation, ...]:
    """The compensations after a statement proved one; a second proof changes nothing."""
    return tuple(replace(one, proof=proof) if one.id == identifier and one.proof is None else one for one in money)


def with_return(money: tuple[Compensation, ...], identifier: str, proof: str) -> tuple[Compensation, ...]:
    """The compensations after what was proven came back: it failed, though it had been done."""
    return tuple(
        replace(one, state="failed", proof=None, done_at=None) if (one.id, one.proof) == (identifier, proof) else one
        for one in money
    )


def find(money: Iterable[Compensation], identifier: str) -> Compensation | None:
    """The compensation of that id."""
    return next((one for one in money if one.id == identifier), None)


def unanswered_at(one: Compensation, seconds: float) -> Instant | None:
    """When it is no more known whether the shop pays: it was asked, and has not answered for so long."""
    if one.state != "requested" or one.asked_at is None:
        return None
    return one.asked_at + round(seconds * SECOND_MS)


def left_of(paid: Paid, given: Iterable[Compensation], back: Iterable[ExternalRefund] = ()) -> Decimal:
    """How much of what was paid may still be given; less than nothing when more went back."""
    ours = sum((one.amount.value for one in given if one.counts), Decimal(0))
    return paid.total.value - ours - sum((one.amount for one in back), Decimal(0))


def left_of_line(paid: Paid, sku: str, given: Iterable[Compensation], back: Iterable[ExternalRefund] = ()) -> Decimal:
    """How much of what was paid for a thing may still be given for it."""
    parts = [line for one in given if one.counts for line in one.lines] + [line for one in back for line in one.lines]
    return paid.lines.get(sku, Decimal(0)) - sum((Decimal(one.amount) for one in parts if one.sku == sku), Decimal(0))


def too_much(
    paid: Paid | None, given: tuple[Compensation, ...], wanted: Compensation, back: tuple[ExternalRefund, ...] = ()
) -> str | None:
    """Why this may not be given besides what was given already and what went back without us; None when it may."""
    if wanted.kind not in ORDER_MONEY:
        return None
    if paid is None:
        return "what was paid is not known: the order was told without its total"
    currency = paid.total.currency
    if wanted.amount.currency != currency:
        return f"the order was paid in {currency}"
    others = [one for one in given if one.counts and one.id != wanted.id]
    left = left_of(paid, others, back)
    if wanted.amount.value > left:
        return f"{_shown(left)} {currency} of what was paid are left{_without_us(back, currency)}"
    if wanted.kind == "shipping" and paid.shipping is not None:
        ours = sum((one.amount.value for one in others if one.kind == "shipping"), Decimal(0))
        room = paid.shipping - ours - sum((one.shipping for one in back), Decimal(0))
        if wanted.amount.value > room:
            return f"{_shown(room)} {currency} of what was paid for shipping are left"
    return _too_much_of_a_line(paid, others, wanted, back)


def _too_much_of_a_line(
    paid: Paid, others: list[Compensation], wanted: Compensation, back: tuple[ExternalRefund, ...]
) -> str | None:
    for sku in dict.fromkeys(line.sku for line in wanted.lines):
        asked = sum((Decimal(line.amount) for line in wanted.lines if line.sku == sku), Decimal(0))
        room = left_of_line(paid, sku, others, back)
        if asked > room:
            return f"{_shown(room)} {paid.total.currency} of what was paid for {sku} are left"
    return None


def _shown(left: Decimal) -> str:
    return f"{max(left, Decimal(0)):f}"


def _without_us(back: tuple[ExternalRefund, ...], currency: str) -> str:
    gone = sum((one.amount for one in back), Decimal(0))
    return f"; {gone:f} {currency} went back without us" if gone else ""
