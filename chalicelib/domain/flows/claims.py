"""What a customer claims: a return, an exchange, a repair, a refund."""

from msgspec import Struct

from chalicelib.domain.flows.flow import FlowItem
from chalicelib.domain.kernel.aftersales_enums import FlowKind, Reason
from chalicelib.domain.kernel.money import Money
from chalicelib.domain.kernel.timestamps import Instant


class Claim(Struct, frozen=True, omit_defaults=True):
    """What the customer claims: the reason, the items, and the evidence."""

    reason: Reason = "other"
    items: tuple[FlowItem, ...] = ()
    evidence: tuple[str, ...] = ()


GIVES_BACK: tuple[FlowKind, ...] = ("return", "exchange", "refund")
"""Flows by which a customer gets their money or a replacement."""


CAME_TO_NOTHING = ("rejected", "refused", "ended", "withdrawn", "expired")
"""States in which a flow gave the customer nothing."""


class History(Struct, frozen=True, omit_defaults=True):
    """The other cases of the order, what was refunded of it, and the customer's last year."""

    claimed: tuple[FlowItem, ...] = ()
    """The items that other cases of the order claim, or gave money or a replacement for."""
    repaired: tuple[tuple[str, Instant], ...] = ()
    """The SKUs of the order's items that were repaired, and when."""
    refunded: Money | None = None
    """What the order's other cases refund."""
    returns: int = 0
    """How often the customer gave something back in a year."""
    wrong_items: int = 0
    """How many of the customer's last claims in a row were about a wrong item."""
    orders: int = 0
    """How many of the customer's orders of a year the shop has reported."""
    elsewhere: tuple[Money, ...] = ()
    """What was refunded of the order without us, by currency; and what its cases refund in a second currency."""
    cancelled: bool = False
    """The order was cancelled."""
    disputed: bool = False
    """A bank disputes the payment of the order."""
    unpaid: bool = False
    """The platform does not say that the order was paid."""
    refunded_whole: bool = False
    """The platform says that all of the payment was refunded."""
