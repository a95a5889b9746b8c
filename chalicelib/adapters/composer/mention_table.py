"""Mentions in the table: an agent's list has those that they have not read."""

from collections.abc import Iterable
from itertools import islice

import msgspec

from chalicelib.adapters.aws import keys
from chalicelib.adapters.aws.dynamo import ConditionFailed, Item, Table
from chalicelib.domain.composer.mentions import KEEP_MS, Mention
from chalicelib.domain.kernel.timestamps import DAY_MS, SECOND_MS
from chalicelib.usecases.ports.cases import Page

REMEMBERED_MS = 30 * DAY_MS
"""How long it is known that a mention was listed: longer than any message is delivered again."""


class MentionTable:
    """The `MentionStore` on DynamoDB."""

    def __init__(self, table: Table) -> None:
        self.table = table

    def add(self, mention: Mention) -> None:
        """Put a mention on its agent's list, once: one that was read does not come back."""
        partition = keys.mentions(mention.shop, mention.agent)
        listed: Item = {
            "pk": partition,
            "sk": f"U#{mention.id}",
            "mention": msgspec.json.encode(mention).decode(),
            "ttl": (mention.at + KEEP_MS) // SECOND_MS,
        }
        once: Item = {"pk": partition, "sk": f"K#{mention.id}", "ttl": (mention.at + REMEMBERED_MS) // SECOND_MS}
        try:
            self.table.transact([self.table.put_new(once), self.table.put_new(listed)])
        except ConditionFailed:
            return

    def unread(self, shop: str, agent: str, limit: int, after: str | None) -> Page:
        """A page of the mentions that an agent has not read, the newest first."""
        between = ("U#", keys.before(f"U#{after}") if after else "U$")
        query = self.table.query(keys.mentions(shop, agent), between=between, page=limit + 1, backwards=True)
        items = list(islice(query, limit + 1))
        mentions = [msgspec.json.decode(item["mention"], type=Mention) for item in items[:limit]]
        return Page(mentions, mentions[-1].id if len(items) > limit else None)

    def remove(self, shop: str, agent: str, mentions: Iterable[str]) -> None:
        """Take mentions with these ids from the list."""
        for mention in mentions:
            self.table.delete(keys.mentions(shop, agent), f"U#{mention}")
