"""Events whose case never came expire, and their receipts fail where an operator sees it."""

from chalicelib.usecases.cases.plan_change import ORPHAN_DAYS
from chalicelib.usecases.ports.services import Services


def expire_orphans(services: Services, key: str) -> int:
    """Events whose case did not come in seven days: their receipts fail, visibly. How many they were."""
    stored = services.cases.load(key)
    if stored.case is not None or not stored.version:
        return 0
    waiting = services.cases.events(key)
    for event in waiting:
        if event.receipt:
            services.receipts.settle(event.receipt, "failed", None, f"its case did not come within {ORPHAN_DAYS} days")
    services.cases.delete_orphaned_events(stored, waiting)
    return len(waiting)
