"""What platforms tell that needs the order it is about before it can be acted on."""

from collections import Counter
from typing import Literal

from msgspec import Struct

from chalicelib.domain.flows.claims import Claim
from chalicelib.domain.flows.flow import FlowItem
from chalicelib.domain.flows.words import Reason
from chalicelib.domain.instants import Instant
from chalicelib.domain.order_inputs import CustomerIn
from chalicelib.domain.orders import Order
from chalicelib.domain.shapes import MoneyIn

ReturnState = Literal["requested", "approved", "declined", "cancelled", "closed"]
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


class ReturnTold(Struct, frozen=True, kw_only=True):
    """A return that the customer asked for on the platform. Its lines may be missing: `total` says how many there are;
    None when that was not told either."""

    id: str
    order: str
    state: ReturnState
    name: str | None = None
    total: int | None = None
    lines: tuple[ReturnLine, ...] = ()
    reason: str | None = None
    """Why the shop declined it."""


class DisputeTold(Struct, frozen=True, kw_only=True):
    """The customer's bank asks the shop about a payment, or takes it back."""

    id: str
    order: str | None
    kind: str
    reason: str
    amount: MoneyIn
    due_by: Instant | None = None


class PersonTold(Struct, frozen=True):
    """What the platform knows of a customer, and since when."""

    customer: CustomerIn
    at: Instant


class Named(Struct, frozen=True, kw_only=True):
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


class Redaction(Named, frozen=True, kw_only=True):
    """The platform passes on that a person is to be forgotten; all of a shop's when it names nobody."""


class DataWanted(Named, frozen=True, kw_only=True):
    """The platform passes on that a person wants to know what is held of them."""


MOVES: dict[ReturnState, tuple[str, ...]] = {
    "requested": (), "approved": ("approve",), "declined": ("reject",), "cancelled": ("withdraw",),
    "closed": ("complete",),
}  # fmt: skip
"""What the platform's state of a return says of its flow; a move the flow does not allow then changes nothing."""


def claim_of(lines: tuple[ReturnLine, ...], order: Order) -> Claim:
    """What the customer claims: these lines of the order, for the reason most of them have."""
    skus = {item.line: item.sku for item in order.items}
    items = tuple(FlowItem(skus.get(one.line) or f"line-{one.line}", one.quantity) for one in lines)
    reasons = Counter(one.reason for one in lines).most_common(1)
    return Claim(reason=reasons[0][0] if reasons else "other", items=items)


PlatformTold = ReturnTold | DisputeTold | PersonTold | Redaction | DataWanted
