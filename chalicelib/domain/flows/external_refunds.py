"""Money of an order that was refunded without us, by the shop, the platform or the bank, as reported with the order.

A refund that pays our own request is the same money and counts once. It is recognised by our id or, if nobody reports
that, by its amount and time: a refund of exactly the requested amount, made between the request and the shop's answer.
Each refund pays one request, and each request is paid by refunds of its own. Whatever is less certain counts in
addition, so that rather too little is given than too much, and finance is asked (`docs/decisions/0013-money.md`).
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.flows.compensation import ORDER_MONEY, Compensation, ExternalRefund
from chalicelib.domain.kernel.ids import time_of
from chalicelib.domain.kernel.money import MIXED, UNSTATED, Line, Money, in_currency, split, sums
from chalicelib.domain.kernel.timestamps import HOUR_MS, SECOND_MS, Instant
from chalicelib.domain.orders.order import Dispute, Order, Payment, Refund

Reported = TypeVar("Reported", Refund, Dispute)
ANSWER_SLACK_MS = HOUR_MS
"""A refund may be dated this long after the shop said it paid: the books of the platform are later."""
CLOCK_SLACK_MS = 15 * SECOND_MS
"""The clock of whoever refunds may be behind ours by this much: a refund that was first reported after our request may
pay it."""
ASKED = ("requested", "unknown", "done")
"""States in which the shop was asked to pay, so that a refund may pay the request."""


class ExternalRefunds(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was refunded of an order without us."""

    backs: tuple[ExternalRefund, ...] = ()
    """What was refunded without us, in the currency that the order was paid in."""
    ours: dict[str, str] = {}
    """The ids of refunds that pay our own requests, each with the id of the money."""
    unsure: tuple[str, ...] = ()
    """The ids of refunds that may pay a request of ours."""
    reported: tuple[Money, ...] = ()
    """What was refunded without us, in the currencies in which it was reported."""
    cancelled: bool = False
    disputed: bool = False
    unpaid: bool = False
    refunded: bool = False
    """The platform says that all of the payment was refunded."""

    @property
    def needs_review(self) -> bool:
        """Whether a person must check the order before any of its money is approved."""
        signs = (self.cancelled, self.disputed, self.unpaid, self.refunded)
        return any(refund.amount for refund in self.backs) or any(signs)


class Basis(Struct, frozen=True):
    """The order, the currency it was paid in, and our money in all its cases."""

    order: Order
    currency: str | None
    money: list[Compensation]

    def amount_of(self, refund: Refund | Dispute) -> Decimal:
        """How much of the order's total a refund or dispute takes; all of it if its currency cannot be converted."""
        amount = refund.amount
        value = abs(amount.value)
        presented = self.order.presented
        total = self.order.total
        if self.currency is None or amount.currency == self.currency or total is None:
            return value
        if presented is None or presented.currency != amount.currency or presented.value <= 0:
            return total.value
        return in_currency(value, total.value, presented.value, self.currency)


class ReportedMoney(Struct, frozen=True, kw_only=True):
    """What the shop, its platform or a bank reported of an order's money."""

    refunds: tuple[Refund, ...]
    disputes: tuple[Dispute, ...] = ()
    cancelled: bool = False
    payment: Payment | None = None


def external_refunds(
    order: Order, currency: str | None, reported: ReportedMoney, given: Iterable[Compensation]
) -> ExternalRefunds:
    """What was refunded of an order without us. `currency`: the one it was paid in; `given`: the money of all its
    cases."""
    basis = Basis(order, currency, [money for money in given if money.kind in ORDER_MONEY])
    counting = [_with_currency(refund, currency) for refund in reported.refunds if refund.counts]
    counting.sort(key=lambda refund: (refund.at or 0, refund.id))
    ours = _ours(counting, basis)
    external = [refund for refund in counting if refund.id not in ours]
    all_disputes = [_with_currency(dispute, currency) for dispute in reported.disputes]
    taken = [dispute for dispute in all_disputes if dispute.counts]
    backs = [_external_refund(refund, basis.amount_of(refund), basis) for refund in external]
    backs += _paid_beyond_request(counting, ours, basis)
    backs += _lines_of_ours([refund for refund in counting if refund.lines], ours, basis)
    backs += [ExternalRefund(id=dispute.id, amount=basis.amount_of(dispute), chargeback=True) for dispute in taken]
    return ExternalRefunds(
        backs=tuple(backs),
        ours=ours,
        unsure=_unsure(external, basis.money, ours),
        reported=sums([*(refund.amount for refund in external), *(dispute.amount for dispute in taken)]),
        cancelled=reported.cancelled,
        disputed=any(dispute.state == "open" for dispute in all_disputes),
        unpaid=reported.payment == "unpaid",
        refunded=reported.payment == "refunded",
    )


def _with_currency(reported: Reported, currency: str | None) -> Reported:
    """A refund or dispute that was reported without its currency, in the currency of its order."""
    if reported.amount.currency != UNSTATED:
        return reported
    return replace(reported, amount=Money(reported.amount.amount, currency or MIXED))


def _ours(refunds: list[Refund], basis: Basis) -> dict[str, str]:
    """The refunds that pay our requests, each with the id of the money."""
    ours = _by_id(refunds, basis.money)
    others = [refund for refund in refunds if refund.id not in ours]
    return ours | _by_amount(others, basis, set(ours.values()))


def _by_id(refunds: list[Refund], money: list[Compensation]) -> dict[str, str]:
    identifiers = {compensation.id for compensation in money}
    named = {refund.id: refund.money or refund.id for refund in refunds}
    return {refund: identifier for refund, identifier in named.items() if identifier in identifiers}


def _by_amount(refunds: list[Refund], basis: Basis, answered: set[str]) -> dict[str, str]:
    """The refunds, in order of time, each with the request of its amount that ends first: as many as possible."""
    pairs: dict[str, str] = {}
    waiting = [money for money in basis.money if money.state in ASKED and money.id not in answered]
    for refund in refunds:
        if refund.money is not None or refund.by_statement:
            continue
        fitting = [money for money in waiting if _fits(refund, money, basis)]
        if fitting:
            own = min(fitting, key=lambda money: (_ends_at(money), money.id))
            pairs[refund.id] = own.id
            waiting.remove(own)
    return pairs


def _fits(refund: Refund, money: Compensation, basis: Basis) -> bool:
    same = money.amount.value == basis.amount_of(refund) and money.amount.currency == basis.currency
    return same and _in_time(refund, money)


def _asked_at(money: Compensation) -> Instant | None:
    """When the shop was asked to pay. Money that was paid before the request was recorded: when it was proposed."""
    return money.requested_at or money.asked_at or time_of(money.id)


def _ends_at(money: Compensation) -> float:
    """Until when a refund may pay this request."""
    return money.done_at + ANSWER_SLACK_MS if money.done_at is not None else float("inf")


def _in_time(refund: Refund, money: Compensation) -> bool:
    """Whether the refund was made between the request and the shop's answer."""
    asked_at = _asked_at(money)
    if refund.at is None or asked_at is None or refund.at > _ends_at(money):
        return False
    is_after = asked_at // SECOND_MS <= refund.at // SECOND_MS  # platforms report whole seconds
    is_reported_after = refund.heard is not None and refund.heard >= asked_at
    return is_after or (is_reported_after and asked_at - CLOCK_SLACK_MS <= refund.at)


def _external_refund(refund: Refund, amount: Decimal, basis: Basis) -> ExternalRefund:
    """A refund as one without us, with its lines by SKU if it is in the currency of the order."""
    skus = {f"line-{item.line}": item.sku for item in basis.order.items if item.line}
    same_currency = refund.amount.currency == basis.currency
    *parts, shipping = _parts(refund) if same_currency else [Decimal(0)]
    lines = tuple(
        Line(skus.get(line.sku, line.sku), f"{part:f}") for line, part in zip(refund.lines, parts, strict=False)
    )
    return ExternalRefund(id=refund.id, amount=amount, lines=lines, shipping=shipping)


def _parts(refund: Refund) -> list[Decimal]:
    """The parts of a refund for each of its lines, and for shipping. If they add up to more than the refund, each is
    reduced in proportion."""
    parts = [Decimal(line.amount) for line in refund.lines]
    parts.append(refund.shipping.value if refund.shipping else Decimal(0))
    whole = abs(refund.amount.value)
    return split(whole, parts, refund.amount.currency) if sum(parts, Decimal(0)) > whole else parts


def _lines_of_ours(refunds: list[Refund], ours: dict[str, str], basis: Basis) -> list[ExternalRefund]:
    """The lines of our own money, if only the platform reported them: they count for the lines, but not for the total a
    second time."""
    without_lines = {money.id for money in basis.money if money.counts and not money.lines}
    paying = [refund for refund in refunds if ours.get(refund.id) in without_lines]
    return [replace(_external_refund(refund, Decimal(0), basis), shipping=Decimal(0)) for refund in paying]


def _paid_beyond_request(refunds: list[Refund], ours: dict[str, str], basis: Basis) -> list[ExternalRefund]:
    """What was paid under an id of ours beyond what counts for it: more than was requested, or although it failed."""
    beyond = []
    for money in basis.money:
        paid = sum((basis.amount_of(refund) for refund in refunds if ours.get(refund.id) == money.id), Decimal(0))
        excess = paid - (money.amount.value if money.counts else Decimal(0))
        if excess > 0:
            beyond.append(ExternalRefund(id=money.id, amount=excess))
    return beyond


def _unsure(refunds: list[Refund], money: list[Compensation], ours: dict[str, str]) -> tuple[str, ...]:
    """Refunds that may pay an open request, although their amount is another."""
    answered = set(ours.values())
    waiting = [request for request in money if request.state in ("requested", "unknown") and request.id not in answered]
    doubtful = [refund for refund in refunds if not refund.by_statement]
    return tuple(refund.id for refund in doubtful if any(_in_time(refund, request) for request in waiting))
