"""May this be returned, exchanged, repaired? A pure function of the claim, the order and the shop's windows.

It answers with its reasons as data; `docs/flows.md` says each in words, with its source. It never refuses: what
speaks against a claim is for a person to weigh.
"""

from collections import Counter
from collections.abc import Iterable

from chalicelib.domain.flows.claims import Claim
from chalicelib.domain.flows.flow import FlowItem
from chalicelib.domain.flows.rulings import Ruling
from chalicelib.domain.flows.words import FlowKind, Reason
from chalicelib.domain.instants import Day, Instant, day_of, next_day
from chalicelib.domain.orders import Order, OrderItem
from chalicelib.domain.policies import AfterSales

NO_REASON_DAYS = 7
EXCLUDED_BY_LAW = ("made_to_order", "fresh", "digital_opened", "newspaper")
FAULTS: tuple[Reason, ...] = ("defective", "not_as_described", "wrong_item", "missing_item", "damaged_in_transit")
"""Reasons that are the shop's to answer for, whatever the customer may return without one."""


def judge(
    kind: FlowKind, claim: Claim, order: Order | None, at: Instant, rules: AfterSales, time_zone: str
) -> tuple[Ruling, ...]:
    """What speaks for and against a claim made at that moment, days counted in the shop's time zone."""
    if kind == "complaint":
        return ()
    if order is None:
        return (Ruling("order_unknown"),)
    asked = day_of(at, time_zone)
    delivered = day_of(order.delivered_at, time_zone) if order.delivered_at is not None else None
    found = [*_quantities(claim, order)]
    if kind == "repair":
        return (*found, *_warranties(claim, order, asked, delivered, rules))
    if claim.reason in FAULTS:
        return (*found, Ruling("fault", claim.reason))
    return (*found, *_windows(claim, order, asked, delivered, rules))


def _quantities(claim: Claim, order: Order) -> list[Ruling]:
    ordered, claimed = quantities(order.items), quantities(claim.items)
    found = []
    for sku, quantity in claimed.items() if ordered else ():
        if sku not in ordered:
            found.append(Ruling("not_ordered", sku))
        elif quantity > ordered[sku]:
            found.append(Ruling("more_than_ordered", sku))
    return found


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
