"""The events of platforms other than orders: returns, disputes, customers, and requests about personal data."""

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
    """A quantity of one order line that goes back, and why."""

    line: str
    quantity: int
    reason: Reason = "other"
    note: str = ""
    """The customer's own words."""
    remark: str = ""
    """More on the reason. The platform does not say that the customer wrote it, so it is only for the shop to read."""


class PlatformReturn(Struct, frozen=True, kw_only=True):
    """A return on the platform. Some webhooks have no lines: `total` is how many lines the return has, None if that is
    unknown, too. Webhooks about a changed return do not have its order either."""

    id: str
    order: str | None
    state: ReturnState
    name: str | None = None
    total: int | None = None
    lines: tuple[ReturnLine, ...] = ()
    reason: str | None = None
    """Why the shop declined it."""
    exchange: bool = False
    """Other items are sent in exchange for the returned ones."""


class ReturnShipped(Struct, frozen=True, kw_only=True):
    """The parcel of a return has a label or a tracking number: it is on its way back."""

    id: str
    returned: str
    carrier: str | None = None
    tracking: str | None = None


class PlatformDispute(Struct, frozen=True, kw_only=True):
    """The customer's bank asks the shop about a payment, or charges it back."""

    id: str
    order: str | None
    kind: str
    reason: str
    amount: MoneyIn
    due_by: Instant | None = None
    state: DisputeState = "open"
    at: Instant | None = None
    """When the bank opened the dispute or decided it."""


class ChangeNotice(Struct, frozen=True, kw_only=True):
    """Something changed on the platform, and the event does not say what it is now: it must be fetched."""

    what: Literal["order", "return"]
    id: str


class PlatformCustomer(Struct, frozen=True):
    """A customer's account on the platform, and when it was changed; 0 if that is unknown."""

    customer: CustomerIn
    at: Instant


class CustomersMerged(Struct, frozen=True, kw_only=True):
    """The shop merged two accounts of one person: `kept` remains, `merged` does not."""

    kept: str
    merged: str
    done: bool = True
    """False while the merge is in progress, or if it failed."""


class AccountDeleted(Struct, frozen=True, kw_only=True):
    """A customer's account was deleted. This is no request to erase the customer's data."""

    customer: str


class PersonReference(Struct, frozen=True, kw_only=True):
    """The person in a privacy request that the platform passes on: account, email address, phone number and orders."""

    customer: str | None = None
    email: str | None = None
    phone: str | None = None
    orders: tuple[str, ...] = ()

    @property
    def nobody(self) -> bool:
        """No person is named: the request is about the whole shop."""
        return self.customer is None and self.email is None and not self.orders


class Redaction(PersonReference, frozen=True, kw_only=True):
    """A request to erase a person's data; if it names nobody, the data of all customers of the shop."""


class DataRequest(PersonReference, frozen=True, kw_only=True):
    """A request to give a person all data that is stored about them."""


def named_customer(person: PersonReference) -> str | None:
    """The external id of the person: the account, or else derived from the email address; None without both."""
    return person.customer or (by_address(person.email) if person.email else None)


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
"""The moves of the flow that follow from the platform's state of a return. A move that the flow does not allow has no
effect."""


def claim_of(lines: tuple[ReturnLine, ...], order: Order) -> Claim:
    """The customer's claim: the items of these lines, with the reason that most lines have."""
    reasons = Counter(line.reason for line in lines).most_common(1)
    return Claim(reason=reasons[0][0] if reasons else "other", items=items_of(lines, order))


def items_of(lines: tuple[ReturnLine, ...], order: Order) -> tuple[FlowItem, ...]:
    """The items of these lines; a line that is not in the order is named by its own id."""
    skus = {item.line: item.sku for item in order.items}
    return tuple(FlowItem(skus.get(line.line) or f"line-{line.line}", line.quantity) for line in lines)


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
