"""Which case a mail belongs to, by its message id: those that went out, and those that came in."""

from collections.abc import Iterable

from chalicelib.adapters.aws.dynamo import Item, Refused, Table
from chalicelib.domain.kernel.ids import key_of
from chalicelib.domain.kernel.timestamps import DAY_MS, SECOND_MS, Instant

KEEP_DAYS = 366
MOST, ATTEMPTS = 20, 5
"""So many cases of one id are kept: a machine that gives all its mails the same is not followed further."""
OWN = "amazonses.com"
"""SES gives mails ids of its own, below this domain, and tells only what stands before the `@`."""


class ThreadTable:
    """The `Threads` on DynamoDB. Ids are hashed: some clients write names of machines and people into them."""

    def __init__(self, table: Table) -> None:
        self.table = table

    def remember(self, message_id: str, case: str, now: Instant, ours: bool) -> None:
        """Keep the case a mail belongs to, for a year, and whether it was we who sent it. What we sent stays ours.
        Several mails may have one id: each of their cases is kept."""
        item: Item = {"pk": _pk(message_id), "sk": "T", "case": case, "ttl": (now + KEEP_DAYS * DAY_MS) // SECOND_MS}
        try:
            self.table.put(item | ({"ours": 1} if ours else {}), only_new=True)
        except Refused as refused:
            self._remember_too(refused.reasons[0] or self.table.get(item["pk"], "T") or {}, item)

    def _remember_too(self, standing: Item, item: Item) -> None:
        for _ in range(ATTEMPTS):
            known = _cases(standing)
            if item["case"] in known or len(known) >= MOST:
                return
            more, was = ",".join([*known[1:], item["case"]]), standing.get("more")
            held = "#more = :was" if was else "attribute_not_exists(#more)"
            values = {":more": more, ":ttl": item["ttl"]} | ({":was": was} if was else {})
            try:
                self.table.update(item["pk"], "T", "SET #more = :more, #ttl = :ttl", values, held)
            except Refused as refused:  # another one was added meanwhile
                standing = refused.reasons[0] or standing
            else:
                return

    def cases(self, message_ids: Iterable[str], only_ours: bool = False) -> list[str]:
        """The keys of the cases these mails belong to, in the order of the mails."""
        wanted = list(dict.fromkeys(_pk(one) for one in message_ids))
        items = self.table.get_many([(pk, "T") for pk in wanted])
        found = {
            item["pk"]: _cases(item)[:1] if only_ours else _cases(item)
            for item in items
            if "ours" in item or not only_ours
        }
        return list(dict.fromkeys(key for pk in wanted for key in found.get(pk, ())))


def _cases(item: Item) -> list[str]:
    """The cases of an id: that of the first mail, which alone may be ours, and those of others that have it, too."""
    return [item["case"], *(one for one in item.get("more", "").split(",") if one)] if "case" in item else []


def _pk(message_id: str) -> str:
    local, _, domain = message_id.rpartition("@")
    return f"MAIL#{key_of('mail', local if domain.endswith(OWN) and local else message_id)}"
