"""The desk's lists of open work in the index `by_desk`, and what each agent has seen."""

from collections.abc import Iterable, Iterator, Sequence
from heapq import merge
from itertools import chain, islice

from chalicelib.adapters.aws import keys
from chalicelib.adapters.aws.dynamo import MAX_KEYS, OR_NEW, ConditionFailed, Item, Table
from chalicelib.adapters.aws.encryption.field_encryption import FieldEncryption
from chalicelib.adapters.aws.parallel import at_once
from chalicelib.adapters.cases.stored_items import case_key_of, read_clear_case
from chalicelib.adapters.desk.list_filling import ListFilling
from chalicelib.domain.desk.views import Span
from chalicelib.domain.kernel.ids import place_of_key
from chalicelib.domain.kernel.timestamps import DAY_MS, SECOND_MS, Day, Instant
from chalicelib.usecases.ports.cases import Clock, Page, StoredCase
from chalicelib.usecases.ports.desk import Listed, Sample

SEEN_DAYS = 90
"""How long it is stored that an agent has seen a case."""


class DeskTable:
    """The `DeskStore` on DynamoDB."""

    def __init__(self, table: Table, personal: FieldEncryption, now: Clock) -> None:
        self.table, self.personal = table, personal
        self._filling = ListFilling(table, personal, now)

    def listed(self, shop: str, span: Span, after: str | None, page: int) -> Iterator[Listed]:
        """The cases of these lists, merged, by their next promise; the first page of each list is read at once."""
        ranges = [self._range(shop, each, span, after, page) for each in span.lists]
        first = at_once(lambda entries: list(islice(entries, page)), ranges)
        lists = [chain(page_read, later) for page_read, later in zip(first, ranges, strict=True)]
        return merge(*lists, key=lambda entry: entry.sort)

    def first(self, shop: str, span: Span, most: int) -> list[list[Listed]]:
        """The first `most` cases of each of these lists."""
        ranges = [self._range(shop, each, span, None, most) for each in span.lists]
        return at_once(lambda entries: list(islice(entries, most)), ranges)

    def _range(self, shop: str, name: str, span: Span, after: str | None, page: int) -> Iterator[Listed]:
        start = f"{after}\x00" if after else f"{span.start:013d}"
        end = f"{span.end:013d}" if span.end is not None else ":"
        if start >= end:
            return iter(())
        items = self.table.query(
            keys.desk_list(shop, name),
            between=(start, end),
            index="by_desk",
            names=("desk_key", "due"),
            page=page,
        )
        return (_read_listed(item, shop) for item in items)

    def assigned(self, shop: str, agents: Sequence[str], most: int) -> list[list[str]]:
        """The keys of the open cases that are assigned to each of these agents, `most` of each."""
        return at_once(lambda agent: list(islice(self._assigned(shop, agent, most), most)), agents)

    def _assigned(self, shop: str, agent: str, page: int) -> Iterator[str]:
        partition = keys.assignee_list(shop, "open", agent)
        items = self.table.query(partition, index="by_assignee", names=("assignee_key", "listed"), page=page)
        return (case_key_of(item) for item in items)

    def cases(self, wanted: Iterable[str]) -> dict[str, StoredCase]:
        """The cases with these keys, by key, without private text."""
        named = [(keys.case(key), "C") for key in wanted]
        batches = [named[start : start + MAX_KEYS] for start in range(0, len(named), MAX_KEYS)]
        items = chain.from_iterable(at_once(self.table.get_many, batches))
        return {case_key_of(item): read_clear_case(item, self.personal) for item in items if "state" in item}

    def samples(self, shop: str, day: Day, most: int) -> list[Sample]:
        """The cases on the list of a day, from each of its shards."""
        return at_once(lambda shard: self._sample(shop, day, shard, most), range(keys.SHARDS))

    def _sample(self, shop: str, day: Day, shard: int, most: int) -> Sample:
        entries = [case_key_of(item) for item in islice(self._counted(shop, day, shard, None, most), most)]
        if len(entries) < most:
            return Sample(tuple(dict.fromkeys(entries)))
        last = entries[-1]  # of which there may be more entries
        return Sample(tuple(dict.fromkeys(key for key in entries if key != last)), place_of_key(last))

    def counted(self, shop: str, day: Day, after: str | None, most: int) -> Page:
        """A page of the keys of the cases on the list of a day, one shard after the other. The cursor is the number of
        the shard and the key behind which it goes on."""
        shard, _, last = (after or "0#").partition("#")
        entries = [case_key_of(item) for item in islice(self._counted(shop, day, int(shard), last, most), most)]
        following = f"{int(shard) + 1}#" if int(shard) + 1 < keys.SHARDS else None
        return Page(list(dict.fromkeys(entries)), f"{shard}#{entries[-1]}" if len(entries) == most else following)

    def _counted(self, shop: str, day: Day, shard: int, after: str | None, page: int) -> Iterator[Item]:
        start = f"{keys.case(after)}\x00" if after else keys.case("")
        return self.table.query(
            keys.day_list(shop, day, shard),
            between=(start, keys.case("~")),
            index="by_day",
            names=("day_key", "pk"),
            page=page,
        )

    def seen(self, shop: str, agent: str, wanted: Iterable[str]) -> dict[str, int]:
        """The versions at which an agent saw these cases last, by key."""
        items = self.table.get_many([(keys.seen(shop, agent), key) for key in wanted])
        return {item["sk"]: item["version"] for item in items}

    def mark_seen(self, shop: str, agent: str, key: str, version: int, now: Instant) -> None:
        """Store that an agent has seen a case at this version, unless they have seen a later one. What was seen already
        is read and not written again."""
        item = self.table.get(keys.seen(shop, agent), key)
        if item is not None and item["version"] >= version:
            return
        values = {":version": version, ":ttl": now // SECOND_MS + SEEN_DAYS * DAY_MS // SECOND_MS}
        condition = f"({OR_NEW}) AND (attribute_not_exists(version) OR version < :version)"
        try:
            self.table.update(keys.seen(shop, agent), key, "SET version = :version, #ttl = :ttl", values, condition)
        except ConditionFailed:
            return

    def fill(self, shop: str, now: Instant, until: Instant) -> bool:
        """List the open cases that an earlier version of the code left out; whether all are listed."""
        return self._filling.fill(shop, now, until)


def _read_listed(item: Item, shop: str) -> Listed:
    kind, _, language = item.get("about", "").partition("#")
    listed = item["desk_key"].removeprefix(keys.desk_list(shop, ""))
    return Listed(
        key=case_key_of(item),
        list=listed,
        sort=item["due"],
        assignee=item["assignee_key"].split("#", 2)[2] if "assignee_key" in item else None,
        team=item.get("team"),
        type=kind,
        language=language,
    )
