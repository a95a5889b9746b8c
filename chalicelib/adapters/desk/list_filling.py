"""Lists the open cases that an earlier version of the code stored, which had no lists of open work.

The first request for a shop's desk begins with it, and each further one goes on, for two seconds at most. It is gone
over once more later, because while a new version is deployed functions of the one before still write cases without
their place in the lists. After that the desk never looks again.
"""

from collections.abc import Iterator
from itertools import islice

from chalicelib.adapters.aws import keys
from chalicelib.adapters.aws.dynamo import MAX_KEYS, ConditionFailed, Item, Table
from chalicelib.adapters.aws.encryption.field_encryption import FieldEncryption
from chalicelib.adapters.aws.parallel import at_once
from chalicelib.adapters.cases.listing import listing
from chalicelib.adapters.cases.status_lists import FORMER_LISTS, OPEN
from chalicelib.adapters.cases.stored_items import case_key_of
from chalicelib.domain.cases.case import Case
from chalicelib.domain.kernel.timestamps import MINUTE_MS, Instant
from chalicelib.usecases.ports.cases import Clock

FORMAT = 2
"""The version of the rules by which cases are listed. Raise it when they change: all open cases are listed anew."""
PASSES = 2
AGAIN_AFTER_MS = 15 * MINUTE_MS
DONE = ""
"""The cursor behind the last list."""


class ListFilling:
    """Fills the lists of one shop after another, and remembers those that are full."""

    def __init__(self, table: Table, personal: FieldEncryption, now: Clock) -> None:
        self.table, self.personal, self.now = table, personal, now
        self._full: set[str] = set()

    def fill(self, shop: str, now: Instant, until: Instant) -> bool:
        """Go on with the shop's lists until this time; whether all open cases are listed."""
        if shop in self._full:
            return True
        mark = self.table.get(keys.desk(shop), "LISTS") or {}
        if mark.get("format") != FORMAT:
            mark = {"format": FORMAT, "passes": 0, "cursor": "0"}
        if mark["passes"] >= PASSES:
            self._full.add(shop)
            return True
        if mark["cursor"] == DONE:
            if now < mark["done_at"] + AGAIN_AFTER_MS:
                return True
            mark |= {"cursor": "0"}
        mark = self._go_on(shop, mark, until)
        self.table.put({"pk": keys.desk(shop), "sk": "LISTS", **mark})
        return bool(mark["passes"])

    def _go_on(self, shop: str, mark: Item, until: Instant) -> Item:
        cursor = mark["cursor"]
        while cursor != DONE:
            cursor = self._batch(shop, cursor)
            if self.now() >= until:
                break
        if cursor != DONE:
            return mark | {"cursor": cursor}
        return mark | {"cursor": DONE, "passes": mark["passes"] + 1, "done_at": self.now()}

    def _batch(self, shop: str, cursor: str) -> str:
        """List up to a hundred cases behind a cursor (`<number of the partition>#<sort key>`); the next cursor."""
        place, _, after = cursor.partition("#")
        partitions = list(_partitions(shop))
        bounds = (f"{after}\x00" if after else "0", ":")
        listed = self.table.query(
            partitions[int(place)], between=bounds, index="by_status", names=("status_key", "listed"), page=MAX_KEYS
        )
        entries = list(islice(listed, MAX_KEYS))
        items = self.table.get_many([(entry["pk"], "C") for entry in entries])
        at_once(lambda item: self._list(shop, item), items)
        if len(entries) == MAX_KEYS:
            return f"{place}#{entries[-1]['listed']}"
        return str(int(place) + 1) if int(place) + 1 < len(partitions) else DONE

    def _list(self, shop: str, item: Item) -> None:
        """Give a case its place in the lists, unless it has it or was just changed."""
        if "state" not in item:
            return
        wanted = listing(shop, case_key_of(item), self.personal.clear(item, "state", Case))
        differing = {name: value for name, value in wanted.items() if item.get(name) != value}
        if differing:
            write = self.table.change(item["pk"], item["sk"], differing, {"version": item["version"]})
            try:
                self.table.transact([write])
            except ConditionFailed:
                return  # the change has listed it


def _partitions(shop: str) -> Iterator[str]:
    """The lists of open cases by status, those of earlier versions, too."""
    for name in (OPEN, *FORMER_LISTS):
        for shard in range(keys.SHARDS):
            yield keys.status_list(shop, name, shard)
