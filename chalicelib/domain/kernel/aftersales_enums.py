"""The closed lists of after-sales. `docs/glossary.md` explains each word in English and Chinese."""

from typing import Literal, get_args

FlowKind = Literal["return", "exchange", "repair", "refund", "reship", "complaint"]
Turn = Literal["shop", "customer", "carrier", "warehouse", "finance", "nobody"]
Mover = Literal["staff", "customer", "partner", "platform", "time"]
"""Who makes a move: staff, the customer, a partner of the shop (carrier, warehouse, payment service), the platform of
the order, or a timeout."""
Reason = Literal[
    "defective",
    "not_as_described",
    "wrong_item",
    "missing_item",
    "damaged_in_transit",
    "size_too_small",
    "size_too_large",
    "unwanted",
    "late",
    "other",
]
REASONS: tuple[Reason, ...] = get_args(Reason)
REPORT_ORDER = ("scan", "receive", "inspect", "send", "deliver", "complete", "close")
"""The order of moves that partners and platforms report for the same moment. It is in the keys of stored events, so new
moves are added at the end."""
Condition = Literal["new", "opened", "used", "damaged"]
