"""Bulk commands in the table: plans and outcomes, for as long as they may be repeated or undone."""

import zlib

import msgspec
from msgspec.structs import replace

from chalicelib.adapters.aws import keys
from chalicelib.adapters.aws.dynamo import ConditionFailed, Table
from chalicelib.domain.desk.bulk import Bulk
from chalicelib.domain.kernel.timestamps import DAY_MS, SECOND_MS, Instant
from chalicelib.usecases.ports.cases import VersionConflict

DAYS = 7


class BulkTable:
    """The `BulkStore` on DynamoDB."""

    def __init__(self, table: Table) -> None:
        self.table = table

    def load(self, shop: str, key: str) -> Bulk | None:
        """The bulk command with this key; None if there is none."""
        item = self.table.get(keys.bulk(shop), key)
        return _read(item["bulk"]) if item else None

    def plan(self, shop: str, bulk: Bulk, now: Instant) -> Bulk:
        """Store a plan; the stored one if there is one with this key."""
        try:
            self.table.put(self._item(shop, bulk, now), only_new=True)
        except ConditionFailed as refused:
            return _read((refused.reasons[0] or {})["bulk"])
        return bulk

    def save(self, shop: str, bulk: Bulk, now: Instant) -> Bulk:
        """Store a bulk command with its outcomes; the command as it is stored. VersionConflict if it was stored anew
        since it was loaded. A plan has no version yet, nor has what an earlier version of the code stored."""
        after = replace(bulk, version=bulk.version + 1)
        values = {":bulk": _packed(after), ":next": after.version, ":ttl": _expiry(now)}
        condition = "#version = :version" if bulk.version else "attribute_not_exists(#version)"
        values |= {":version": bulk.version} if bulk.version else {}
        changes = "SET #bulk = :bulk, #version = :next, #ttl = :ttl"
        try:
            self.table.update(keys.bulk(shop), bulk.key, changes, values, condition)
        except ConditionFailed:
            raise VersionConflict from None
        return after

    def _item(self, shop: str, bulk: Bulk, now: Instant) -> dict[str, str | bytes | int]:
        return {"pk": keys.bulk(shop), "sk": bulk.key, "bulk": _packed(bulk), "ttl": _expiry(now)}


def _packed(bulk: Bulk) -> bytes:
    return zlib.compress(msgspec.json.encode(bulk))


def _expiry(now: Instant) -> int:
    return (now + DAYS * DAY_MS) // SECOND_MS


def _read(stored: bytes) -> Bulk:
    return msgspec.json.decode(zlib.decompress(stored), type=Bulk)
