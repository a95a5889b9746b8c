"""Shops, and the versions of their policies and calendars, in the table."""

import time
from contextlib import suppress
from functools import lru_cache
from typing import TypeVar

import msgspec
from msgspec.structs import replace

from chalicelib.adapters.aws.dynamo import Item, Refused, Table
from chalicelib.domain.kernel.timestamps import DAY_MS, SECOND_MS, Instant
from chalicelib.domain.notifications.templates import MailName, MailTemplate, Spoken
from chalicelib.domain.shops.shop import Shop
from chalicelib.domain.sla.calendars import Calendar
from chalicelib.domain.sla.policies import Policy

V = TypeVar("V", Policy, Calendar)
RECENT_SECONDS = 60
WARNED_DAYS = 400
DEFAULT = Policy(version=1)
_encode = msgspec.json.encode


class ShopTable:
    """The `ShopStore` on DynamoDB. Versions never change, so they are kept in memory once read; shops are not."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self._recent: dict[str, tuple[float, Shop | None]] = {}
        self._read = lru_cache(maxsize=512)(self._read_version)

    def shop(self, shop: str, fresh: bool = True) -> Shop | None:
        """The shop as last saved, or as it was a minute ago at most: enough for its time zone and its name."""
        until, known = self._recent.get(shop, (0.0, None))
        if not fresh and known is not None and time.monotonic() < until:
            return known
        item = self.table.get(f"SHOP#{shop}", "S")
        found = msgspec.json.decode(item["shop"], type=Shop) if item else None
        self._recent[shop] = (time.monotonic() + RECENT_SECONDS, found)
        return found

    def shops(self) -> list[Shop]:
        """Every shop there is."""
        found = (self.shop(item["sk"]) for item in self.table.query("SHOPS"))
        return [shop for shop in found if shop is not None]

    def save(self, shop: Shop) -> None:
        """Keep a shop."""
        self.table.put({"pk": f"SHOP#{shop.id}", "sk": "S", "shop": _encode(shop).decode()})
        self.table.put({"pk": "SHOPS", "sk": shop.id})
        self._recent[shop.id] = (time.monotonic() + RECENT_SECONDS, shop)

    def template(self, shop: str, name: MailName, language: Spoken) -> MailTemplate | None:
        """A shop's own words for a mail; None when it uses ours."""
        item = self.table.get(f"SHOP#{shop}", f"T#{name}#{language}")
        return msgspec.json.decode(item["template"], type=MailTemplate | None) if item else None

    def save_template(self, shop: str, name: MailName, language: Spoken, template: MailTemplate | None) -> None:
        """Keep a shop's own words for a mail, or that it uses ours again."""
        self.table.put({"pk": f"SHOP#{shop}", "sk": f"T#{name}#{language}", "template": _encode(template).decode()})

    def policy(self, shop: str, version: int) -> Policy | None:
        """A version of a shop's policy; every shop has version 1, the default."""
        return DEFAULT if version == 1 else self._version(shop, f"P#{version:06d}", Policy)

    def add_policy(self, shop: str, policy: Policy) -> Policy:
        """Keep a policy as the next version."""
        return self._add(shop, "P#", policy, first=2)

    def calendar(self, shop: str, name: str) -> Calendar | None:
        """A calendar by its `<id>@<version>`."""
        identifier, _, version = name.rpartition("@")
        return self._version(shop, f"K#{identifier}#{int(version):06d}", Calendar)

    def newest_calendar(self, shop: str, calendar: str) -> Calendar | None:
        """The newest version of a calendar."""
        version = self._newest(shop, f"K#{calendar}#")
        return self.calendar(shop, f"{calendar}@{version}") if version else None

    def add_calendar(self, shop: str, calendar: Calendar) -> Calendar:
        """Keep a calendar as the next version."""
        return self._add(shop, f"K#{calendar.id}#", calendar, first=1)

    def warn(self, shop: str, warning: str, now: Instant) -> None:
        """Have a shop told of its calendar, the first time: the relay takes it to the notices."""
        ttl = (now + WARNED_DAYS * DAY_MS) // SECOND_MS
        with suppress(Refused):  # it was told already
            self.table.put({"pk": f"CALENDAR#{shop}", "sk": warning, "relay": "notices", "ttl": ttl}, only_new=True)

    def _add(self, shop: str, prefix: str, value: V, first: int) -> V:
        while True:
            version = max(first, (self._newest(shop, prefix) or 0) + 1)
            kept = replace(value, version=version)
            item: Item = {"pk": f"SHOP#{shop}", "sk": f"{prefix}{version:06d}", "value": _encode(kept).decode()}
            try:
                self.table.put(item, only_new=True)
            except Refused:  # somebody added a version just now
                continue
            return kept

    def _newest(self, shop: str, prefix: str) -> int | None:
        newest = next(self.table.query(f"SHOP#{shop}", between=(prefix, prefix + ":"), backwards=True, page=1), None)
        return int(newest["sk"].removeprefix(prefix)) if newest else None

    def _version(self, shop: str, sort: str, kind: type[V]) -> V | None:
        try:
            found: V = self._read(shop, sort, kind)
        except LookupError:  # which is not kept in memory: it may come to be
            return None
        return found

    def _read_version(self, shop: str, sort: str, kind: type[V]) -> V:
        item = self.table.get(f"SHOP#{shop}", sort)
        if item is None:
            raise LookupError
        found: V = msgspec.json.decode(item["value"], type=kind)
        return found
