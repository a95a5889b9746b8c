"""May this be returned, exchanged, repaired? A pure function of the claim, the order and the shop's windows.

It answers with its reasons as data; `docs/flows.md` says each in words, with its source. It never refuses: what
speaks against a claim is for a person to weigh.
"""

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal

from chalicelib.domain.flows.claim_history import GIVES_BACK, History
from chalicelib.domain.flows.claims import Claim
from chalicelib.domain.flows.eligibility_reasons import Ruling
from chalicelib.domain.flows.flow import FlowItem
from chalicelib.domain.kernel.aftersales_enums import FlowKind, Reason
from chalicelib.domain.kernel.money import sums
from chalicelib.domain.kernel.timestamps import Day, Instant, day_of, next_day
from chalicelib.domain.orders.order import Order, OrderItem
from chalicelib.domain.sla.policies import AfterSales, ReviewSignals

NO_HISTORY = History()
NO_LIMIT = Decimal("Infinity")
GOES_BACK: tuple[FlowKind, ...] = ("return", "exchange", "repair")
"""Flows in which goods are sent to the shop."""
NO_REASON_DAYS = 7
EXCLUDED_BY_LAW = ("made_to_order", "fresh", "digital_opened", "newspaper")
FAULTS: tuple[Reason, ...] = ("defective", "not_as_described", "wrong_item", "missing_item", "damaged_in_transit")
"""Reasons that are the shop's to answer for, whatever the customer may return without one."""


def judge(
    kind: FlowKind,
    claim: Claim,
    order: Order | None,
    at: Instant,
    rules: AfterSales,
    time_zone: str,
    history: History = NO_HISTORY,
) -> tuple[Ruling, ...]:
    """What speaks for and against a claim made at that moment, days counted in the shop's time zone."""
    if kind == "complaint":
        return ()
    if order is None or not order.is_known:
        return (Ruling("order_unknown"),)
    asked = day_of(at, time_zone)
    delivered = day_of(order.delivered_at, time_zone) if order.delivered_at is not None else None
    found = [*_quantities(claim, order, history if kind in GIVES_BACK else NO_HISTORY)]
    found += [Ruling("no_goods", sku) for sku in _no_goods(claim, order)] if kind in GOES_BACK else []
    found += _signals(claim, order, rules.review, history)
    if kind == "repair":
        again = _repair_warranty(claim, asked, rules, history, time_zone)
        return (*found, *(again or _warranties(claim, order, asked, delivered, rules)))
    if claim.reason in FAULTS:
        return (*found, Ruling("fault", claim.reason))
    return (*found, *_windows(claim, order, asked, delivered, rules))


def _quantities(claim: Claim, order: Order, history: History) -> list[Ruling]:
    """What is in the order may be claimed. What other cases claimed before counts against what was ordered at first: it
    may have been taken off the order since."""
    ordered, claimed, before = quantities(order.items), quantities(claim.items), quantities(history.claimed)
    at_first: Counter[str] = Counter()
    for item in order.items:
        at_first[item.sku] += max(item.ordered or 0, item.quantity)
    found = []
    for sku, quantity in claimed.items() if ordered else ():
        if sku not in ordered:
            found.append(Ruling("not_ordered", sku))
        elif quantity > ordered[sku]:
            found.append(Ruling("more_than_ordered", sku))
        elif quantity + before[sku] > at_first[sku]:
            found.append(Ruling("already_claimed", sku))
    return found


def _signals(claim: Claim, order: Order, signals: ReviewSignals, history: History) -> list[Ruling]:
    """What asks for a person's look, and nothing more than that."""
    found = []
    gone = sums([*([history.refunded] if history.refunded else []), *history.elsewhere])
    found += [Ruling("already_refunded", f"{one.amount} {one.currency}") for one in gone]
    if history.refunded_whole and not gone:
        found.append(Ruling("already_refunded", f"{order.total.amount} {order.total.currency}" if order.total else ""))
    found += [Ruling("not_paid")] if history.unpaid else []
    found += [Ruling("order_cancelled")] if history.cancelled else []
    found += [Ruling("payment_disputed")] if history.disputed else []
    if history.returns + 1 > signals.returns_in_a_year:
        found.append(Ruling("many_returns", str(history.returns + 1)))
    if history.orders >= signals.orders_at_least and 100 * history.returns > signals.return_rate_above * history.orders:
        found.append(Ruling("high_return_rate", f"{history.returns}/{history.orders}"))
    if claim.reason == "wrong_item" and history.wrong_items + 1 >= signals.wrong_items_in_a_row:
        found.append(Ruling("wrong_items_in_a_row", str(history.wrong_items + 1)))
    if signals.value_above is not None and value_of(claim, order, signals.currency) > Decimal(signals.value_above):
        found.append(Ruling("high_value", f"{signals.value_above} {signals.currency or ''}".strip()))
    return found


def _repair_warranty(claim: Claim, asked: Day, rules: AfterSales, history: History, time_zone: str) -> list[Ruling]:
    """The warranty of an earlier repair, when all that is claimed still has it."""
    lasts = [
        max(
            (
                next_day(day_of(at, time_zone), rules.repair_warranty_days)
                for sku, at in history.repaired
                if sku == one.sku
            ),
            default="",
        )
        for one in claim.items
    ]
    return [Ruling("repair_warranty", min(lasts))] if lasts and asked <= min(lasts) else []


def value_of(claim: Claim, order: Order | None, currency: str | None) -> Decimal:
    """What the things claimed cost at most, and were paid with at most where that is more; more than any limit when
    neither is told in this currency."""
    if order is None or not claim.items:
        return NO_LIMIT
    dearest: dict[str, Decimal] = {}
    for item in order.items:
        told = _each(item, currency)
        dearest[item.sku] = max(told, dearest.get(item.sku, told))
    return sum((dearest.get(sku, NO_LIMIT) * many for sku, many in quantities(claim.items).items()), Decimal(0))


def _each(item: OrderItem, currency: str | None) -> Decimal:
    prices = [item.price.value] if item.price and item.price.currency == currency else []
    prices += [item.paid.value / max(item.quantity, 1)] if item.paid and item.paid.currency == currency else []
    return max(prices, default=NO_LIMIT)


def _no_goods(claim: Claim, order: Order) -> list[str]:
    """The things claimed that are no goods, such as a gift card or a service: there is nothing to send."""
    goods = {item.sku for item in order.items if item.goods}
    others = {item.sku for item in order.items} - goods
    return sorted({item.sku for item in claim.items} & others)


def quantities(items: Iterable[OrderItem | FlowItem]) -> Counter[str]:
    """How many of each thing, whatever the number of lines it stands in."""
    found: Counter[str] = Counter()
    for item in items:
        found[item.sku] += item.quantity
    return found


def _windows(claim: Claim, order: Order, asked: Day, delivered: Day | None, rules: AfterSales) -> list[Ruling]:
    if delivered is None:
        return [Ruling("not_delivered")]
    excluded = [one for one in _categories(claim, order) if one in (*EXCLUDED_BY_LAW, *rules.excluded_categories)]
    if excluded:
        return [Ruling("excluded_category", one) for one in excluded]
    for name, days in (("no_reason_window", NO_REASON_DAYS), ("shop_window", rules.return_days)):
        last = next_day(delivered, days)  # the day of delivery is not counted
        if asked <= last:
            return [Ruling(name, last)]  # type: ignore[arg-type]
    return [Ruling("windows_over", next_day(delivered, max(NO_REASON_DAYS, rules.return_days)))]


def _warranties(claim: Claim, order: Order, asked: Day, delivered: Day | None, rules: AfterSales) -> list[Ruling]:
    if delivered is None:
        return [Ruling("not_delivered")]
    days = min(
        (rules.warranty_days_by_category.get(one, rules.warranty_days) for one in _categories(claim, order)),
        default=rules.warranty_days,
    )
    last = next_day(delivered, days)
    return [Ruling("under_warranty" if asked <= last else "warranty_over", last)]


def _categories(claim: Claim, order: Order) -> list[str]:
    """Of the things claimed; of all that was ordered when the claim names none."""
    asked = {item.sku for item in claim.items}
    return sorted({item.category for item in order.items if item.category and (not asked or item.sku in asked)})
