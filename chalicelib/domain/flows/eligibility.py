"""May this be returned, exchanged, repaired? A pure function of the claim, the order and the shop's windows.

It answers with its reasons as data; `docs/flows.md` says each in words, with its source. It never refuses: what
speaks against a claim is for a person to weigh.
"""

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal

from chalicelib.domain.flows.claims import Claim
from chalicelib.domain.flows.flow import FlowItem
from chalicelib.domain.flows.history import GIVES_BACK, History
from chalicelib.domain.flows.rulings import Ruling
from chalicelib.domain.flows.words import FlowKind, Reason
from chalicelib.domain.instants import Day, Instant, day_of, next_day
from chalicelib.domain.orders import Order, OrderItem
from chalicelib.domain.policies import AfterSales, ReviewSignals

NO_HISTORY = History()
NO_LIMIT = Decimal("Infinity")
NO_REASON_DAYS = 7
EXCLUDED_BY_LAW = ("made_to_order", "fresh", "digital_opened", "newspaper")
FAULTS: tuple[Reason, ...] = ("defective", "not_as_described", "wrong_item", "missing_item", "damaged_in_transit")
"""Reasons that are the shop's to answer for, whatever the customer may return without one."""


def judge(
    kind: FlowKind, claim: Claim, order: Order | None, at: Instant, rules: AfterSales, time_zone: str,
    history: History = NO_HISTORY,
) -> tuple[Ruling, ...]:  # fmt: skip
    """What speaks for and against a claim made at that moment, days counted in the shop's time zone."""
    if kind == "complaint":
        return ()
    if order is None or not order.is_known:
        return (Ruling("order_unknown"),)
    asked = day_of(at, time_zone)
    delivered = day_of(order.delivered_at, time_zone) if order.delivered_at is not None else None
    found = [*_quantities(claim, order, history if kind in GIVES_BACK else NO_HISTORY)]
    found += _signals(claim, order, rules.review, history)
    if kind == "repair":
        again = _repair_warranty(claim, asked, rules, history, time_zone)
        return (*found, *(again or _warranties(claim, order, asked, delivered, rules)))
    if claim.reason in FAULTS:
        return (*found, Ruling("fault", claim.reason))
    return (*found, *_windows(claim, order, asked, delivered, rules))


def _quantities(claim: Claim, order: Order, history: History) -> list[Ruling]:
    ordered, claimed, before = quantities(order.items), quantities(claim.items), quantities(history.claimed)
    found = []
    for sku, quantity in claimed.items() if ordered else ():
        if sku not in ordered:
            found.append(Ruling("not_ordered", sku))
        elif quantity > ordered[sku]:
            found.append(Ruling("more_than_ordered", sku))
        elif quantity + before[sku] > ordered[sku]:
            found.append(Ruling("already_claimed", sku))
    return found


def _signals(claim: Claim, order: Order, signals: ReviewSignals, history: History) -> list[Ruling]:
    """What asks for a person's look, and nothing more than that."""
    found = []
    if history.refunded is not None:
        found.append(Ruling("already_refunded", f"{history.refunded.amount} {history.refunded.currency}"))
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
    """What the things claimed cost at most; more than any limit when a price is not told in this currency."""
    if order is None or not claim.items:
        return NO_LIMIT
    dearest: dict[str, Decimal] = {}
    for item in order.items:
        told = item.price.value if item.price and item.price.currency == currency else NO_LIMIT
        dearest[item.sku] = max(told, dearest.get(item.sku, told))
    return sum((dearest.get(sku, NO_LIMIT) * many for sku, many in quantities(claim.items).items()), Decimal(0))


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
