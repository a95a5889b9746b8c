"""Delete events whose case was never opened, and let their receipts fail so that an operator sees it."""

from typing import TYPE_CHECKING

from chalicelib.usecases.cases.plan_change import ORPHAN_DAYS

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import HasCases, HasReceipts

    class ExpireOrphansServices(HasCases, HasReceipts, Protocol):
        """The services that `expire_orphans` uses."""


def expire_orphans(services: "ExpireOrphansServices", key: str) -> int:
    """If no case was opened within seven days, delete the events that wait for it and let their receipts fail. Returns
    the number of events deleted."""
    stored = services.cases.load(key)
    if stored.case is not None or not stored.version:
        return 0
    waiting = services.cases.events(key)
    for event in waiting:
        receipt = services.receipts.load(event.receipt) if event.receipt else None
        if receipt is not None:
            services.receipts.settle(receipt, "failed", None, f"its case did not come within {ORPHAN_DAYS} days")
    services.cases.delete_orphaned_events(stored, waiting)
    return len(waiting)
