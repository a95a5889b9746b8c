"""Which of two words on a dispute counts, in whatever order they come: a decision stands until the bank
takes it up again.

A payment may be asked about first (an inquiry) and taken back later (a chargeback), under the same id, and a decided
chargeback may be opened again (shopify.dev, Dispute, `type` and `status`; `docs/decisions/0013-money.md`).
"""

from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.orders.order import Dispute
from chalicelib.domain.orders.revisions import Revision


def decided_at(state: str, claimed: Instant | None, sent: Instant | None, heard: Instant) -> Instant | None:
    """When a word was said: as the platform sent it, or as it names a time that is past. A decision of which neither is
    told was made when it was heard; that a dispute is open and nothing more may be from any time before."""
    if sent is not None:
        return min(sent, heard)
    if claimed is not None and claimed <= heard:
        return claimed
    return heard if state != "open" else None


def decision_stands(known: Dispute, heard: Revision, told: Dispute) -> bool:
    """Whether what is known of a dispute, and how it was heard, is still so after another word on it."""
    before, now = _said(known, heard), told.told_at
    if known.kind != told.kind:
        return known.kind == "chargeback"  # the bank asks first and takes then, never the other way round
    if known.state != "open" and told.state == "open":
        return before is None or now is None or now <= before
    if known.state == "open" and told.state != "open":
        return before is not None and now is not None and before > now
    return before is not None and now is not None and now < before


def _said(known: Dispute, heard: Revision) -> Instant | None:
    """When the known word was said, also of what earlier versions kept."""
    if known.told_at is not None:
        return known.told_at
    return decided_at(known.state, known.at, None, heard.heard or heard.at)
