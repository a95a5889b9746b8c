"""What shapes cannot say of the amounts of an order: none is finer than its currency's coin, none less than nothing."""

from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct

from chalicelib.domain.kernel.errors import invalid
from chalicelib.domain.kernel.money import check_coin
from chalicelib.domain.kernel.timestamps import FAR, from_datetime
from chalicelib.domain.kernel.validation import MoneyIn
from chalicelib.domain.orders.order_payload import OrderIn, OrderUpdate

MOST_LINES = 1_000
"""Of an order of a platform; the largest platforms allow 500. A shop's own has the shape's limits."""


def check_amounts(order: OrderIn, path: str = "") -> None:
    """Refuse what cannot be paid or was not: an amount finer than its currency's coin or less than nothing, a discount
    in another currency than its price, and orders without end. `Invalid` names the place."""
    for name in ("items", "parcels", "refunds", "disputes"):
        if len(getattr(order, name, ())) > MOST_LINES:
            raise invalid(f"{path}{name}", f"are more than {MOST_LINES}")
    for place, money in _amounts(order):
        check_coin(f"{path}{place}", money.money())
        if money.money().value < 0 and place != "total":
            raise invalid(f"{path}{place}", "is less than nothing")
    for at, item in enumerate(order.items):
        for name in ("discount", "tax"):
            told: MoneyIn | None = getattr(item, name)
            if told is not None and told.currency != (item.price and item.price.currency):
                raise invalid(f"{path}items[{at}].{name}", "needs a price in its currency")


def check_times(order: OrderIn, path: str = "") -> None:
    """Refuse times of an order and its parts before 1970 or after 2100. `Invalid` names the place."""
    for name, moment in _times_of(order, path):
        if not 0 <= from_datetime(moment) <= FAR:
            raise invalid(name, "lies before 1970 or after 2100")


def _times_of(order: OrderIn, path: str) -> Iterator[tuple[str, datetime]]:
    yield from _times(path, order)
    if isinstance(order, OrderUpdate):
        for name in ("parcels", "refunds", "disputes"):
            for place, part in enumerate(getattr(order, name)):
                yield from _times(f"{path}{name}[{place}].", part)


def _times(path: str, part: Struct) -> Iterator[tuple[str, datetime]]:
    for name in part.__struct_fields__:
        value = getattr(part, name)
        if name != "occurred_at" and isinstance(value, datetime):
            yield path + name, value


def _amounts(order: OrderIn) -> Iterator[tuple[str, MoneyIn]]:
    return ((place, money) for place, money in _places(order) if money is not None)


def _places(order: OrderIn) -> Iterator[tuple[str, MoneyIn | None]]:
    yield from ((name, getattr(order, name)) for name in ("total", "shipping", "presented"))
    for at, item in enumerate(order.items):
        yield from ((f"items[{at}].{name}", getattr(item, name)) for name in ("discount", "tax", "paid"))
    if isinstance(order, OrderUpdate):
        for at, one in enumerate(order.refunds):
            yield f"refunds[{at}].amount", one.amount
            yield f"refunds[{at}].shipping", one.shipping
            parts = (MoneyIn(part.amount, one.amount.currency) for part in one.lines)
            yield from ((f"refunds[{at}].lines[{place}].amount", part) for place, part in enumerate(parts))
        yield from ((f"disputes[{at}].amount", one.amount) for at, one in enumerate(order.disputes))
