"""Shops, and the versions of their policies and calendars, in the table."""

import time
from contextlib import suppress
from functools import lru_cache
from typing import TypeVar

import msgspec
from msgspec.structs import replace

from chalicelib.adapters.aws import keys
from chalicelib.adapters.aws.dynamo import ConditionFailed, Item, Table
from chalicelib.domain.kernel.timestamps import DAY_MS, SECOND_MS, Instant
from chalicelib.domain.notifications.templates import MailName, MailTemplate, Spoken
from chalicelib.domain.shops.shop import Shop
from chalicelib.domain.sla.calendars import Calendar
from chalicelib.domain.sla.policies import Policy

V = TypeVar("V", Policy, Calendar)
RECENT_SECONDS = 60
WARNING_DAYS = 400
DEFAULT = Policy(version=1)
_encode = msgspec.json.encode


class ShopTable:
    """The `ShopStore` on DynamoDB. Versions never change, so they are cached in memory; shops are not, or for a
    minute."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self._recent: dict[str, tuple[float, Shop | None]] = {}
        self._read = lru_cache(maxsize=512)(self._read_version)

    def shop(self, shop: str, fresh: bool = True) -> Shop | None:
        """The shop as last saved; unless `fresh`, perhaps as it was up to a minute ago, which is enough for its name
        and time zone."""
        if not fresh and self.is_recent(shop):
            return self._recent[shop][1]
        item = self.table.get(keys.shop(shop), "S")
        stored = msgspec.json.decode(item["shop"], type=Shop) if item else None
        self._recent[shop] = (time.monotonic() + RECENT_SECONDS, stored)
        return stored

    def is_recent(self, shop: str) -> bool:
        """Whether the shop was read within the last minute."""
        expires_at, cached = self._recent.get(shop, (0.0, None))
        return cached is not None and time.monotonic() < expires_at

    def shops(self) -> list[Shop]:
        """All shops."""
        stored = (self.shop(item["sk"]) for item in self.table.query("SHOPS"))
        return [shop for shop in stored if shop is not None]

    def save(self, shop: Shop) -> None:
        """Save a shop in place of what was saved before."""
        self.table.put({"pk": keys.shop(shop.id), "sk": "S", "shop": _encode(shop).decode()})
        self.table.put({"pk": "SHOPS", "sk": shop.id})
        self._recent[shop.id] = (time.monotonic() + RECENT_SECONDS, shop)

    def template(self, shop: str, name: MailName, language: Spoken) -> MailTemplate | None:
        """The shop's own text of an email; None if it uses the default text."""
        item = self.table.get(keys.shop(shop), keys.template(name, language))
        return msgspec.json.decode(item["template"], type=MailTemplate | None) if item else None

    def save_template(self, shop: str, name: MailName, language: Spoken, template: MailTemplate | None) -> None:
        """Save the shop's own text of an email; None for the default text."""
        self.table.put(
            {"pk": keys.shop(shop), "sk": keys.template(name, language), "template": _encode(template).decode()}
        )

    def policy(self, shop: str, version: int) -> Policy | None:
        """A version of the shop's policy; version 1 is the default."""
        return DEFAULT if version == 1 else self._version(shop, f"P#{version:06d}", Policy)

    def add_policy(self, shop: str, policy: Policy) -> Policy:
        """Save a policy as the next version."""
        return self._add(shop, "P#", policy, first=2)

    def calendar(self, shop: str, name: str) -> Calendar | None:
        """A calendar by its `<id>@<version>`."""
        identifier, _, version = name.rpartition("@")
        return self._version(shop, f"K#{identifier}#{int(version):06d}", Calendar)

    def newest_calendar(self, shop: str, calendar: str) -> Calendar | None:
        """The newest version of the calendar with this id."""
        version = self._newest(shop, f"K#{calendar}#")
        return self.calendar(shop, f"{calendar}@{version}") if version else None

    def newest_calendars(self, shop: str) -> list[Calendar]:
        """The newest version of each of the shop's calendars, by id: two queries for each, however many versions."""
        newest: list[Calendar] = []
        after = "K#"
        while True:
            item = next(self.table.query(keys.shop(shop), between=(after, "K$"), page=1, attributes=("sk",)), None)
            if item is None:
                return newest
            _, identifier, _ = item["sk"].split("#")
            calendar = self.newest_calendar(shop, identifier)
            newest += [calendar] if calendar else []
            after = f"K#{identifier}#:"

    def add_calendar(self, shop: str, calendar: Calendar) -> Calendar:
        """Save a calendar as the next version."""
        return self._add(shop, f"K#{calendar.id}#", calendar, first=1)

    def warn(self, shop: str, warning: str, now: Instant) -> None:
        """Have the relay send the shop a warning about a calendar, once."""
        ttl = (now + WARNING_DAYS * DAY_MS) // SECOND_MS
        with suppress(ConditionFailed):  # the warning was stored before
            self.table.put({"pk": f"CALENDAR#{shop}", "sk": warning, "relay": "notices", "ttl": ttl}, only_new=True)

    def _add(self, shop: str, prefix: str, value: V, first: int) -> V:
        """Save a value as the next version, the first of which is `first`."""
        while True:
            version = max(first, (self._newest(shop, prefix) or 0) + 1)
            stored = replace(value, version=version)
            item: Item = {"pk": keys.shop(shop), "sk": f"{prefix}{version:06d}", "value": _encode(stored).decode()}
            try:
                self.table.put(item, only_new=True)
            except ConditionFailed:  # somebody added a version just now
                continue
            return stored

    def _newest(self, shop: str, prefix: str) -> int | None:
        newest = next(self.table.query(keys.shop(shop), between=(prefix, prefix + ":"), backwards=True, page=1), None)
        return int(newest["sk"].removeprefix(prefix)) if newest else None

    def _version(self, shop: str, sort: str, kind: type[V]) -> V | None:
        try:
            value: V = self._read(shop, sort, kind)
        except LookupError:  # not cached, since the version may be saved later
            return None
        return value

    def _read_version(self, shop: str, sort: str, kind: type[V]) -> V:
        item = self.table.get(keys.shop(shop), sort)
        if item is None:
            raise LookupError
        value: V = msgspec.json.decode(item["value"], type=kind)
        return value
