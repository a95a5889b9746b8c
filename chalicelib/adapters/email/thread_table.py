"""The table that says which case an email belongs to, by its message id, for outgoing and inbound emails."""

from collections.abc import Iterable

from chalicelib.adapters.aws.dynamo import ConditionFailed, Item, Table
from chalicelib.domain.kernel.ids import key_of
from chalicelib.domain.kernel.timestamps import DAY_MS, SECOND_MS, Instant

LIFETIME_DAYS = 366
MOST = 20
"""At most this many cases are stored for one id: a machine may give all its emails the same one."""
ATTEMPTS = 5
SES_DOMAIN = "amazonses.com"
"""SES gives emails message ids of its own in this domain, and its API returns only the part before the `@`."""


class ThreadTable:
    """`Threads` on DynamoDB. Ids are hashed, since some clients write the names of machines and people into them."""

    def __init__(self, table: Table) -> None:
        self.table = table

    def remember(self, message_id: str, case: str, now: Instant, ours: bool) -> bool:
        """Save the case of an email for a year, and whether we sent the email. What we sent stays ours.

        Several emails can have the same id; each of their cases is stored. Whether this case was added now: False if it
        was stored before, or may have been.
        """
        expires_at = (now + LIFETIME_DAYS * DAY_MS) // SECOND_MS
        item: Item = {"pk": _pk(message_id), "sk": "T", "case": case, "ttl": expires_at}
        try:
            self.table.put(item | ({"ours": 1} if ours else {}), only_new=True)
        except ConditionFailed as refused:
            return self._add_case(refused.reasons[0] or self.table.get(item["pk"], "T") or {}, item)
        return True

    def _add_case(self, stored: Item, item: Item) -> bool:
        """Add the case of `item` to those that are stored for the same id, and say whether it was added."""
        for _ in range(ATTEMPTS):
            cases = _cases(stored)
            if item["case"] in cases or len(cases) >= MOST:
                return False
            previous = stored.get("more")
            condition = "#more = :was" if previous else "attribute_not_exists(#more)"
            values = {":more": ",".join([*cases[1:], item["case"]]), ":ttl": item["ttl"]}
            if previous:
                values[":was"] = previous
            try:
                self.table.update(item["pk"], "T", "SET #more = :more, #ttl = :ttl", values, condition)
            except ConditionFailed as refused:  # another case was added meanwhile
                stored = refused.reasons[0] or stored
            else:
                return True
        return False

    def cases(self, message_ids: Iterable[str], only_ours: bool = False) -> list[str]:
        """The keys of the cases these emails belong to, in the order of the emails."""
        pks = list(dict.fromkeys(_pk(message_id) for message_id in message_ids))
        items = self.table.get_many([(pk, "T") for pk in pks])
        cases = {
            item["pk"]: _cases(item)[:1] if only_ours else _cases(item)
            for item in items
            if "ours" in item or not only_ours
        }
        return list(dict.fromkeys(key for pk in pks for key in cases.get(pk, ())))


def _cases(item: Item) -> list[str]:
    """The cases of an id: first that of the first email, which alone can be ours, then those of others with this id."""
    if "case" not in item:
        return []
    return [item["case"], *(case for case in item.get("more", "").split(",") if case)]


def _pk(message_id: str) -> str:
    local, _, domain = message_id.rpartition("@")
    return f"MAIL#{key_of('mail', local if domain.endswith(SES_DOMAIN) and local else message_id)}"
