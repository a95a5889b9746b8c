"""When a parcel was signed for, and a rule that approves claims."""

from chalicelib.domain.kernel.timestamps import parse_instant
from chalicelib.domain.sla.policies import AutoApproval

SIGNED_AT = parse_instant("2026-11-01T20:00:00+08:00")

SMALL_SIZES_RULE = AutoApproval(name="small sizes", reason="size_too_small", max_value="500", currency="CNY")
