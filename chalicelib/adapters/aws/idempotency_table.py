"""Claims on effects outside: who writes the claim first may act."""

from chalicelib.adapters.aws.dynamo import Refused, Table
from chalicelib.domain.kernel.timestamps import DAY_MS, SECOND_MS, Instant

KEEP_DAYS = 30


class IdempotencyTable:
    """The `IdempotencyKeys` on DynamoDB."""

    def __init__(self, table: Table) -> None:
        self.table = table

    def claim(self, name: str, now: Instant) -> bool:
        """Whether the caller may act: nobody claimed this before."""
        try:
            ttl = (now + KEEP_DAYS * DAY_MS) // SECOND_MS
            self.table.put(
                {"pk": f"CLAIM#{name}", "sk": "O", "outcome": "claimed", "at": now, "ttl": ttl}, only_new=True
            )
        except Refused:
            return False
        return True

    def within(self, name: str, limit: int, now: Instant, window: Instant) -> bool:
        """Count one more, and whether that is within the limit of this window of time."""
        changes = "ADD #count :one SET #ttl = :ttl"
        values = {":one": 1, ":limit": limit, ":ttl": (now + 2 * window) // SECOND_MS}
        try:
            free = "attribute_not_exists(#count) OR #count < :limit"
            self.table.update(f"COUNT#{name}", f"{now // window}", changes, values, free)
        except Refused:
            return False
        return True

    def settle(self, name: str, outcome: str) -> None:
        """Write down what came of it; `released` gives the claim back, for nothing was done."""
        if outcome == "released":
            self.table.delete(f"CLAIM#{name}", "O")
            return
        self.table.update(f"CLAIM#{name}", "O", "SET #outcome = :outcome", {":outcome": outcome})
