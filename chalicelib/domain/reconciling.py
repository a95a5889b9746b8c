"""What a platform knows of its orders against what its webhooks told us: gaps are counted and filled."""

from msgspec import Struct

from chalicelib.domain.instants import Day, Instant
from chalicelib.domain.order_inputs import OrderTold
from chalicelib.domain.sales import Sale
from chalicelib.domain.vocabulary import Source


class OrderPage(Struct, frozen=True):
    """Orders a platform changed since a time, and where they go on."""

    orders: tuple[OrderTold, ...]
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


def values(sale: Sale | None) -> dict[str, object]:
    """What is known of a sale, whenever it was told."""
    return {name: told.value for name, told in sale.told.items()} if sale else {}


def gap_of(before: Sale | None, after: Sale) -> Gaps:
    """What was missed of one order: nothing when the platform tells what is known already."""
    was, now = values(before), values(after)
    if was == now:
        return Gaps(checked=1)
    refunds = sum(1 for name in now.keys() - was.keys() if name.startswith("refund/"))
    return Gaps(checked=1, unknown=before is None, changed=before is not None, refunds=refunds)
