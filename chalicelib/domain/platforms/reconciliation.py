"""What a platform knows of its orders against what its webhooks told us: gaps are counted and filled."""

from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.kernel.enums import Source
from chalicelib.domain.kernel.money import Money
from chalicelib.domain.kernel.timestamps import Day, Instant
from chalicelib.domain.orders.order_payload import OrderUpdate
from chalicelib.domain.orders.order_record import OrderRecord


class OrderPage(Struct, frozen=True):
    """Orders a platform changed since a time, and where they go on."""

    orders: tuple[OrderUpdate, ...]
    next: str | None = None


class Gaps(Struct, frozen=True, kw_only=True):
    """Orders that were looked at, those nobody had told of, those something was missed of, and refunds missed."""

    checked: int = 0
    unknown: int = 0
    changed: int = 0
    refunds: int = 0

    def plus(self, other: "Gaps") -> "Gaps":
        """Both together."""
        return Gaps(**{name: getattr(self, name) + getattr(other, name) for name in self.__struct_fields__})

    @property
    def missed(self) -> int:
        """Orders a webhook was missed of."""
        return self.unknown + self.changed


class Reconciliation(Struct, frozen=True, kw_only=True):
    """A page of a night's comparing. `gaps` is None until it was done."""

    shop: str
    source: Source
    day: Day
    since: Instant
    page: int = 0
    cursor: str | None = None
    gaps: Gaps | None = None


def orders_seen(sale: OrderRecord | None) -> dict[str, object]:
    """What a shop would see of a sale: not when it was told, nor how an amount was written, nor by which minute a
    parcel had come."""
    if sale is None or not sale.told:
        return {}
    order = sale.order
    items = [replace(item, price=item.price and _amount(item.price)) for item in order.items]
    parcels = [(one.id, one.carrier, one.tracking, one.delivered_at is not None) for one in sale.parcels]
    return {
        "order": (items, order.total and _amount(order.total), order.number, order.purchased_at, sale.customer),
        "cancelled": sale.cancelled_at is not None,
        "parcels": parcels,
        "delivered": sale.delivered_at is not None,
        "payment": (sale.payment or "paid", order.outstanding.value if order.outstanding else Decimal(0)),
        "refunds": {one.id: _amount(one.amount) for one in sale.refunds},
    }


def _amount(money: Money) -> Money:
    return replace(money, amount=f"{Decimal(money.amount).normalize():f}")


def gap_of(before: OrderRecord | None, after: OrderRecord) -> Gaps:
    """What was missed of one order: nothing when the platform tells what is known already."""
    if orders_seen(before) == orders_seen(after):
        return Gaps(checked=1)
    known = {one.id for one in before.refunds} if before else set()
    refunds = sum(1 for one in after.refunds if one.id not in known)
    return Gaps(checked=1, unknown=before is None, changed=before is not None, refunds=refunds)
