"""The table in memory: for counting what is read and written, and for properties that need many tables.

It keeps items as the table has them, in order and with conditions of transactions; no throttling, no indexes.
"""

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bench.support import prices
from chalicelib.adapters.aws.dynamo import ConditionFailed, Item, Table
from chalicelib.adapters.aws.dynamo_values import pack, unpack
from chalicelib.adapters.aws.encryption.field_encryption import FieldEncryption
from chalicelib.domain.cases.codecs import StoredFormats
from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.registries import Registries

Key = tuple[str, str]


class MemoryTable(Table):
    """`Table` in memory. `read`, `read_units`: the items and units that were read, by the kind of their sort keys;
    `written_units`: the units that were written."""

    def __init__(self) -> None:
        super().__init__("memory")
        self.items: dict[Key, Item] = {}
        self.sorts: dict[str, list[str]] = {}
        self.read: Counter[str] = Counter()
        self.read_units = 0.0
        self.written_units = 0

    def get(self, pk: str, sk: str) -> Item | None:
        """As `Table.get`."""
        items = self.get_many([(pk, sk)])
        return items[0] if items else None

    def get_many(self, keys: Sequence[Key], attributes: Sequence[str] = ()) -> list[Item]:
        """As `Table.get_many`. Items are read as a whole, as AWS counts them."""
        assert not attributes, "the table in memory reads whole items"
        items = [self.items.get(key) for key in dict.fromkeys(keys)]
        self.read_units += sum(prices.read_units(prices.size(pack(item or {})), True) for item in items)
        return [self._count(item) for item in items if item is not None]

    def query(
        self,
        pk: str,
        *,
        between: tuple[str, str] | None = None,
        index: str | None = None,
        names: tuple[str, str] = ("pk", "sk"),
        page: int | None = None,
        backwards: bool = False,
        attributes: Sequence[str] = (),
    ) -> Iterator[Item]:
        """As `Table.query`, of the table itself. A page is read, and counted, as a whole."""
        assert not attributes, "the table in memory reads whole items"
        assert (index, names) == (None, ("pk", "sk")), "the table in memory has no indexes"
        low, high = between or ("", "\U0010ffff")
        assert low <= high, "the service refuses bounds that are not in order"
        sorts = self.sorts.get(pk, [])
        wanted = sorts[bisect_left(sorts, low) : bisect_left(sorts, high + "\x00")]
        wanted = wanted[::-1] if backwards else wanted
        size = page or max(len(wanted), 1)
        for start in range(0, max(len(wanted), 1), size):
            items = [self.items[pk, sk] for sk in wanted[start : start + size]]
            self.read_units += prices.read_units(sum(prices.size(pack(item)) for item in items), True)
            yield from [self._count(item) for item in items]

    def _count(self, item: Item) -> Item:
        self.read[item["sk"].partition("#")[0]] += 1
        return dict(item)

    def put(self, item: Item, *, only_new: bool = False) -> None:
        """As `Table.put`."""
        old = self.items.get((item["pk"], item["sk"]))
        if only_new and old is not None:
            raise ConditionFailed([old])
        self._write(item, transaction=False)

    def delete(self, pk: str, sk: str) -> None:
        """As `Table.delete`."""
        if self.items.pop((pk, sk), None) is not None:
            self.sorts[pk].remove(sk)

    def write_many(self, puts: Sequence[Item] = (), deletes: Sequence[Key] = ()) -> None:
        """As `Table.write_many`."""
        for item in puts:
            self.put(item)
        for key in deletes:
            self.delete(*key)

    def transact(self, writes: Sequence[dict[str, Any]]) -> None:
        """As `Table.transact`, of puts and deletes."""
        reasons = [self._refusal(write["Put"]) if "Put" in write else None for write in writes]
        if any(reason is not None for reason in reasons):
            raise ConditionFailed(reasons)
        for write in writes:
            if "Put" in write:
                self._write(unpack(write["Put"]["Item"]), transaction=True)
            else:
                key = unpack(write["Delete"]["Key"])
                self.delete(key["pk"], key["sk"])

    def _refusal(self, put: Mapping[str, Any]) -> Item | None:
        """The item that fails the condition of a put; None if it holds."""
        item = unpack(put["Item"])
        old = self.items.get((item["pk"], item["sk"]))
        condition = put.get("ConditionExpression")
        if condition == "attribute_not_exists(pk)":
            return old
        if condition == "version = :at":
            wanted = unpack(put["ExpressionAttributeValues"])[":at"]
            return None if old is not None and old["version"] == wanted else old or {}
        assert condition is None, condition
        return None

    def _write(self, item: Item, transaction: bool) -> None:
        key = (item["pk"], item["sk"])
        new = unpack(pack(item))
        old = self.items.get(key)
        self.written_units += prices.write_units(pack(old) if old else None, pack(new), transaction)
        if old is None:
            insort(self.sorts.setdefault(item["pk"], []), item["sk"])
        self.items[key] = new


class OpenVault:
    """A vault that encrypts nothing and adds as many bytes as encryption does."""

    OVERHEAD = bytes(40)

    def preload(self, _names: Any) -> None:
        """Nothing to read."""

    def seal(
        self, _name: str, _place: str, text: bytes, _until: Instant | None = None, _is_probably_new: bool = False
    ) -> bytes:
        """The text, and as many bytes as a nonce and a tag have."""
        return self.OVERHEAD + text

    def open(self, _name: str, _place: str, sealed: bytes) -> bytes | None:
        """The text."""
        return sealed.removeprefix(self.OVERHEAD)


def open_encryption(registries: Registries) -> FieldEncryption:
    """The encryption of fields, with a vault that encrypts nothing."""
    vault: Any = OpenVault()
    return FieldEncryption(StoredFormats(lambda: registries.facts), lambda: vault)
