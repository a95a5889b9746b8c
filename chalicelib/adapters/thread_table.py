"""Which case a mail belongs to, by its message id: those that went out, and those that came in."""

from collections.abc import Iterable

from chalicelib.adapters.dynamo import Item, Refused, Table
from chalicelib.domain.ids import key_of
from chalicelib.domain.instants import DAY, SECOND, Instant

KEEP_DAYS = 366
OWN = "amazonses.com"
"""SES gives mails ids of its own, below this domain, and tells only what stands before the `@`."""


class ThreadTable:
    """The `Threads` on DynamoDB. Ids are hashed: some clients write names of machines and people into them."""

    def __init__(self, table: Table) -> None:
        self.table = table

    def remember(self, message_id: str, case: str, now: Instant, ours: bool) -> None:
        """Keep the case a mail belongs to, for a year, and whether it was we who sent it. What we sent stays ours."""
        item: Item = {"pk": _pk(message_id), "sk": "T", "case": case, "ttl": (now + KEEP_DAYS * DAY) // SECOND}
        try:
            self.table.put(item | ({"ours": 1} if ours else {}), only_new=True)
        except Refused:
            return

    def cases(self, message_ids: Iterable[str], only_ours: bool = False) -> list[str]:
        """The keys of the cases these mails belong to, in the order of the mails."""
        wanted = list(dict.fromkeys(_pk(one) for one in message_ids))
        items = self.table.get_many([(pk, "T") for pk in wanted])
        found = {item["pk"]: item["case"] for item in items if "ours" in item or not only_ours}
        return list(dict.fromkeys(found[pk] for pk in wanted if pk in found))


def _pk(message_id: str) -> str:
    local, _, domain = message_id.rpartition("@")
    return f"MAIL#{key_of('mail', local if domain.endswith(OWN) and local else message_id)}"
