"""An order, the parcels it leaves in, and what is given back of it."""

from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.kernel.money import Line, Money
from chalicelib.domain.kernel.timestamps import Instant

SIGNS = "#＃"
"""What people put before an order's number."""


def plain_name(name: str) -> str:
    """An order's id or number as it is looked up: `#1042` and ` 1042 ` are the order 1042."""
    return name.strip().lstrip(SIGNS).strip() or name


class OrderItem(Struct, frozen=True, omit_defaults=True):
    """One line of an order."""

    sku: str
    title: str | None = None
    quantity: int = 1
    """How many are in the order; what was taken off it is not."""
    price: Money | None = None
    """Of one, before discounts."""
    category: str | None = None
    line: str | None = None
    """The platform's id of this line."""
    paid: Money | None = None
    """What was paid for the whole line, discounts off and taxes on; `price` times `quantity` where that was not told.
    What was given back since is still in it."""
    goods: bool = True
    """Whether it can be sent back: a gift card, a service, a fee cannot."""
    ordered: int | None = None
    """How many were ordered at first, where that was more."""


class Order(Struct, frozen=True, omit_defaults=True):
    """The order a case is about, as the shop told it."""

    external_id: str
    items: tuple[OrderItem, ...] = ()
    total: Money | None = None
    purchased_at: Instant | None = None
    delivered_at: Instant | None = None
    estimated_delivery_at: Instant | None = None
    number: str | None = None
    """What people call it, where that is not its external id."""
    shipping: Money | None = None
    """What was paid for its shipping, discounts off and taxes on."""
    presented: Money | None = None
    """Its total in the currency the customer paid in, where that is not the shop's."""
    outstanding: Money | None = None
    """What of its total was not paid yet, where its platform says so."""

    def as_of(self, at: Instant) -> "Order":
        """The order as it stood then: what is to be delivered later is not delivered yet."""
        ahead = self.delivered_at is not None and self.delivered_at > at
        return replace(self, delivered_at=None) if ahead else self

    @property
    def spoken(self) -> str:
        """What people call it."""
        return self.number or self.external_id

    @property
    def is_known(self) -> bool:
        """More than its number was told: a number alone may be anybody's, or nobody's."""
        return bool(self.items) or self.total is not None or self.delivered_at is not None


class Sent(Struct, frozen=True, array_like=True):
    """So many of one line of the order, in a parcel."""

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
    """All its numbers, as its platform tells them: it may be packed in several pieces."""
    items: tuple[Sent, ...] = ()
    """What is in it, where that was told."""


RefundState = Literal["done", "pending", "failed"]
Payment = Literal["paid", "unpaid", "refunded"]
DisputeKind = Literal["chargeback", "inquiry"]
DisputeState = Literal["open", "won", "lost", "refunded"]


BY_STATEMENT = "statement/"
"""Before the ids of refunds and disputes that a payment service's statement told, and nobody else."""


class Refund(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Money that the shop gave back by itself, under the platform's own id."""

    id: str
    amount: Money
    at: Instant | None = None
    money: str | None = None
    """The id of the money of ours it answers, where the shop says so."""
    state: RefundState = "done"
    """What is pending is on its way and may fail; what failed, or was taken back, was not given."""
    lines: tuple[Line, ...] = ()
    """What of it was for which things; a line's id stands for a thing without a name."""
    shipping: Money | None = None
    heard: Instant | None = None
    """When it was first heard of."""

    @property
    def by_statement(self) -> bool:
        """Whether a statement told it: what answers our own money was told from the others then."""
        return self.id.startswith(BY_STATEMENT)

    @property
    def counts(self) -> bool:
        """Whether it is money that went back, or is on its way."""
        return self.state != "failed" and self.amount.value != 0


class Dispute(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A payment that the customer's bank took back, or asks about."""

    id: str
    amount: Money
    kind: DisputeKind = "chargeback"
    state: DisputeState = "open"
    at: Instant | None = None
    told_at: Instant | None = None
    """When this word of it was said, as far as that is known: when the bank decided, or the platform told."""

    @property
    def counts(self) -> bool:
        """Whether the money is gone: a chargeback takes it at once, and only who wins it has it again. Where the charge
        was refunded, the refund is told by itself; an inquiry asks first."""
        return self.kind == "chargeback" and self.state in ("open", "lost")
