"""Statements' entries in the table: by order, to be matched; by day, to be listed. No name or account is in them."""

from collections.abc import Iterator
from itertools import islice

import msgspec

from chalicelib.adapters.aws import keys
from chalicelib.adapters.aws.dynamo import Item, Refused, Table
from chalicelib.adapters.settlement.settlement_items import awaited_item, awaited_list
from chalicelib.domain.kernel.ids import key_of, new_id
from chalicelib.domain.kernel.timestamps import DAY_MS, SECOND_MS, Day, Instant, day_of
from chalicelib.domain.settlement.coverage import Coverage
from chalicelib.domain.settlement.entries import Entry
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.ports import Check, Clock, Kept, Page, UnprovenMoney

KEEP_DAYS, CHECK_DAYS = 400, 7
LISTED = ("day", "about", "amount", "currency")
SETTLED = ("state", "case", "money", "refund")


class SettlementTable:
    """The `SettlementStore` on DynamoDB."""

    def __init__(self, table: Table, now: Clock) -> None:
        self.table, self.now = table, now

    def add(self, shop: Shop, entry: Entry) -> bool:
        """Keep an entry and have it settled; whether it was new."""
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

    def cover(self, shop: str, coverage: Coverage) -> bool:
        """Remember what time a statement tells of; whether it was new."""
        told = msgspec.json.encode(coverage).decode()
        sort = f"{coverage.provider}#{coverage.statement}"
        return self._put_new({"pk": f"STATEMENT#{shop}", "sk": sort, "told": told, "ttl": self._ttl(KEEP_DAYS)})

    def _put_new(self, item: Item) -> bool:
        try:
            self.table.put(item, only_new=True)
        except Refused:
            return False
        return True

    def _ttl(self, days: int) -> int:
        return (self.now() + days * DAY_MS) // SECOND_MS

    def coverages(self, shop: str) -> list[Coverage]:
        """What time the shop's statements tell of."""
        found = self.table.query(f"STATEMENT#{shop}")
        return [msgspec.json.decode(item["told"], type=Coverage) for item in found]

    def group(self, shop: str, group: str, most: int) -> list[Kept]:
        """The entries of an order."""
        return [_kept(item) for item in islice(self.table.query(keys.entries(shop, group), page=most), most)]

    def entry(self, shop: str, group: str, place: str) -> Kept | None:
        """One entry."""
        item = self.table.get(keys.entries(shop, group), place)
        return _kept(item) if item else None

    def settle(self, shop: str, kept: Kept) -> None:
        """Keep what came of an entry."""
        values = {f":{name}": getattr(kept, name) for name in SETTLED if getattr(kept, name) is not None}
        gone = [f"#{name}" for name in SETTLED if f":{name}" not in values]
        changes = "SET " + ", ".join(f"#{name[1:]} = {name}" for name in values)
        changes += f" REMOVE {', '.join(gone)}" if gone else ""
        self.table.update(keys.entries(shop, kept.entry.group), kept.entry.place, changes, values)

    def mark(self, shop: str, day: Day, why: str) -> None:
        """A past day is to be restated."""
        self.table.put({"pk": f"DIRTY#{shop}#{keys.shard(why)}", "sk": f"{day}#settlement#{why}"})

    def awaited(self, shop: str, money: str) -> UnprovenMoney | None:
        """Money that waits for its proof, by its id."""
        item = self.table.get(awaited_list(shop), money)
        return _awaited(item) if item else None

    def awaiting(self, shop: str, before: Instant) -> Iterator[UnprovenMoney]:
        """Money that was proposed before that time and waits."""
        bounds = ("0", new_id(before, ""))
        return (_awaited(item) for item in self.table.query(awaited_list(shop), between=bounds))

    def note_unpaid(self, shop: str, awaited: UnprovenMoney) -> None:
        """List money on its day as not paid."""
        listed = {"status_key": keys.settlement_list(shop, awaited.day or ""), "listed": f"~{awaited.money}"}
        item = awaited_item(shop, awaited.money, awaited.case, awaited.at) | listed
        told = {name: getattr(awaited, name) for name in LISTED}
        self.table.put(item | told)

    def let_go(self, shop: str, money: str) -> None:
        """The money waits no more."""
        self.table.delete(awaited_list(shop), money)

    def on_day(self, shop: str, day: Day, limit: int, after: str | None) -> Page:
        """A day's entries in the order of their times, then its money that was not paid."""
        bounds = (f"{after}\x00" if after else "0", "~\uffff")
        found = self.table.query(
            keys.settlement_list(shop, day),
            between=bounds,
            index="by_status",
            names=("status_key", "listed"),
            page=min(limit + 1, 1_000),
        )
        listed = list(islice(found, limit + 1))
        places = [(item["pk"], item["sk"]) for item in listed[:limit]]
        known = {(item["pk"], item["sk"]): item for item in self.table.get_many(places)}
        items = [known[place] for place in places if place in known]
        read = [_kept(item) if "entry" in item else _awaited(item) for item in items]
        return Page(read, listed[limit - 1]["listed"] if len(listed) > limit else None)

    def look_again(self, shop: str, check: Check, day: Day, now: Instant) -> None:
        """Have money or an entry looked at again; once a day."""
        sort = f"{key_of('check', check.money, check.group, check.place)}#{day}"
        item: Item = {"pk": f"CHECK#{shop}", "sk": sort, "check": msgspec.json.encode(check).decode()}
        self._put_new(item | {"relay": "intake", "ttl": (now + CHECK_DAYS * DAY_MS) // SECOND_MS})

    def check(self, shop: str, place: str) -> Check | None:
        """What is to be looked at, by its place among the shop's checks."""
        item = self.table.get(f"CHECK#{shop}", place)
        return msgspec.json.decode(item["check"], type=Check) if item else None


def _kept(item: Item) -> Kept:
    entry = msgspec.json.decode(item["entry"], type=Entry)
    return msgspec.convert({name: item[name] for name in SETTLED if name in item} | {"entry": entry}, Kept)


def _awaited(item: Item) -> UnprovenMoney:
    listed = {name: item[name] for name in LISTED if name in item}
    return UnprovenMoney(money=item["sk"], case=item["case"], at=item["at"], **listed)
