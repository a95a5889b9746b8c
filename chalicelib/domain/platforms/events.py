"""What platforms tell that needs the order it is about before it can be acted on."""

from collections import Counter
from typing import Literal

from msgspec import Struct

from chalicelib.domain.customers.identity import by_address
from chalicelib.domain.flows.claims import Claim
from chalicelib.domain.flows.flow import FlowItem
from chalicelib.domain.kernel.aftersales_enums import Reason
from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.kernel.validation import MoneyIn
from chalicelib.domain.orders.order import DisputeState, Order
from chalicelib.domain.orders.order_payload import CustomerIn
from chalicelib.domain.orders.platform_order import CompleteOrder as CompleteOrder

ReturnState = Literal["requested", "approved", "declined", "cancelled", "closed", "reopened", "processed", "changed"]
PLATFORM_NAMES = {"shopify": "Shopify", "woocommerce": "WooCommerce"}


class ReturnLine(Struct, frozen=True):
    """So many of one line of an order, and why they go back."""

    line: str
    quantity: int
    reason: Reason = "other"
    note: str = ""
    """What the customer wrote."""
    remark: str = ""
    """More on the reason, which the platform does not say is the customer's: the shop's to read."""


class PlatformReturn(Struct, frozen=True, kw_only=True):
    """A return that the customer asked for on the platform. Its lines may be missing: `total` says how many there are;
    None when that was not told either. So may its order, of a return that only changed."""

    id: str
    order: str | None
    state: ReturnState
    name: str | None = None
    total: int | None = None
    lines: tuple[ReturnLine, ...] = ()
    reason: str | None = None
    """Why the shop declined it."""
    exchange: bool = False
    """Other things are to be sent for those that come back."""


class ReturnShipped(Struct, frozen=True, kw_only=True):
    """The customer's parcel of a return has a label or a number: it is on its way back."""

    id: str
    returned: str
    carrier: str | None = None
    tracking: str | None = None


class PlatformDispute(Struct, frozen=True, kw_only=True):
    """The customer's bank asks the shop about a payment, or takes it back."""

    id: str
    order: str | None
    kind: str
    reason: str
    amount: MoneyIn
    due_by: Instant | None = None
    state: DisputeState = "open"
    at: Instant | None = None
    """When the bank began it, or decided."""


class ChangeNotice(Struct, frozen=True, kw_only=True):
    """Something changed on the platform, and too little was told of it: it is to be asked for."""

    what: Literal["order", "return"]
    id: str


class PlatformCustomer(Struct, frozen=True):
    """What the platform knows of a customer, and since when."""

    customer: CustomerIn
    at: Instant


class CustomersMerged(Struct, frozen=True, kw_only=True):
    """The shop said that two accounts are one person's: one is left."""

    kept: str
    merged: str
    done: bool = True
    """False when it was begun, or tried in vain."""


class AccountDeleted(Struct, frozen=True, kw_only=True):
    """A customer's account is no more. That they are to be forgotten is not said with it."""

    customer: str


class PersonReference(Struct, frozen=True, kw_only=True):
    """A person as a platform names them in what the law has it pass on: their account, their address and phone, and
    the orders that are theirs."""

    customer: str | None = None
    email: str | None = None
    phone: str | None = None
    orders: tuple[str, ...] = ()

    @property
    def nobody(self) -> bool:
        """No person is named: the shop as a whole is meant."""
        return self.customer is None and self.email is None and not self.orders


class Redaction(PersonReference, frozen=True, kw_only=True):
    """The platform passes on that a person is to be forgotten; all of a shop's when it names nobody."""


class DataRequest(PersonReference, frozen=True, kw_only=True):
    """The platform passes on that a person wants to know what is held of them."""


def named_customer(told: PersonReference) -> str | None:
    """The external id of whom a platform names first: their account, or their address."""
    return told.customer or (by_address(told.email) if told.email else None)


MOVES: dict[ReturnState, tuple[str, ...]] = {
    "requested": (),
    "approved": ("approve",),
    "declined": ("reject",),
    "cancelled": ("withdraw",),
    "closed": ("close",),
    "reopened": ("reopen",),
    "processed": ("receive",),
    "changed": (),
}
"""What the platform's state of a return says of its flow; a move the flow does not allow then changes nothing."""


def claim_of(lines: tuple[ReturnLine, ...], order: Order) -> Claim:
    """What the customer claims: these lines of the order, for the reason most of them have."""
    reasons = Counter(one.reason for one in lines).most_common(1)
    return Claim(reason=reasons[0][0] if reasons else "other", items=items_of(lines, order))


def items_of(lines: tuple[ReturnLine, ...], order: Order) -> tuple[FlowItem, ...]:
    """The things these lines are of."""
    skus = {item.line: item.sku for item in order.items}
    return tuple(FlowItem(skus.get(one.line) or f"line-{one.line}", one.quantity) for one in lines)


PlatformEvent = (
    PlatformReturn
    | ReturnShipped
    | PlatformDispute
    | ChangeNotice
    | PlatformCustomer
    | CustomersMerged
    | AccountDeleted
    | Redaction
    | DataRequest
)
