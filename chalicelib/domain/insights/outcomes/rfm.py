"""The value of customers by when, how often and for how much they bought (recency, frequency, monetary value).

The same rules, in the same words, as `adapters/customers/segments.sql` has for the segments on customers' records; a
test compares the two.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal

from msgspec import Struct

from chalicelib.domain.kernel.timestamps import DAY_MS, Instant
from chalicelib.domain.orders.order_record import OrderRecord

YEAR_DAYS = 365
QUARTER_DAYS = 91
QUARTERS_OF_LOYAL = 3
Bought = tuple[float, str, Decimal]
"""An order: its age in days, its currency and its total."""


class Purchases(Struct, frozen=True):
    """A customer's orders: the age of the last one in days, how many there were in the last year, in how many of its
    quarters, and the money spent in that year, in the currency of most orders (those of each customer's last year, or
    else the last one)."""

    age: float
    orders: int
    quarters: int
    spent: Decimal


def purchases_of(records: Iterable[OrderRecord], now: Instant) -> dict[str, Purchases]:
    """The purchases of each customer until then. Cancelled orders and those of nobody known do not count."""
    by_customer = defaultdict[str, list[Bought]](list)
    for record in records:
        if record.customer is not None and record.cancelled_at is None and record.purchased_at <= now:
            total = record.total
            paid = (total.currency, total.value) if total else ("", Decimal(0))
            by_customer[record.customer].append(((now - record.purchased_at) / DAY_MS, *paid))
    bought = [order for orders in by_customer.values() for order in _last_year(orders) or [min(orders)]]
    currencies = Counter(currency for _, currency, _ in bought if currency)
    main = min(currencies, key=lambda currency: (-currencies[currency], currency), default="")
    return {customer: _purchases(orders, main) for customer, orders in sorted(by_customer.items())}


def _last_year(orders: list[Bought]) -> list[Bought]:
    return [order for order in orders if order[0] < YEAR_DAYS]


def _purchases(orders: list[Bought], main: str) -> Purchases:
    last_year = _last_year(orders)
    return Purchases(
        age=min(age for age, _, _ in orders),
        orders=len(last_year),
        quarters=len({age // QUARTER_DAYS for age, _, _ in orders if age < 4 * QUARTER_DAYS}),
        spent=sum((amount for _, currency, amount in last_year if currency == main), Decimal(0)),
    )


def rfm_names(purchases: Mapping[str, Purchases]) -> dict[str, str]:
    """The value segment of each customer: by the fifth of the customers in which their recency is, and the mean of the
    fifths of frequency and money."""
    recency = _fifths(purchases, lambda each: -each.age)
    frequency = _fifths(purchases, lambda each: each.orders)
    money = _fifths(purchases, lambda each: each.spent)
    return {key: _name(recency[key], (frequency[key] + money[key] + 1) // 2) for key in purchases}


def loyalty_name(purchases: Purchases) -> str:
    """The loyalty of a customer, by how often they came back."""
    if purchases.quarters >= QUARTERS_OF_LOYAL:
        return "loyal"
    return "repeat" if purchases.orders > 1 else "single"


def _fifths(purchases: Mapping[str, Purchases], value: Callable[[Purchases], float | Decimal]) -> dict[str, int]:
    """The fifth of each customer by rank, 1 to 5: who is equal is in the same one, and the lowest are in the first."""
    ranked = sorted(value(each) for each in purchases.values())
    below: dict[float | Decimal, int] = {}
    for place, each in enumerate(ranked):
        below.setdefault(each, place)
    others = max(1, len(ranked) - 1)
    return {key: min(5, 1 + 5 * below[value(each)] // others) for key, each in purchases.items()}


def _name(recency: int, worth: int) -> str:
    """The name of a recency and of a frequency and money, each 1 to 5."""
    if recency >= 4:
        return "champions" if worth >= 4 else "loyal" if worth == 3 else "potential" if worth == 2 else "new"
    if recency == 3:
        return "loyal" if worth >= 3 else "promising"
    if worth >= 3:
        return "cant_lose" if worth == 5 else "at_risk"
    return "hibernating" if recency == 2 else "lost"
