"""Compare the orders of a platform with the order records that its webhooks produced: gaps are counted and filled."""

from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.kernel.enums import Source
from chalicelib.domain.kernel.money import Money
from chalicelib.domain.kernel.timestamps import Day, Instant
from chalicelib.domain.orders.order_payload import OrderUpdate
from chalicelib.domain.orders.order_record import OrderRecord


class OrderPage(Struct, frozen=True):
    """A page of the orders that a platform changed since a time. `next`: the cursor of the next page."""

    orders: tuple[OrderUpdate, ...]
    next: str | None = None


class Gaps(Struct, frozen=True, kw_only=True):
    """The number of orders compared, of orders that were unknown, of orders with missed changes, and of missed
    refunds."""

    checked: int = 0
    unknown: int = 0
    changed: int = 0
    refunds: int = 0

    def plus(self, other: "Gaps") -> "Gaps":
        """The sums of both."""
        return Gaps(**{name: getattr(self, name) + getattr(other, name) for name in self.__struct_fields__})

    @property
    def missed(self) -> int:
        """The number of orders with a missed webhook."""
        return self.unknown + self.changed


class Reconciliation(Struct, frozen=True, kw_only=True):
    """A page of the nightly comparison of one platform. `gaps` is None until the page was compared."""

    shop: str
    source: Source
    day: Day
    since: Instant
    page: int = 0
    cursor: str | None = None
    gaps: Gaps | None = None


def comparable_values(record: OrderRecord | None) -> dict[str, object]:
    """The values of an order that are compared: without the times of updates, the notation of amounts, and the minute
    at which a parcel was delivered."""
    if record is None or not record.told:
        return {}
    order = record.order
    items = [replace(item, price=item.price and _amount(item.price)) for item in order.items]
    parcels = [
        (parcel.id, parcel.carrier, parcel.tracking, parcel.delivered_at is not None) for parcel in record.parcels
    ]
    return {
        "order": (items, order.total and _amount(order.total), order.number, order.purchased_at, record.customer),
        "cancelled": record.cancelled_at is not None,
        "parcels": parcels,
        "delivered": record.delivered_at is not None,
        "payment": (record.payment or "paid", order.outstanding.value if order.outstanding else Decimal(0)),
        "refunds": {refund.id: _amount(refund.amount) for refund in record.refunds},
    }


def _amount(money: Money) -> Money:
    return replace(money, amount=f"{Decimal(money.amount).normalize():f}")


def find_gaps(before: OrderRecord | None, after: OrderRecord) -> Gaps:
    """The gaps of one order record; none if the platform's update changes nothing."""
    if comparable_values(before) == comparable_values(after):
        return Gaps(checked=1)
    known_refunds = {refund.id for refund in before.refunds} if before else set()
    refunds = sum(1 for refund in after.refunds if refund.id not in known_refunds)
    return Gaps(checked=1, unknown=before is None, changed=before is not None, refunds=refunds)
