"""Statement entries in the table: by order, to be matched; by day, to be listed. They contain no name and no
account."""

from collections.abc import Iterator
from itertools import islice

import msgspec

from chalicelib.adapters.aws import keys
from chalicelib.adapters.aws.dynamo import ConditionFailed, Item, Table
from chalicelib.adapters.settlement.settlement_items import awaited_item, awaited_list
from chalicelib.domain.kernel.ids import key_of, new_id
from chalicelib.domain.kernel.timestamps import DAY_MS, SECOND_MS, Day, Instant, day_of
from chalicelib.domain.settlement.coverage import Coverage
from chalicelib.domain.settlement.entries import Entry
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.ports.cases import Clock, Page
from chalicelib.usecases.ports.settlement import Check, StoredEntry, UnprovenMoney

KEEP_DAYS = 400
CHECK_DAYS = 7
UNPAID_FIELDS = ("day", "about", "amount", "currency")
OUTCOME_FIELDS = ("state", "case", "money", "refund")


class SettlementTable:
    """The `SettlementStore` on DynamoDB."""

    def __init__(self, table: Table, now: Clock) -> None:
        self.table = table
        self.now = now

    def add(self, shop: Shop, entry: Entry) -> bool:
        """Store an entry, once, and have the relay send it to be settled. False if it was stored before."""
        day = day_of(entry.at, shop.time_zone)
        item: Item = {
            "pk": keys.entries(shop.id, entry.group),
            "sk": entry.place,
            "relay": "intake",
            "entry": msgspec.json.encode(entry).decode(),
            "status_key": keys.settlement_list(shop.id, day),
            "listed": f"{entry.at:013d}#{entry.place}",
            "ttl": self._ttl(KEEP_DAYS),
        }
        return self._put_new(item)

    def add_coverage(self, shop: str, coverage: Coverage) -> bool:
        """Store the time that a statement covers. False if that was stored before."""
        text = msgspec.json.encode(coverage).decode()
        sort = f"{coverage.provider}#{coverage.statement}"
        return self._put_new({"pk": f"STATEMENT#{shop}", "sk": sort, "told": text, "ttl": self._ttl(KEEP_DAYS)})

    def _put_new(self, item: Item) -> bool:
        try:
            self.table.put(item, only_new=True)
        except ConditionFailed:
            return False
        return True

    def _ttl(self, days: int) -> int:
        return (self.now() + days * DAY_MS) // SECOND_MS

    def coverages(self, shop: str) -> list[Coverage]:
        """The times that the shop's statements cover."""
        items = self.table.query(f"STATEMENT#{shop}")
        return [msgspec.json.decode(item["told"], type=Coverage) for item in items]

    def load_group(self, shop: str, group: str, most: int) -> list[StoredEntry]:
        """The entries of an order, at most this many."""
        items = self.table.query(keys.entries(shop, group), page=most)
        return [_stored_entry(item) for item in islice(items, most)]

    def load_entry(self, shop: str, group: str, place: str) -> StoredEntry | None:
        """The entry with this sort key in its group."""
        item = self.table.get(keys.entries(shop, group), place)
        return _stored_entry(item) if item else None

    def save_outcome(self, shop: str, stored: StoredEntry) -> None:
        """Store the outcome of an entry in place of the one before."""
        outcome = {name: getattr(stored, name) for name in OUTCOME_FIELDS}
        values = {f":{name}": value for name, value in outcome.items() if value is not None}
        removed = [f"#{name}" for name, value in outcome.items() if value is None]
        changes = "SET " + ", ".join(f"#{name[1:]} = {name}" for name in values)
        changes += f" REMOVE {', '.join(removed)}" if removed else ""
        self.table.update(keys.entries(shop, stored.entry.group), stored.entry.place, changes, values)

    def mark_day(self, shop: str, day: Day, why: str) -> None:
        """Have the nightly job compute the metrics of a past day again."""
        self.table.put({"pk": f"DIRTY#{shop}#{keys.shard(why)}", "sk": f"{day}#settlement#{why}"})

    def load_unproven(self, shop: str, money: str) -> UnprovenMoney | None:
        """The money with this id that waits for its proof."""
        item = self.table.get(awaited_list(shop), money)
        return _unproven(item) if item else None

    def unproven_before(self, shop: str, before: Instant) -> Iterator[UnprovenMoney]:
        """Money that was proposed before this instant and waits for its proof, the oldest first."""
        bounds = ("0", new_id(before, ""))
        return (_unproven(item) for item in self.table.query(awaited_list(shop), between=bounds))

    def save_unpaid(self, shop: str, unproven: UnprovenMoney) -> None:
        """List money as not paid on its day."""
        place = {"status_key": keys.settlement_list(shop, unproven.day or ""), "listed": f"~{unproven.money}"}
        fields = {name: getattr(unproven, name) for name in UNPAID_FIELDS}
        self.table.put(awaited_item(shop, unproven.money, unproven.case, unproven.at) | place | fields)

    def delete_unproven(self, shop: str, money: str) -> None:
        """The money no longer waits for its proof."""
        self.table.delete(awaited_list(shop), money)

    def on_day(self, shop: str, day: Day, limit: int, after: str | None) -> Page:
        """A page of the day's entries in the order of their times, followed by the money that is listed as not paid."""
        bounds = (f"{after}\x00" if after else "0", "~\uffff")
        references = self.table.query(
            keys.settlement_list(shop, day),
            between=bounds,
            index="by_status",
            names=("status_key", "listed"),
            page=min(limit + 1, 1_000),
        )
        listed = list(islice(references, limit + 1))
        places = [(item["pk"], item["sk"]) for item in listed[:limit]]
        by_place = {(item["pk"], item["sk"]): item for item in self.table.get_many(places)}
        items = [by_place[place] for place in places if place in by_place]
        rows = [_stored_entry(item) if "entry" in item else _unproven(item) for item in items]
        return Page(rows, listed[limit - 1]["listed"] if len(listed) > limit else None)

    def schedule_check(self, shop: str, check: Check, day: Day, now: Instant) -> None:
        """Have the relay send money or an entry to be checked again, at most once a day."""
        sort = f"{key_of('check', check.money, check.group, check.place)}#{day}"
        item: Item = {"pk": f"CHECK#{shop}", "sk": sort, "check": msgspec.json.encode(check).decode()}
        self._put_new(item | {"relay": "intake", "ttl": (now + CHECK_DAYS * DAY_MS) // SECOND_MS})

    def check(self, shop: str, place: str) -> Check | None:
        """A scheduled check by its sort key among the checks of the shop."""
        item = self.table.get(f"CHECK#{shop}", place)
        return msgspec.json.decode(item["check"], type=Check) if item else None


def _stored_entry(item: Item) -> StoredEntry:
    entry = msgspec.json.decode(item["entry"], type=Entry)
    outcome = {name: item[name] for name in OUTCOME_FIELDS if name in item}
    return msgspec.convert(outcome | {"entry": entry}, StoredEntry)


def _unproven(item: Item) -> UnprovenMoney:
    fields = {name: item[name] for name in UNPAID_FIELDS if name in item}
    return UnprovenMoney(money=item["sk"], case=item["case"], at=item["at"], **fields)
