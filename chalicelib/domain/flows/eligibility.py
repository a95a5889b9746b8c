"""Whether items may be returned, exchanged or repaired: a pure function of the claim, the order and the shop's rules.

The result is a list of reasons as data; `docs/flows.md` explains each, with its source. A claim is never refused here:
a person decides what the reasons against it mean.
"""

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal

from chalicelib.domain.flows.claims import GIVES_BACK, Claim, History
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
"""Reasons that the shop is responsible for, whatever the customer may return without a reason."""


def judge(
    kind: FlowKind,
    claim: Claim,
    order: Order | None,
    claimed_at: Instant,
    rules: AfterSales,
    time_zone: str,
    history: History = NO_HISTORY,
) -> tuple[Ruling, ...]:
    """The reasons for and against a claim made at that moment; days are counted in the shop's time zone."""
    if kind == "complaint":
        return ()
    if order is None or not order.is_known:
        return (Ruling("order_unknown"),)
    day = day_of(claimed_at, time_zone)
    delivered = day_of(order.delivered_at, time_zone) if order.delivered_at is not None else None
    rulings = _quantities(claim, order, history if kind in GIVES_BACK else NO_HISTORY)
    rulings += [Ruling("no_goods", sku) for sku in _no_goods(claim, order)] if kind in GOES_BACK else []
    rulings += _signals(claim, order, rules.review, history)
    if kind == "repair":
        repaired_before = _repair_warranty(claim, day, rules, history, time_zone)
        return (*rulings, *(repaired_before or _warranties(claim, order, day, delivered, rules)))
    if claim.reason in FAULTS:
        return (*rulings, Ruling("fault", claim.reason))
    return (*rulings, *_windows(claim, order, day, delivered, rules))


def _quantities(claim: Claim, order: Order, history: History) -> list[Ruling]:
    """Only what is in the order may be claimed. What other cases claimed before counts against the quantity that was
    ordered at first: it may have been removed from the order since."""
    ordered = quantities(order.items)
    claimed_before = quantities(history.claimed)
    at_first: Counter[str] = Counter()
    for item in order.items:
        at_first[item.sku] += max(item.ordered or 0, item.quantity)
    rulings: list[Ruling] = []
    for sku, quantity in quantities(claim.items).items() if ordered else ():
        if sku not in ordered:
            rulings.append(Ruling("not_ordered", sku))
        elif quantity > ordered[sku]:
            rulings.append(Ruling("more_than_ordered", sku))
        elif quantity + claimed_before[sku] > at_first[sku]:
            rulings.append(Ruling("already_claimed", sku))
    return rulings


def _signals(claim: Claim, order: Order, signals: ReviewSignals, history: History) -> list[Ruling]:
    """The reasons for a person to check the claim; they speak neither for nor against it."""
    rulings = [*_refund_signals(order, history), *_order_signals(history)]
    if history.returns + 1 > signals.returns_in_a_year:
        rulings.append(Ruling("many_returns", str(history.returns + 1)))
    if history.orders >= signals.orders_at_least and 100 * history.returns > signals.return_rate_above * history.orders:
        rulings.append(Ruling("high_return_rate", f"{history.returns}/{history.orders}"))
    if claim.reason == "wrong_item" and history.wrong_items + 1 >= signals.wrong_items_in_a_row:
        rulings.append(Ruling("wrong_items_in_a_row", str(history.wrong_items + 1)))
    if signals.value_above is not None and value_of(claim, order, signals.currency) > Decimal(signals.value_above):
        rulings.append(Ruling("high_value", f"{signals.value_above} {signals.currency or ''}".strip()))
    return rulings


def _refund_signals(order: Order, history: History) -> list[Ruling]:
    """What was refunded of the order already, by currency."""
    refunded = sums([*([history.refunded] if history.refunded else []), *history.elsewhere])
    if history.refunded_whole and not refunded:
        return [Ruling("already_refunded", f"{order.total.amount} {order.total.currency}" if order.total else "")]
    return [Ruling("already_refunded", f"{amount.amount} {amount.currency}") for amount in refunded]


def _order_signals(history: History) -> list[Ruling]:
    rulings = [Ruling("not_paid")] if history.unpaid else []
    rulings += [Ruling("order_cancelled")] if history.cancelled else []
    rulings += [Ruling("payment_disputed")] if history.disputed else []
    return rulings


def _repair_warranty(claim: Claim, day: Day, rules: AfterSales, history: History, time_zone: str) -> list[Ruling]:
    """The warranty of earlier repairs, if all claimed items are still covered by one."""
    last_days: dict[str, Day] = {}
    for sku, repaired_at in history.repaired:
        last = next_day(day_of(repaired_at, time_zone), rules.repair_warranty_days)
        last_days[sku] = max(last, last_days.get(sku, ""))
    earliest = min((last_days.get(item.sku, "") for item in claim.items), default="")
    return [Ruling("repair_warranty", earliest)] if earliest and day <= earliest else []


def value_of(claim: Claim, order: Order | None, currency: str | None) -> Decimal:
    """The value of the claimed items: the highest price, or what was paid if that is more; above every limit if neither
    was reported in this currency."""
    if order is None or not claim.items:
        return NO_LIMIT
    highest: dict[str, Decimal] = {}
    for item in order.items:
        value = _value_of_piece(item, currency)
        highest[item.sku] = max(value, highest.get(item.sku, value))
    claimed = quantities(claim.items)
    return sum((highest.get(sku, NO_LIMIT) * quantity for sku, quantity in claimed.items()), Decimal(0))


def _value_of_piece(item: OrderItem, currency: str | None) -> Decimal:
    prices = [item.price.value] if item.price and item.price.currency == currency else []
    prices += [item.paid.value / max(item.quantity, 1)] if item.paid and item.paid.currency == currency else []
    return max(prices, default=NO_LIMIT)


def _no_goods(claim: Claim, order: Order) -> list[str]:
    """The claimed items that are no goods, such as a gift card or a service: they cannot be sent back."""
    goods = {item.sku for item in order.items if item.goods}
    others = {item.sku for item in order.items} - goods
    return sorted({item.sku for item in claim.items} & others)


def quantities(items: Iterable[OrderItem | FlowItem]) -> Counter[str]:
    """The quantity of each SKU, summed over all lines."""
    total: Counter[str] = Counter()
    for item in items:
        total[item.sku] += item.quantity
    return total


def _windows(claim: Claim, order: Order, day: Day, delivered: Day | None, rules: AfterSales) -> list[Ruling]:
    """Whether the claim is made within the periods for returns without a fault."""
    if delivered is None:
        return [Ruling("not_delivered")]
    excluded = {*EXCLUDED_BY_LAW, *rules.excluded_categories}
    categories = [category for category in _categories(claim, order) if category in excluded]
    if categories:
        return [Ruling("excluded_category", category) for category in categories]
    for name, days in (("no_reason_window", NO_REASON_DAYS), ("shop_window", rules.return_days)):
        last = next_day(delivered, days)  # the day of delivery is not counted
        if day <= last:
            return [Ruling(name, last)]  # type: ignore[arg-type]
    return [Ruling("windows_over", next_day(delivered, max(NO_REASON_DAYS, rules.return_days)))]


def _warranties(claim: Claim, order: Order, day: Day, delivered: Day | None, rules: AfterSales) -> list[Ruling]:
    """Whether the claim is made within the shortest warranty of the claimed items."""
    if delivered is None:
        return [Ruling("not_delivered")]
    days = min(
        (rules.warranty_days_by_category.get(name, rules.warranty_days) for name in _categories(claim, order)),
        default=rules.warranty_days,
    )
    last = next_day(delivered, days)
    return [Ruling("under_warranty" if day <= last else "warranty_over", last)]


def _categories(claim: Claim, order: Order) -> list[str]:
    """The categories of the claimed items; of all items of the order if the claim names none."""
    claimed = {item.sku for item in claim.items}
    return sorted({item.category for item in order.items if item.category and (not claimed or item.sku in claimed)})
