"""Money for a customer: proposed, approved, requested of the shop, done. Never more than was paid.

Money that was given, or may be given, counts against what was paid: all but what failed or was declined. Money in the
state `unknown` counts, too, since it may have been paid; the shop is asked about it, and it is never paid again. What
was refunded without us counts as well (`external_refunds.py`).
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
"""Refunds of goods and of shipping and goodwill payments are paid from the order; coupons and points are not."""
MoneyState = Literal["proposed", "approved", "requested", "done", "failed", "unknown", "declined"]
ORDER_MONEY: tuple[MoneyKind, ...] = ("refund", "shipping", "goodwill")
NOT_GIVEN: tuple[MoneyState, ...] = ("failed", "declined")
MAX_KEPT = 50
"""The most compensations of a case; none is ever dropped, since each of them counts."""

LEADS_FROM: dict[MoneyState, tuple[MoneyState, ...]] = {
    "proposed": (),
    "approved": ("proposed",),
    "declined": ("proposed", "approved"),
    "requested": ("approved",),
    "unknown": ("requested", "unknown"),
    "failed": ("requested", "unknown"),
    "done": ("approved", "requested", "unknown", "failed", "declined"),
}
"""The states from which each state can be reached. Money that is done stays done, whatever is reported later; money
that failed is proposed again under another id, so that a late report on the first attempt does not affect the second.
The shop can be asked again about unknown money, which stays unknown. Money that was approved but not requested is
declined if it was refunded without us; if the shop reports that it paid it anyway, that counts."""


class Compensation(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Money for a customer. `by` proposed it, `approved_by` approved it: a person, or the rule for small amounts."""

    id: str
    kind: MoneyKind
    amount: Money
    by: str
    lines: tuple[Line, ...] = ()
    state: MoneyState = "proposed"
    approved_by: str | None = None
    asked_at: Instant | None = None
    """When the shop was last asked to pay it, or whether it did."""
    requested_at: Instant | None = None
    """When the shop was asked to pay it."""
    done_at: Instant | None = None
    reason: Private | None = None
    reference: str | None = None
    """The payment service's id of it, as the shop reported it."""
    proof: str | None = None
    """The statement entry that proves it: service and id."""

    @property
    def counts(self) -> bool:
        """Whether it counts against what was paid."""
        return self.kind in ORDER_MONEY and self.state not in NOT_GIVEN


class Paid(Struct, frozen=True):
    """What was paid for an order: in total, for each item, and for shipping if that was reported."""

    total: Money
    lines: dict[str, Decimal] = {}
    shipping: Decimal | None = None


class ExternalRefund(Struct, frozen=True, kw_only=True):
    """Money that was refunded, or taken back by a bank, without us; in the currency that the order was paid in."""

    id: str
    amount: Decimal
    lines: tuple[Line, ...] = ()
    shipping: Decimal = Decimal(0)
    chargeback: bool = False


def with_state(
    money: tuple[Compensation, ...],
    identifier: str,
    state: MoneyState,
    changed_at: Instant,
    approved_by: str | None = None,
) -> tuple[Compensation, ...]:
    """The compensations after one reached a state; unchanged if it cannot reach that state, or does not exist."""
    compensation = find(money, identifier)
    if compensation is None or compensation.state not in LEADS_FROM[state]:
        return money
    asked_at = changed_at if state in ("requested", "unknown") else None
    changed = replace(
        compensation,
        state=state,
        approved_by=approved_by or compensation.approved_by,
        asked_at=asked_at or compensation.asked_at,
        requested_at=changed_at if state == "requested" else compensation.requested_at,
        done_at=changed_at if state == "done" else compensation.done_at,
    )
    return _replaced(money, changed)


def with_reference(money: tuple[Compensation, ...], identifier: str, reference: str) -> tuple[Compensation, ...]:
    """The compensations after the shop reported the payment service's id of one."""
    compensation = find(money, identifier)
    return money if compensation is None else _replaced(money, replace(compensation, reference=reference))


def with_proof(money: tuple[Compensation, ...], identifier: str, proof: str) -> tuple[Compensation, ...]:
    """The compensations after a statement proved one; a second proof changes nothing."""
    compensation = find(money, identifier)
    if compensation is None or compensation.proof is not None:
        return money
    return _replaced(money, replace(compensation, proof=proof))


def with_return(money: tuple[Compensation, ...], identifier: str, proof: str) -> tuple[Compensation, ...]:
    """The compensations after proven money was returned to the shop: it failed, although it had been done."""
    compensation = find(money, identifier)
    if compensation is None or compensation.proof != proof:
        return money
    return _replaced(money, replace(compensation, state="failed", proof=None, done_at=None))


def _replaced(money: tuple[Compensation, ...], changed: Compensation) -> tuple[Compensation, ...]:
    return tuple(changed if compensation.id == changed.id else compensation for compensation in money)


def find(money: Iterable[Compensation], identifier: str) -> Compensation | None:
    """The compensation with this id."""
    return next((compensation for compensation in money if compensation.id == identifier), None)


def unanswered_at(compensation: Compensation, seconds: float) -> Instant | None:
    """When it becomes unknown whether the shop pays: it was asked, and has not answered for this many seconds."""
    if compensation.state != "requested" or compensation.asked_at is None:
        return None
    return compensation.asked_at + round(seconds * SECOND_MS)


def left_of(paid: Paid, given: Iterable[Compensation], back: Iterable[ExternalRefund] = ()) -> Decimal:
    """How much of what was paid may still be given; negative if more was refunded."""
    ours = sum((compensation.amount.value for compensation in given if compensation.counts), Decimal(0))
    return paid.total.value - ours - sum((refund.amount for refund in back), Decimal(0))


def left_of_line(paid: Paid, sku: str, given: Iterable[Compensation], back: Iterable[ExternalRefund] = ()) -> Decimal:
    """How much of what was paid for an item may still be given for it."""
    lines = [line for compensation in given if compensation.counts for line in compensation.lines]
    lines += [line for refund in back for line in refund.lines]
    return paid.lines.get(sku, Decimal(0)) - sum(
        (Decimal(line.amount) for line in lines if line.sku == sku), Decimal(0)
    )


def too_much(
    paid: Paid | None, given: tuple[Compensation, ...], wanted: Compensation, back: tuple[ExternalRefund, ...] = ()
) -> str | None:
    """Why this money may not be given in addition to what was given, and what was refunded without us; None if it
    may."""
    if wanted.kind not in ORDER_MONEY:
        return None
    if paid is None:
        return "what was paid is not known: the order was told without its total"
    currency = paid.total.currency
    if wanted.amount.currency != currency:
        return f"the order was paid in {currency}"
    others = [compensation for compensation in given if compensation.counts and compensation.id != wanted.id]
    left = left_of(paid, others, back)
    if wanted.amount.value > left:
        return f"{_positive(left)} {currency} of what was paid are left{_without_us(back, currency)}"
    return _too_much_shipping(paid, others, wanted, back) or _too_much_of_a_line(paid, others, wanted, back)


def _too_much_shipping(
    paid: Paid, others: list[Compensation], wanted: Compensation, back: tuple[ExternalRefund, ...]
) -> str | None:
    if wanted.kind != "shipping" or paid.shipping is None:
        return None
    ours = sum((compensation.amount.value for compensation in others if compensation.kind == "shipping"), Decimal(0))
    left = paid.shipping - ours - sum((refund.shipping for refund in back), Decimal(0))
    if wanted.amount.value <= left:
        return None
    return f"{_positive(left)} {paid.total.currency} of what was paid for shipping are left"


def _too_much_of_a_line(
    paid: Paid, others: list[Compensation], wanted: Compensation, back: tuple[ExternalRefund, ...]
) -> str | None:
    for sku in dict.fromkeys(line.sku for line in wanted.lines):
        amount = sum((Decimal(line.amount) for line in wanted.lines if line.sku == sku), Decimal(0))
        left = left_of_line(paid, sku, others, back)
        if amount > left:
            return f"{_positive(left)} {paid.total.currency} of what was paid for {sku} are left"
    return None


def _positive(left: Decimal) -> str:
    return f"{max(left, Decimal(0)):f}"


def _without_us(back: tuple[ExternalRefund, ...], currency: str) -> str:
    refunded = sum((refund.amount for refund in back), Decimal(0))
    return f"; {refunded:f} {currency} went back without us" if refunded else ""
