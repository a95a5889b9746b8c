"""What a customer asks for when something is to be returned, exchanged, repaired, refunded."""

from msgspec import Struct

from chalicelib.domain.flows.flow import FlowItem
from chalicelib.domain.kernel.aftersales_enums import Reason


class Claim(Struct, frozen=True, omit_defaults=True):
    """What the customer asks for: why, for which things, and what shows it."""

    reason: Reason = "other"
    items: tuple[FlowItem, ...] = ()
    evidence: tuple[str, ...] = ()
