"""A shop with its calendar, policies and secrets, in memory."""

from collections.abc import Sequence

from msgspec.structs import replace

from chalicelib.domain.kernel.enums import Source
from chalicelib.domain.kernel.secret import Secret
from chalicelib.domain.kernel.timestamps import Instant, parse_instant
from chalicelib.domain.notifications.templates import MailName, MailTemplate, Spoken
from chalicelib.domain.shops.setting_changes import SettingChange, SettingPage
from chalicelib.domain.shops.shop import Shop
from chalicelib.domain.shops.webhook_sources import Access, WebhookSecrets
from chalicelib.domain.sla.calendars import OFFICE_HOURS, WEEKDAYS, Calendar
from chalicelib.domain.sla.policies import Policy
from chalicelib.usecases.ports.cases import Page

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


class FakeShops:
    """Shops with their policies, templates and calendars."""

    def __init__(self) -> None:
        self.stored = {SHOP.id: SHOP}
        self.policies: dict[tuple[str, int], Policy] = {}
        self.templates: dict[tuple[str, str, str], MailTemplate | None] = {}
        self.warned: dict[tuple[str, str], Instant] = {}
        self.calendars: dict[tuple[str, str], Calendar] = {(SHOP.id, OFFICE.name): OFFICE}

    def shop(self, shop: str, fresh: bool = True) -> Shop | None:
        return self.stored.get(shop)

    def shops(self) -> list[Shop]:
        return list(self.stored.values())

    def save(self, shop: Shop) -> None:
        self.stored[shop.id] = shop

    def template(self, shop: str, name: MailName, language: Spoken) -> MailTemplate | None:
        return self.templates.get((shop, name, language))

    def save_template(self, shop: str, name: MailName, language: Spoken, template: MailTemplate | None) -> None:
        self.templates[shop, name, language] = template

    def policy(self, shop: str, version: int) -> Policy | None:
        return self.policies.get((shop, version), Policy() if version == 1 else None)

    def add_policy(self, shop: str, policy: Policy) -> Policy:
        version = max((number for owner, number in self.policies if owner == shop), default=1) + 1
        self.policies[shop, version] = replace(policy, version=version)
        return self.policies[shop, version]

    def calendar(self, shop: str, name: str) -> Calendar | None:
        return self.calendars.get((shop, name))

    def newest_calendar(self, shop: str, calendar: str) -> Calendar | None:
        versions = [row for (owner, _), row in self.calendars.items() if owner == shop and row.id == calendar]
        return max(versions, key=lambda row: row.version, default=None)

    def newest_calendars(self, shop: str) -> list[Calendar]:
        ids = sorted({row.id for (owner, _), row in self.calendars.items() if owner == shop})
        return [row for each in ids if (row := self.newest_calendar(shop, each)) is not None]

    def add_calendar(self, shop: str, calendar: Calendar) -> Calendar:
        newest = self.newest_calendar(shop, calendar.id)
        added = replace(calendar, version=(newest.version if newest else 0) + 1)
        self.calendars[shop, added.name] = added
        return added

    def warn(self, shop: str, warning: str, now: Instant) -> None:
        self.warned.setdefault((shop, warning), now)


class FakeSettingChanges:
    """The changes of settings, in the order of time."""

    def __init__(self) -> None:
        self.stored: list[SettingChange] = []

    def add(self, change: SettingChange) -> None:
        self.stored.append(change)

    def newest(self, shop: str, pages: Sequence[SettingPage], limit: int, after: str | None) -> Page:
        found = [change for change in reversed(self.stored) if change.shop == shop and change.page in pages]
        first = int(after or 0)
        return Page(found[first : first + limit], str(first + limit) if len(found) > first + limit else None)

    def last(self, shop: str, pages: Sequence[SettingPage]) -> dict[str, SettingChange]:
        return {change.page: change for change in self.stored if change.shop == shop and change.page in pages}


class FakeSecrets:
    """A shop's secrets."""

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

    def save_webhook_secrets(self, shop: str, secrets: WebhookSecrets) -> None:
        self.hooks = secrets

    def access(self, shop: str, source: Source) -> Access | None:
        return self.accesses.get(source)

    def save_access(self, shop: str, source: Source, access: Access) -> None:
        self.accesses[source] = access

    def make_webhook_secrets(self, shop: str, made: WebhookSecrets) -> None:
        pass

    def token_key(self) -> str:
        return "a-key-for-tests"
