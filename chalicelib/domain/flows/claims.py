"""What a customer claims: a return, an exchange, a repair, a refund."""

from msgspec import Struct

from chalicelib.domain.flows.flow import FlowItem
from chalicelib.domain.kernel.aftersales_enums import Reason


class Claim(Struct, frozen=True, omit_defaults=True):
    """What the customer claims: the reason, the items, and the evidence."""

    reason: Reason = "other"
    items: tuple[FlowItem, ...] = ()
    evidence: tuple[str, ...] = ()
