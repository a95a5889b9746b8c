"""The index of words in the table: an item for each word of each case, and one item with all words of a case.

A word is a keyed hash of eight bytes: equal words of a shop have equal hashes, and nobody without the shop's key can
compute them. Two of a million words have the same hash once in thirty million shops.
"""

import base64
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from chalicelib.adapters.aws import keys
from chalicelib.adapters.aws.dynamo import ConditionFailed, Item, Table
from chalicelib.adapters.aws.encryption.field_encryption import FieldEncryption
from chalicelib.domain.search.case_words import CaseWords, Digest
from chalicelib.domain.search.terms import Term
from chalicelib.usecases.ports.cases import VersionConflict

DIGEST_BYTES = 8
THREADS = 8
MAX_SOURCES = 255
MAX_ORDERS = 20
"""How many orders with the same tracking number are shown at most."""
_IS_NEW, _IS_UNCHANGED = "attribute_not_exists(#version)", "#version = :before"


class WordTable:
    """The `WordStore` on DynamoDB."""

    def __init__(self, table: Table, personal: FieldEncryption) -> None:
        self.table, self.personal = table, personal

    def digests(self, shop: str, terms: Iterable[Term]) -> dict[Term, Digest]:
        """The hashes of terms with the shop's key."""
        return {term: self._digest(shop, f"{term.kind}:{term.text}") for term in terms}

    def _digest(self, shop: str, text: str) -> Digest:
        return base64.b32decode(self.personal.vault.fingerprint(shop, f"search/{text}"))[:DIGEST_BYTES].hex()

    def read_ahead(self, key: str, order: str) -> None:
        """Read in one request the state of a case, one of its events, and its words."""
        partition = keys.case(key)
        self.table.read_ahead([(partition, sort) for sort in ("C", keys.event(order), keys.WORDS)], {})

    def load(self, key: str) -> CaseWords:
        """The words of a case."""
        item = self.table.get(keys.case(key), keys.WORDS)
        return _words_in(item) if item else CaseWords()

    def load_many(self, wanted: Iterable[str]) -> dict[str, CaseWords]:
        """The words of cases, by key."""
        stored = dict.fromkeys(wanted, CaseWords())
        items = self.table.get_many([(keys.case(key), keys.WORDS) for key in stored])
        return stored | {item["pk"].removeprefix("CASE#"): _words_in(item) for item in items}

    def save(self, key: str, words: CaseWords) -> None:
        """Save words in place of those of the same version."""
        orders = list(dict.fromkeys(words.sources.values()))[:MAX_SOURCES]
        numbers = {order: number for number, order in enumerate(orders)}
        values: Item = {
            "words": b"".join(
                bytes.fromhex(digest) + bytes([numbers.get(order, MAX_SOURCES)])
                for digest, order in words.sources.items()
            )
            or None,
            "sources": ",".join(orders) or None,
            "erased_at": words.erased_at,
            "left_out": words.left_out or None,
        }
        sets = ", ".join(f"#{name} = :{name}" for name in ("version", *(each for each in values if values[each])))
        removes = ", ".join(f"#{name}" for name in values if not values[name])
        condition = _IS_UNCHANGED if words.version else _IS_NEW
        given = {f":{name}": value for name, value in values.items() if value} | {":version": words.version + 1}
        given |= {":before": words.version} if words.version else {}
        changes = f"SET {sets} REMOVE {removes}" if removes else f"SET {sets}"
        try:
            self.table.update(keys.case(key), keys.WORDS, changes, given, condition)
        except ConditionFailed:
            raise VersionConflict from None

    def post(self, shop: str, place: str, digests: Sequence[Digest]) -> None:
        """Let a case be found by these."""
        self.table.write_many([{"pk": keys.word(shop, digest), "sk": place} for digest in digests])

    def remove(self, shop: str, place: str, digests: Sequence[Digest]) -> None:
        """Let a case no longer be found by these."""
        self.table.write_many(deletes=[(keys.word(shop, digest), place) for digest in digests])

    def places(self, shop: str, digests: Sequence[Digest], limit: int, after: str | None) -> list[list[str]]:
        """The places of cases that are posted under these, each list read at the same time as the others."""
        bounds = ("0", keys.before(after) if after else ":")

        def read(digest: Digest) -> list[str]:
            items: Iterator[Item] = self.table.query(
                keys.word(shop, digest), between=bounds, page=limit, backwards=True, attributes=("sk",)
            )
            return [item["sk"] for item in islice(items, limit)]

        if len(digests) < 2:
            return [read(digest) for digest in digests]
        from concurrent.futures import ThreadPoolExecutor  # only searches need it, so no cold start waits for it

        with ThreadPoolExecutor(THREADS) as pool:
            return list(pool.map(read, digests))

    def add_tracking(self, shop: str, order: str, numbers: Iterable[str]) -> None:
        """Let an order be found by the tracking numbers of its parcels."""
        for number in numbers:
            self.table.put({"pk": self._parcel(shop, number), "sk": order})

    def orders_tracked(self, shop: str, number: str) -> list[str]:
        """The ids of the orders with a parcel of this tracking number."""
        items = self.table.query(self._parcel(shop, number), page=MAX_ORDERS)
        return [item["sk"] for item in islice(items, MAX_ORDERS)]

    def _parcel(self, shop: str, number: str) -> str:
        return f"PARCEL#{shop}#{self._digest(shop, f'parcel:{number}')}"


def _words_in(item: Item) -> CaseWords:
    packed, orders = item.get("words", b""), item.get("sources", "").split(",")
    size = DIGEST_BYTES + 1
    entries = [packed[start : start + size] for start in range(0, len(packed), size)]
    sources = {each[:-1].hex(): orders[each[-1]] if each[-1] < len(orders) else "" for each in entries}
    return CaseWords(
        sources=sources,
        version=item["version"],
        erased_at=item.get("erased_at"),
        left_out=item.get("left_out", 0),
    )
