"""Add refunds and chargebacks that only a statement knows to the order record, so that they count against what was
paid."""

from datetime import datetime
from typing import TYPE_CHECKING

from chalicelib.domain.kernel.money import Money
from chalicelib.domain.kernel.timestamps import to_datetime
from chalicelib.domain.kernel.validation import MoneyIn
from chalicelib.domain.orders.order import Dispute, Refund
from chalicelib.domain.orders.order_payload import DisputeIn, OrderUpdate, RefundIn
from chalicelib.domain.settlement.entries import Entry
from chalicelib.domain.settlement.matching import Outcome
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.orders.record_order import record_order
from chalicelib.usecases.settlement.order_context import OrderContext

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import (
        HasClock,
        HasCustomers,
        HasIdentities,
        HasOrderRecords,
        HasShops,
        HasVault,
        HasWords,
    )

    class ReportToOrderServices(
        HasClock, HasCustomers, HasIdentities, HasOrderRecords, HasShops, HasVault, HasWords, Protocol
    ):
        """The services that `report_to_order` uses."""


def report_to_order(
    services: "ReportToOrderServices", shop: Shop, order: str, outcome: Outcome, context: OrderContext, amount: Money
) -> None:
    """Record the refund or chargeback of an entry with its order, under the name of its proof.

    It counts if nobody had reported it, or if its amount is not the one that was requested under that id; it no longer
    counts once it is known under another name, or the money was returned. It is recorded even if nobody has reported
    the order yet: a case that is opened about the order later finds the money gone. `amount`: the most that may have
    been given back under the entry's id.
    """
    entry = outcome.entry
    reported = _reported_before(entry, context)
    answers = outcome.money if outcome.state == "different" or amount.value > entry.amount.value else None
    counts = outcome.state == "unknown" or (answers is not None and outcome.state in ("different", "settled"))
    amount = _amount_to_report(reported, amount)
    if _is_up_to_date(reported, counts, amount, answers):
        return
    changed_at = to_datetime(entry.at if reported is None else services.now())
    update = _order_update(order, entry, amount, answers, counts, changed_at)
    record_order(services, shop, update, services.now())


def _reported_before(entry: Entry, context: OrderContext) -> Refund | Dispute | None:
    reported: tuple[Refund | Dispute, ...] = context.disputes if entry.kind == "dispute" else context.refunds
    return next((item for item in reported if item.id == entry.refund_id), None)


def _amount_to_report(reported: Refund | Dispute | None, amount: Money) -> Money:
    """An amount that was reported under an id is never reduced, not even by another group or in another currency."""
    if reported is None or not reported.counts:
        return amount
    if reported.amount.currency != amount.currency or reported.amount.value > amount.value:
        return reported.amount
    return amount


def _is_up_to_date(reported: Refund | Dispute | None, counts: bool, amount: Money, answers: str | None) -> bool:
    """Whether the order record says already what is to be reported."""
    counted = reported is not None and reported.counts
    if counted != counts:
        return False
    if not counts or reported is None:
        return True
    return reported.amount == amount and (isinstance(reported, Dispute) or reported.money == answers)


def _order_update(
    order: str, entry: Entry, amount: Money, answers: str | None, counts: bool, changed_at: datetime
) -> OrderUpdate:
    """The update of the order with one refund or dispute; `answers`: the id of our money that the refund answers."""
    amount_in = MoneyIn(amount.amount, amount.currency)
    made_at = to_datetime(entry.at)
    if entry.kind == "dispute":
        dispute = DisputeIn(
            id=entry.refund_id, amount=amount_in, state="open" if counts else "won", disputed_at=made_at
        )
        return OrderUpdate(external_id=order, disputes=(dispute,), occurred_at=changed_at)
    refund = RefundIn(
        id=entry.refund_id,
        amount=amount_in,
        money=answers,
        state="done" if counts else "failed",
        refunded_at=made_at,
    )
    return OrderUpdate(external_id=order, refunds=(refund,), occurred_at=changed_at)
