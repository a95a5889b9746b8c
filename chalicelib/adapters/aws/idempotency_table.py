"""Idempotency keys and rate limits in the table: whoever writes a key first may act."""

from chalicelib.adapters.aws.dynamo import ConditionFailed, Table
from chalicelib.domain.kernel.timestamps import DAY_MS, SECOND_MS, Instant

KEEP_DAYS = 30


class IdempotencyTable:
    """The `IdempotencyKeys` port on DynamoDB."""

    def __init__(self, table: Table) -> None:
        self.table = table

    def reserve(self, name: str, now: Instant) -> bool:
        """Whether the caller may act: nobody reserved this key before."""
        ttl = (now + KEEP_DAYS * DAY_MS) // SECOND_MS
        item = {"pk": f"CLAIM#{name}", "sk": "O", "outcome": "claimed", "at": now, "ttl": ttl}
        try:
            self.table.put(item, only_new=True)
        except ConditionFailed:
            return False
        return True

    def count_within(self, name: str, limit: int, now: Instant, window: Instant) -> bool:
        """Count one more; whether the count is within the limit of this window of time."""
        changes = "ADD #count :one SET #ttl = :ttl"
        values = {":one": 1, ":limit": limit, ":ttl": (now + 2 * window) // SECOND_MS}
        below_limit = "attribute_not_exists(#count) OR #count < :limit"
        try:
            self.table.update(f"COUNT#{name}", f"{now // window}", changes, values, below_limit)
        except ConditionFailed:
            return False
        return True

    def settle(self, name: str, outcome: str) -> None:
        """Store the outcome of the action; `released` frees the key, because nothing was done."""
        if outcome == "released":
            self.table.delete(f"CLAIM#{name}", "O")
            return
        self.table.update(f"CLAIM#{name}", "O", "SET #outcome = :outcome", {":outcome": outcome})
