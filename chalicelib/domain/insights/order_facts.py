"""What is known of an order on the day by which it was promised, as numbers."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

SECONDS_OF_A_DAY = 86400.0
HAND_OVER_BY = ("hand_over_by", "handed_over_by", "ship_by", "shipping_limit_at", "shipping_limit_date")
SELLER = ("seller", "seller_id")
PRODUCT = ("product", "product_id", "sku")


class OrderFact(NamedTuple):
    """A fact by its name; `reason`: how it reads as a reason, with its value; `is_main`: a model trusts it more."""

    name: str
    reason: str
    is_main: bool = False


FACTS = (
    OrderFact("undelivered", "not delivered by the promised day", is_main=True),
    OrderFact("not_handed_over", "not handed over to the carrier by the promised day", is_main=True),
    OrderFact("days_early", "days from delivery to the promised time: {:.1f}", is_main=True),
    OrderFact("items", "items: {:.0f}", is_main=True),
    OrderFact("sellers", "sellers: {:.0f}", is_main=True),
    OrderFact("products", "different products: {:.0f}"),
    OrderFact("handling_days", "days from purchase to hand-over: {:.1f}"),
    OrderFact("days_late_to_carrier", "days from the time set for hand-over to it: {:.1f}"),
    OrderFact("transit_days", "days from purchase to delivery: {:.1f}"),
    OrderFact("promised_days", "days from purchase to the promised time: {:.1f}"),
)
"""The facts in the order of a model's numbers. Prices, weights, places and payments are left out: on marketplace orders
they made the risk of later orders less certain, not more."""


def order_facts(order: Mapping[str, Any]) -> list[float | None]:
    """The value of each of `FACTS`, None where it is not known.

    `order`: `purchased_at` and `promised_at`, and where known `handed_over_at` and `delivered_at` (ISO 8601), `items`
    (each where known with `seller`, `product` and `hand_over_by`). What happened after the promised day is ignored.
    ValueError for a time that is none.
    """
    bought, promised = _at(order.get("purchased_at")), _at(order.get("promised_at"))
    delivered = _until(_at(order.get("delivered_at")), promised)
    handed = _until(_at(order.get("handed_over_at")), promised)
    items = [item for item in order.get("items") or () if isinstance(item, Mapping)]
    limits = [limit for item in items if (limit := _at(_first(item, HAND_OVER_BY)))]
    return [
        float(delivered is None),
        float(handed is None and delivered is None),
        _days(delivered, promised),
        float(len(items)),
        _different(items, SELLER),
        _different(items, PRODUCT),
        _days(bought, handed),
        _days(min(limits, default=None), handed),
        _days(bought, delivered),
        _days(bought, promised),
    ]


def _at(value: object) -> datetime | None:
    """A time, in UTC where it names no zone: only differences are used."""
    if not value:
        return None
    time = datetime.fromisoformat(str(value))
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def _until(time: datetime | None, promised: datetime | None) -> datetime | None:
    """The time, if it was not after the promised day."""
    return time if time and (not promised or time.date() <= promised.date()) else None


def _days(start: datetime | None, end: datetime | None) -> float | None:
    return (end - start).total_seconds() / SECONDS_OF_A_DAY if start and end else None


def _first(item: Mapping[str, Any], names: Iterable[str]) -> object:
    return next((item[name] for name in names if item.get(name)), None)


def _different(items: Iterable[Mapping[str, Any]], names: Iterable[str]) -> float | None:
    values = {str(value) for item in items if (value := _first(item, names))}
    return float(len(values)) if values else None
