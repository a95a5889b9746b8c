"""What is known, when a claim is made, of the order's other cases and of the customer's last year."""

from msgspec import Struct

from chalicelib.domain.flows.flow import FlowItem
from chalicelib.domain.kernel.aftersales_enums import FlowKind
from chalicelib.domain.kernel.money import Money
from chalicelib.domain.kernel.timestamps import Instant

GIVES_BACK: tuple[FlowKind, ...] = ("return", "exchange", "refund")
"""Flows by which a customer gets their money's worth again."""


CAME_TO_NOTHING = ("rejected", "refused", "ended", "withdrawn", "expired")


class History(Struct, frozen=True, omit_defaults=True):
    """`claimed`: what other cases of the order claim or gave back; `repaired`: its things that were repaired, and when;
    `refunded`: what they refund of it; `elsewhere`: what went back of it without us, by currency (and what they refund
    in a second currency); `cancelled`, `disputed`: it was called off, a bank disputes its payment;
    `unpaid`, `refunded_whole`: its platform does not say that it was paid, or says that all of it went back. `returns`,
    `wrong_items` and `orders` are the customer's: how often they gave something back in a year, how many claims of a
    wrong item came in a row, and how many orders of theirs in a year the shop has told of."""

    claimed: tuple[FlowItem, ...] = ()
    repaired: tuple[tuple[str, Instant], ...] = ()
    refunded: Money | None = None
    returns: int = 0
    wrong_items: int = 0
    orders: int = 0
    elsewhere: tuple[Money, ...] = ()
    cancelled: bool = False
    disputed: bool = False
    unpaid: bool = False
    refunded_whole: bool = False
