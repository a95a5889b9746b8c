"""An order, its parcels, and the refunds and disputes of its payment."""

from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.kernel.money import Line, Money
from chalicelib.domain.kernel.timestamps import Instant

SIGNS = "#＃"
"""Signs that people write before an order number."""


def plain_name(name: str) -> str:
    """An order's id or number in the form used for look-ups: `#1042` and ` 1042 ` are the order 1042."""
    return name.strip().lstrip(SIGNS).strip() or name


class OrderItem(Struct, frozen=True, omit_defaults=True):
    """One line of an order."""

    sku: str
    title: str | None = None
    quantity: int = 1
    """How many are in the order now; those that were removed from it do not count."""
    price: Money | None = None
    """The price of one piece, before discounts."""
    category: str | None = None
    line: str | None = None
    """The platform's id of this line."""
    paid: Money | None = None
    """What was paid for the whole line, after discounts and with taxes; None means `price` times `quantity`. Refunds
    are not subtracted."""
    goods: bool = True
    """Whether it can be sent back: a gift card, a service or a fee cannot."""
    ordered: int | None = None
    """How many were ordered at first, if that was more."""


class Order(Struct, frozen=True, omit_defaults=True):
    """The order a case is about, as the shop reported it."""

    external_id: str
    items: tuple[OrderItem, ...] = ()
    total: Money | None = None
    purchased_at: Instant | None = None
    delivered_at: Instant | None = None
    estimated_delivery_at: Instant | None = None
    number: str | None = None
    """The number people use for it, if that is not its external id."""
    shipping: Money | None = None
    """What was paid for its shipping, after discounts and with taxes."""
    presented: Money | None = None
    """Its total in the currency the customer paid in, if that is not the shop's currency."""
    outstanding: Money | None = None
    """The part of its total that is not paid yet, if its platform reports it."""

    def as_of(self, moment: Instant) -> "Order":
        """The order at that moment: if it is to be delivered later, it is not delivered yet."""
        is_ahead = self.delivered_at is not None and self.delivered_at > moment
        return replace(self, delivered_at=None) if is_ahead else self

    @property
    def spoken(self) -> str:
        """The number people use for it."""
        return self.number or self.external_id

    @property
    def is_known(self) -> bool:
        """Whether more than its number was reported: a number alone may belong to any order, or to none."""
        return bool(self.items) or self.total is not None or self.delivered_at is not None


class Sent(Struct, frozen=True, array_like=True):
    """How many pieces of one line of the order are in a parcel."""

    line: str
    quantity: int


class Parcel(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A parcel that left for the customer."""

    id: str
    carrier: str | None = None
    tracking: str | None = None
    shipped_at: Instant | None = None
    delivered_at: Instant | None = None
    tracking_numbers: tuple[str, ...] = ()
    """All its tracking numbers, as its platform reports them: it may consist of several packages."""
    items: tuple[Sent, ...] = ()
    """What is in it, if that was reported."""


RefundState = Literal["done", "pending", "failed"]
Payment = Literal["paid", "unpaid", "refunded"]
DisputeKind = Literal["chargeback", "inquiry"]
DisputeState = Literal["open", "won", "lost", "refunded"]


BY_STATEMENT = "statement/"
"""The prefix of the ids of refunds and disputes that only a payment service's statement reported."""


class Refund(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Money that the shop refunded without us, under the platform's own id."""

    id: str
    amount: Money
    at: Instant | None = None
    money: str | None = None
    """The id of our money that this refund pays, if the shop says so."""
    state: RefundState = "done"
    """A pending refund may still fail; one that failed or was taken back was not given."""
    lines: tuple[Line, ...] = ()
    """The amounts for single items; an item without a name is identified by the id of its line."""
    shipping: Money | None = None
    heard: Instant | None = None
    """When it was first reported."""

    @property
    def by_statement(self) -> bool:
        """Whether only a statement reported it: which of our money it pays was determined then."""
        return self.id.startswith(BY_STATEMENT)

    @property
    def counts(self) -> bool:
        """Whether the money was given back, or is on its way."""
        return self.state != "failed" and self.amount.value != 0


class Dispute(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A payment that the customer's bank took back, or asks about."""

    id: str
    amount: Money
    kind: DisputeKind = "chargeback"
    state: DisputeState = "open"
    at: Instant | None = None
    told_at: Instant | None = None
    """The time this report is from, if that is known: when the bank decided, or when the platform sent it."""

    @property
    def counts(self) -> bool:
        """Whether the shop has lost the money: a chargeback takes it at once, and only a shop that wins gets it back.
        If the charge was refunded, the refund is reported separately; an inquiry takes nothing."""
        return self.kind == "chargeback" and self.state in ("open", "lost")
