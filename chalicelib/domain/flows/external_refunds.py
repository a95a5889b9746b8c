"""Money of an order that went back without us: refunds of the shop, the platform or the bank, told of the order.

What answers our own request is the same money and counts once. It is known by our id, or, where nobody says that, by
its amount and time: a refund of exactly the amount we asked for, made between the request and the shop's answer. Each
refund answers one request, each request is answered by refunds of its own. Whatever is less certain than that counts
besides, so that rather too little is given than too much, and finance is asked (`docs/decisions/0013-money.md`).
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.flows.compensation import ORDER_MONEY, Compensation, ExternalRefund
from chalicelib.domain.kernel.currencies import MIXED, UNSTATED
from chalicelib.domain.kernel.ids import time_of
from chalicelib.domain.kernel.money import Line, Money, in_currency, split, sums
from chalicelib.domain.kernel.timestamps import HOUR_MS, SECOND_MS, Instant
from chalicelib.domain.orders.order import Dispute, Order, Payment, Refund

Something = TypeVar("Something", Refund, Dispute)
ANSWER_SLACK = HOUR_MS
"""So long after the shop said it paid, a refund may still be told to have been made: the platform's books follow."""
CLOCK_SLACK = 15 * SECOND_MS
"""So far may the clock of who refunds be behind ours: a refund first heard of after we asked may be its answer."""
ASKED = ("requested", "unknown", "done")
"""States in which the shop was asked, so that a refund may be its answer."""


class ExternalRefunds(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What went back without us, which refunds are ours (with the money they answer), and which may be: `unsure`.
    `told`: what went back without us as it was told, in whatever currency."""

    backs: tuple[ExternalRefund, ...] = ()
    ours: dict[str, str] = {}
    unsure: tuple[str, ...] = ()
    told: tuple[Money, ...] = ()
    cancelled: bool = False
    disputed: bool = False
    unpaid: bool = False
    refunded: bool = False
    """Its platform says that all of it went back."""

    @property
    def needs_review(self) -> bool:
        """Whether a person is to look before anything of this order is approved."""
        return any(one.amount for one in self.backs) or any((self.cancelled, self.disputed, self.unpaid, self.refunded))


def external_refunds(
    order: Order,
    currency: str | None,
    refunds: Iterable[Refund],
    disputes: Iterable[Dispute],
    given: Iterable[Compensation],
    cancelled: bool = False,
    payment: Payment | None = None,
) -> ExternalRefunds:
    """What went back of an order without us, in the currency it was paid in; `given` is ours, in all its cases."""
    counting = (_in_some(one, currency) for one in refunds if one.counts)
    told = sorted(counting, key=lambda one: (one.at or 0, one.id))
    money = [one for one in given if one.kind in ORDER_MONEY]
    amounts = {one.id: _counted(one.amount, order, currency) for one in told}
    ours = _by_id(told, money)
    ours |= _by_amount([one for one in told if one.id not in ours], amounts, money, set(ours.values()), currency)
    backs = [_back(one, amounts[one.id], order, currency) for one in told if one.id not in ours]
    backs += _beyond(told, amounts, ours, money)
    backs += _for_lines([one for one in told if one.lines], ours, money, order, currency)
    asked = [_in_some(one, currency) for one in disputes]
    taken = [one for one in asked if one.counts]
    backs += [ExternalRefund(id=one.id, amount=_counted(one.amount, order, currency), chargeback=True) for one in taken]
    return ExternalRefunds(
        backs=tuple(backs),
        ours=ours,
        unsure=_unsure([one for one in told if one.id not in ours], money, ours),
        told=sums([*(one.amount for one in told if one.id not in ours), *(one.amount for one in taken)]),
        cancelled=cancelled,
        disputed=any(one.state == "open" for one in asked),
        unpaid=payment == "unpaid",
        refunded=payment == "refunded",
    )


def _in_some(told: Something, currency: str | None) -> Something:
    """What was told without its currency, in that of its order."""
    if told.amount.currency != UNSTATED:
        return told
    return replace(told, amount=Money(told.amount.amount, currency or MIXED))


def _counted(amount: Money, order: Order, currency: str | None) -> Decimal:
    """What a told amount takes of the order's room; all of it where it cannot be converted."""
    value, presented, total = abs(amount.value), order.presented, order.total
    if currency is None or amount.currency == currency or total is None:
        return value
    if presented is None or presented.currency != amount.currency or presented.value <= 0:
        return total.value
    return in_currency(value, total.value, presented.value, currency)


def _by_id(refunds: list[Refund], money: list[Compensation]) -> dict[str, str]:
    known = {one.id for one in money}
    named = {one.id: one.money or one.id for one in refunds}
    return {refund: name for refund, name in named.items() if name in known}


def _by_amount(
    refunds: list[Refund],
    amounts: dict[str, Decimal],
    money: list[Compensation],
    answered: set[str],
    currency: str | None,
) -> dict[str, str]:
    """The refunds, in order of time, each with the request of its amount whose time ends first: as many as can be."""
    found: dict[str, str] = {}
    waiting = [one for one in money if one.state in ASKED and one.id not in answered]
    for refund in (one for one in refunds if one.money is None and not one.by_statement):
        fits = [
            one
            for one in waiting
            if one.amount.value == amounts[refund.id] and one.amount.currency == currency and _in_time(refund, one)
        ]
        if fits:
            own = min(fits, key=lambda one: (_until(one), one.id))
            found[refund.id] = own.id
            waiting.remove(own)
    return found


def _asked_at(one: Compensation) -> Instant | None:
    """When the shop was asked. Money that was paid before the request was noted: when it was proposed."""
    return one.requested_at or one.asked_at or time_of(one.id)


def _until(one: Compensation) -> float:
    return one.done_at + ANSWER_SLACK if one.done_at is not None else float("inf")


def _in_time(refund: Refund, one: Compensation) -> bool:
    asked = _asked_at(one)
    if refund.at is None or asked is None:
        return False
    after = asked // SECOND_MS <= refund.at // SECOND_MS  # platforms tell whole seconds
    behind = refund.heard is not None and refund.heard >= asked and asked - CLOCK_SLACK <= refund.at
    return (after or behind) and refund.at <= _until(one)


def _back(refund: Refund, amount: Decimal, order: Order, currency: str | None) -> ExternalRefund:
    same = refund.amount.currency == currency
    skus = {f"line-{item.line}": item.sku for item in order.items if item.line}
    *parts, shipping = _parts(refund) if same else [Decimal(0)]
    lines = tuple(Line(skus.get(one.sku, one.sku), f"{part:f}") for one, part in zip(refund.lines, parts, strict=False))
    return ExternalRefund(id=refund.id, amount=amount, lines=lines, shipping=shipping)


def _parts(refund: Refund) -> list[Decimal]:
    """What of a refund was for each of its lines, and for shipping: where they come to more than it, each is less by
    its part."""
    parts = [Decimal(one.amount) for one in refund.lines] + [refund.shipping.value if refund.shipping else Decimal(0)]
    whole = abs(refund.amount.value)
    return split(whole, parts, refund.amount.currency) if sum(parts, Decimal(0)) > whole else parts


def _for_lines(
    refunds: list[Refund], ours: dict[str, str], money: list[Compensation], order: Order, currency: str | None
) -> list[ExternalRefund]:
    """What our own money was given for, where only the platform said it: it counts for the lines, and not once more."""
    bare = {one.id for one in money if one.counts and not one.lines}
    backs = (_back(one, Decimal(0), order, currency) for one in refunds if ours.get(one.id) in bare)
    return [replace(one, shipping=Decimal(0)) for one in backs]


def _beyond(
    refunds: list[Refund], amounts: dict[str, Decimal], ours: dict[str, str], money: list[Compensation]
) -> list[ExternalRefund]:
    """What was paid by an id of ours beyond what counts under it: more than was asked for, or though it had failed."""
    found = []
    for one in money:
        paid = sum((amounts[refund.id] for refund in refunds if ours.get(refund.id) == one.id), Decimal(0))
        more = paid - (one.amount.value if one.counts else Decimal(0))
        if more > 0:
            found.append(ExternalRefund(id=one.id, amount=more))
    return found


def _unsure(refunds: list[Refund], money: list[Compensation], ours: dict[str, str]) -> tuple[str, ...]:
    """Refunds that may be the answer to a request that is still open, though the amount is another."""
    answered = set(ours.values())
    open_ones = [one for one in money if one.state in ("requested", "unknown") and one.id not in answered]
    doubtful = (refund for refund in refunds if not refund.by_statement)
    return tuple(refund.id for refund in doubtful if any(_in_time(refund, one) for one in open_ones))
