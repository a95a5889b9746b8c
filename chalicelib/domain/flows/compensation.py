"""What a customer is given: proposed, approved, requested of the shop, done. Never more than was paid.

Money that was given, or may be, counts against what was paid: everything but what failed or was declined. An
`unknown` one counts too, for it may have been paid; it is settled by asking, never by paying again.
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.instants import SECOND, Instant
from chalicelib.domain.money import Money
from chalicelib.domain.personal import Private

MoneyKind = Literal["refund", "shipping", "goodwill", "coupon", "points"]
"""Refunds of goods, of shipping and gestures are money of the order; coupons and points are the shop's own."""
MoneyState = Literal["proposed", "approved", "requested", "done", "failed", "unknown", "declined"]
OF_THE_ORDER: tuple[MoneyKind, ...] = ("refund", "shipping", "goodwill")
NOT_GIVEN: tuple[MoneyState, ...] = ("failed", "declined")
MAX_KEPT = 50
"""A case has so many at most; none is forgotten, for each counts."""

LEADS_FROM: dict[MoneyState, tuple[MoneyState, ...]] = {
    "proposed": (),
    "approved": ("proposed",),
    "declined": ("proposed",),
    "requested": ("approved",),
    "unknown": ("requested", "unknown"),
    "failed": ("requested", "unknown"),
    "done": ("approved", "requested", "unknown", "failed"),
}
"""From which states each is reached. Money that is done stays done, whatever is told late; what failed is proposed
anew under another id, so that a late word on the first try says nothing of the second. What is unknown is asked
after again and stays unknown."""


class Line(Struct, frozen=True):
    """The part of an amount that is for one thing of the order."""

    sku: str
    amount: str


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
    done_at: Instant | None = None
    reason: Private | None = None
    reference: str | None = None
    """The payment service's id of it, as the shop told it."""
    proof: str | None = None
    """The payment of a statement that proves it: service and id."""

    @property
    def counts(self) -> bool:
        """Whether it counts against what was paid."""
        return self.kind in OF_THE_ORDER and self.state not in NOT_GIVEN


class Paid(Struct, frozen=True):
    """What was paid for an order: in all, and for each thing."""

    total: Money
    lines: dict[str, Decimal] = {}


def reached(
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
            done_at=at if state == "done" else one.done_at,
        )
        if one.id == identifier and one.state in LEADS_FROM[state]
        else one
        for one in money
    )


def referred(money: tuple[Compensation, ...], identifier: str, reference: str) -> tuple[Compensation, ...]:
    """The compensations after the shop told by what id the payment service knows one."""
    return tuple(replace(one, reference=reference) if one.id == identifier else one for one in money)


def proven(money: tuple[Compensation, ...], identifier: str, proof: str) -> tuple[Compensation, ...]:
    """The compensations after a statement proved one; a second proof changes nothing."""
    return tuple(replace(one, proof=proof) if one.id == identifier and one.proof is None else one for one in money)


def returned(money: tuple[Compensation, ...], identifier: str, proof: str) -> tuple[Compensation, ...]:
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
    return one.asked_at + round(seconds * SECOND)


def too_much(paid: Paid | None, given: tuple[Compensation, ...], wanted: Compensation) -> str | None:
    """Why this may not be given besides what was given already; None when it may."""
    if wanted.kind not in OF_THE_ORDER:
        return None
    if paid is None:
        return "what was paid is not known: the order was told without its total"
    if wanted.amount.currency != paid.total.currency:
        return f"the order was paid in {paid.total.currency}"
    counted = [one for one in given if one.counts and one.id != wanted.id]
    left = paid.total.value - sum((one.amount.value for one in counted), Decimal(0))
    if wanted.amount.value > left:
        return f"{max(left, Decimal(0))} {paid.total.currency} of what was paid are left"
    for line in wanted.lines:
        spent = [Decimal(one.amount) for other in counted for one in other.lines if one.sku == line.sku]
        room = paid.lines.get(line.sku, Decimal(0)) - sum(spent, Decimal(0))
        if Decimal(line.amount) > room:
            return f"{max(room, Decimal(0))} {paid.total.currency} of what was paid for {line.sku} are left"
    return None
