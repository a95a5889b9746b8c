"""A shop with its calendar, secrets, orders and platforms, in memory."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import msgspec
from msgspec.structs import replace

from chalicelib.domain.kernel.enums import Source
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.secret import Secret
from chalicelib.domain.kernel.timestamps import Instant, parse_instant
from chalicelib.domain.notifications.templates import MailName, MailTemplate, Spoken
from chalicelib.domain.orders.order import plain_name
from chalicelib.domain.orders.order_payload import OrderUpdate
from chalicelib.domain.orders.order_record import OrderRecord
from chalicelib.domain.platforms.events import PlatformReturn, ReturnLine
from chalicelib.domain.platforms.reconciliation import OrderPage, Reconciliation
from chalicelib.domain.shops.shop import Shop
from chalicelib.domain.shops.webhook_sources import Access, WebhookSecrets
from chalicelib.domain.sla.calendars import OFFICE_HOURS, WEEKDAYS, Calendar
from chalicelib.domain.sla.policies import Policy
from chalicelib.usecases.ports import Page, VersionConflict

NOON = parse_instant("2026-11-20T12:00:00+08:00")


SHOP = Shop(
    id="demo",
    name="Lantern & Loom",
    time_zone="Asia/Shanghai",
    locale="zh-CN",
    mail_from="care@example.com",
    calendar="CN",
)


OFFICE = Calendar(id="CN", version=1, time_zone="Asia/Shanghai", hours=dict.fromkeys(WEEKDAYS[:5], OFFICE_HOURS))


class FakeSales:
    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], OrderRecord] = {}
        self.dirty: set[str] = set()
        self.ledgers: dict[str, int] = {}
        """Those of the cases: what is told of money advances them, as the table does."""

    def load(self, shop: str, order: str) -> OrderRecord | None:
        plain = plain_name(order)
        others = [one for one in self.kept.values() if one.shop == shop and one.external_id != plain]
        called = next((one for one in others if plain in map(plain_name, (one.external_id, one.number or ""))), None)
        own = self.kept.get((shop, plain))
        return called if called is not None and (own is None or own.is_of_statements) else own

    def load_by_id(self, shop: str, order: str) -> OrderRecord | None:
        return self.kept.get((shop, order))

    def save(
        self, before: OrderRecord, sale: OrderRecord, shop: Shop, dirty: frozenset[str], now: Instant
    ) -> OrderRecord:
        known = self.kept.get((sale.shop, sale.external_id))
        if (known.version if known else 0) != before.version:
            raise VersionConflict
        if before.money != sale.money:
            for name in {plain_name(one) for one in (sale.external_id, sale.number or sale.external_id)}:
                self.ledgers[name] = self.ledgers.get(name, 0) + 1
        kept = replace(sale, version=before.version + 1)
        self.kept[sale.shop, sale.external_id] = msgspec.json.decode(msgspec.json.encode(kept), type=OrderRecord)
        self.dirty |= dirty
        return self.kept[sale.shop, sale.external_id]

    def of_customer(self, shop: str, customer: str, limit: int, after: str | None) -> Page:
        return Page([one for one in self.kept.values() if one.customer and key_of_id(one.customer) == customer][:limit])


class FakeShops:
    def __init__(self) -> None:
        self.kept = {SHOP.id: SHOP}
        self.policies: dict[tuple[str, int], Policy] = {}
        self.templates: dict[tuple[str, str, str], MailTemplate | None] = {}
        self.warned: dict[tuple[str, str], Instant] = {}
        self.calendars: dict[tuple[str, str], Calendar] = {(SHOP.id, OFFICE.name): OFFICE}

    def shop(self, shop: str, fresh: bool = True) -> Shop | None:
        return self.kept.get(shop)

    def shops(self) -> list[Shop]:
        return list(self.kept.values())

    def save(self, shop: Shop) -> None:
        self.kept[shop.id] = shop

    def template(self, shop: str, name: MailName, language: Spoken) -> MailTemplate | None:
        return self.templates.get((shop, name, language))

    def save_template(self, shop: str, name: MailName, language: Spoken, template: MailTemplate | None) -> None:
        self.templates[shop, name, language] = template

    def policy(self, shop: str, version: int) -> Policy | None:
        return self.policies.get((shop, version), Policy() if version == 1 else None)

    def add_policy(self, shop: str, policy: Policy) -> Policy:
        version = max((known for owner, known in self.policies if owner == shop), default=1) + 1
        self.policies[shop, version] = replace(policy, version=version)
        return self.policies[shop, version]

    def calendar(self, shop: str, name: str) -> Calendar | None:
        return self.calendars.get((shop, name))

    def newest_calendar(self, shop: str, calendar: str) -> Calendar | None:
        known = [one for (owner, _), one in self.calendars.items() if owner == shop and one.id == calendar]
        return max(known, key=lambda one: one.version, default=None)

    def add_calendar(self, shop: str, calendar: Calendar) -> Calendar:
        newest = self.newest_calendar(shop, calendar.id)
        kept = replace(calendar, version=(newest.version if newest else 0) + 1)
        self.calendars[shop, kept.name] = kept
        return kept

    def warn(self, shop: str, warning: str, now: Instant) -> None:
        self.warned.setdefault((shop, warning), now)


class FakeSecrets:
    def __init__(self) -> None:
        self.endpoints: dict[str, tuple[Secret, ...]] = {}
        self.accesses: dict[str, Access] = {}
        self.hooks = WebhookSecrets(
            standard="whsec_c2VjcmV0LW9mLXRoZS1kZW1vLXNob3A=", shopify="shopify-secret", woocommerce="woo-secret"
        )

    def endpoint_secrets(self, shop: str, need: str | None = None) -> dict[str, tuple[Secret, ...]]:
        return self.endpoints

    def save_endpoint_secrets(self, shop: str, secrets: dict[str, tuple[Secret, ...]]) -> None:
        self.endpoints = secrets

    def hook_secrets(self, shop: str, fresh: bool = False) -> WebhookSecrets | None:
        return self.hooks if shop == SHOP.id else None

    def save_webhook_secrets(self, shop: str, kept: WebhookSecrets) -> None:
        self.hooks = kept

    def access(self, shop: str, source: Source) -> Access | None:
        return self.accesses.get(source)

    def save_access(self, shop: str, source: Source, access: Access) -> None:
        self.accesses[source] = access

    def make_webhook_secrets(self, shop: str, made: WebhookSecrets) -> None:
        pass

    def token_key(self) -> str:
        return "a-key-for-tests"


@dataclass
class FakePlatforms:
    """A platform that answers what it is told to answer, as it was recorded."""

    orders: dict[str, OrderUpdate] = field(default_factory=dict)
    returns: dict[str, tuple[ReturnLine, ...]] = field(default_factory=dict)
    whole_returns: dict[str, PlatformReturn] = field(default_factory=dict)
    changed: list[OrderPage] = field(default_factory=list)
    """Pages of orders that changed; each leads to the next."""
    asked: list[str] = field(default_factory=list)
    trouble: Exception | None = None

    def orders_since(self, shop: str, source: Source, since: Instant, cursor: str | None) -> OrderPage | None:
        self._ask(f"orders since {since} from {cursor}")
        place = int(cursor or 0)
        more = str(place + 1) if place + 1 < len(self.changed) else None
        return OrderPage(self.changed[place].orders, more) if self.changed else None

    def order(self, shop: str, source: Source, order: str) -> OrderUpdate | None:
        self._ask(f"order {order}")
        return self.orders.get(order)

    def return_lines(self, shop: str, source: Source, identifier: str) -> tuple[ReturnLine, ...] | None:
        self._ask(f"return {identifier}")
        return self.returns.get(identifier)

    def returned(self, shop: str, source: Source, identifier: str) -> PlatformReturn | None:
        self._ask(f"whole return {identifier}")
        return self.whole_returns.get(identifier)

    def _ask(self, asked: str) -> None:
        self.asked.append(asked)
        if self.trouble:
            raise self.trouble


class FakeReconciliations:
    def __init__(self) -> None:
        self.kept: dict[tuple[str, str, str, int], Reconciliation] = {}

    def add(self, asked: Reconciliation) -> None:
        self.kept.setdefault((asked.shop, asked.source, asked.day, asked.page), asked)

    def load(self, asked: Reconciliation) -> Reconciliation | None:
        return self.kept.get((asked.shop, asked.source, asked.day, asked.page))

    def settle(self, done: Reconciliation) -> None:
        self.kept[done.shop, done.source, done.day, done.page] = done

    def newest(self, shop: str, source: Source) -> Iterator[Reconciliation]:
        found = [one for key, one in self.kept.items() if key[:2] == (shop, source)]
        return iter(sorted(found, key=lambda one: (one.day, one.page), reverse=True))
