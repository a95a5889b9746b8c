"""Which of two reports of a dispute counts, in whatever order they arrive: a decision stands until the bank takes the
dispute up again.

The bank may first ask about a payment (an inquiry) and take it back later (a chargeback) under the same id, and a
decided chargeback may be opened again (shopify.dev, Dispute, `type` and `status`; `docs/decisions/0013-money.md`).
"""

from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.orders.order import Dispute
from chalicelib.domain.orders.revisions import Revision


def decided_at(state: str, stated_at: Instant | None, sent_at: Instant | None, received_at: Instant) -> Instant | None:
    """The time that a report of a dispute is from: when the platform sent it, or the time it states, if that is past.

    A decision without either is dated when it was received. A report that says only that the dispute is open may be
    from any earlier time: None.
    """
    if sent_at is not None:
        return min(sent_at, received_at)
    if stated_at is not None and stated_at <= received_at:
        return stated_at
    return received_at if state != "open" else None


def decision_stands(stored: Dispute, revision: Revision, reported: Dispute) -> bool:
    """Whether the stored dispute (and the revision it is from) still holds after another report of it."""
    stored_at = _reported_at(stored, revision)
    reported_at = reported.told_at
    if stored.kind != reported.kind:
        return stored.kind == "chargeback"  # the bank asks first and takes later, never the other way round
    if stored.state != "open" and reported.state == "open":
        return stored_at is None or reported_at is None or reported_at <= stored_at
    if stored.state == "open" and reported.state != "open":
        return stored_at is not None and reported_at is not None and stored_at > reported_at
    return stored_at is not None and reported_at is not None and reported_at < stored_at


def _reported_at(stored: Dispute, revision: Revision) -> Instant | None:
    """The time that a stored report is from, also if an earlier version stored it."""
    if stored.told_at is not None:
        return stored.told_at
    return decided_at(stored.state, stored.at, None, revision.received_at or revision.at)
