"""The stores of shops, their secrets and their orders, and the clients of their platforms."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from chalicelib.domain.kernel.enums import Source
from chalicelib.domain.kernel.secret import Secret
from chalicelib.domain.kernel.timestamps import Day, Instant
from chalicelib.domain.notifications.templates import MailName, MailTemplate, Spoken
from chalicelib.domain.orders.order_payload import OrderUpdate
from chalicelib.domain.orders.order_record import OrderRecord
from chalicelib.domain.platforms.events import PlatformReturn, ReturnLine
from chalicelib.domain.platforms.reconciliation import OrderPage, Reconciliation
from chalicelib.domain.shops.setting_changes import SettingChange, SettingPage
from chalicelib.domain.shops.shop import Shop
from chalicelib.domain.shops.webhook_sources import Access, WebhookSecrets
from chalicelib.domain.sla.calendars import Calendar
from chalicelib.domain.sla.policies import Policy
from chalicelib.usecases.ports.cases import Page


class OrderStore(Protocol):
    """Orders as their shops report them."""

    def load(self, shop: str, order: str) -> OrderRecord | None:
        """The record of an order, by its id or by the number people use for it; None if nothing was reported."""

    def load_by_id(self, shop: str, order: str) -> OrderRecord | None:
        """The record of the order with this id, whatever other order has it as its number."""

    def save(
        self, before: OrderRecord, record: OrderRecord, shop: Shop, changed_days: frozenset[Day], now: Instant
    ) -> OrderRecord:
        """Save a record in place of `before`, and mark past days whose metrics must be computed again. The record with
        its new version. `VersionConflict` if somebody else has changed it."""

    def of_customer(self, shop: str, customer: str, limit: int, after: str | None) -> Page:
        """A page of a customer's order records, the newest first. `customer`: the key of the customer; `after`: the
        cursor of the page before."""


class SettingChangeStore(Protocol):
    """The changes of shops' settings. They are kept as long as the shop."""

    def add(self, change: SettingChange) -> None:
        """Store a change; storing it again changes nothing."""

    def newest(self, shop: str, pages: Sequence[SettingPage], limit: int, after: str | None) -> Page:
        """A page of the changes on these pages of settings, the newest first. `after`: the cursor of the page
        before."""

    def last(self, shop: str, pages: Sequence[SettingPage]) -> Mapping[str, SettingChange]:
        """The newest change on each of these pages that has one."""


class ShopStore(Protocol):
    """Shops, their email templates, and the versions of their policies and calendars. Versions never change."""

    def shop(self, shop: str, fresh: bool = True) -> Shop | None:
        """The shop as last saved; unless `fresh`, perhaps as it was up to a minute ago. None if there is none."""

    def shops(self) -> list[Shop]:
        """All shops."""

    def save(self, shop: Shop) -> None:
        """Save a shop in place of what was saved before."""

    def template(self, shop: str, name: MailName, language: Spoken) -> MailTemplate | None:
        """The shop's own text of an email; None if it uses the default text."""

    def save_template(self, shop: str, name: MailName, language: Spoken, template: MailTemplate | None) -> None:
        """Save the shop's own text of an email; None for the default text."""

    def policy(self, shop: str, version: int) -> Policy | None:
        """A version of the shop's policy; version 1 is the default. None if there is no such version."""

    def add_policy(self, shop: str, policy: Policy) -> Policy:
        """Save a policy as the next version; the policy with its version."""

    def calendar(self, shop: str, name: str) -> Calendar | None:
        """A calendar by its `<id>@<version>`; None if there is none."""

    def newest_calendar(self, shop: str, calendar: str) -> Calendar | None:
        """The newest version of the calendar with this id; None if there is none."""

    def newest_calendars(self, shop: str) -> list[Calendar]:
        """The newest version of each of the shop's calendars, by id."""

    def add_calendar(self, shop: str, calendar: Calendar) -> Calendar:
        """Save a calendar as the next version; the calendar with its version."""

    def warn(self, shop: str, warning: str, now: Instant) -> None:
        """Have the relay send the shop a warning about a calendar, once. `warning`: `<calendar>#<why>#<what>`."""


class Secrets(Protocol):
    """Webhook secrets, accesses to platforms, and the key of signed links. Values may be some minutes old."""

    def hook_secrets(self, shop: str, fresh: bool = False) -> WebhookSecrets | None:
        """The shop's secrets for inbound webhooks, by source; `fresh`: at most a few seconds old. None if there is no
        such shop."""

    def make_webhook_secrets(self, shop: str, made: WebhookSecrets) -> None:
        """Save a new shop's webhook secrets; existing ones are not replaced."""

    def save_webhook_secrets(self, shop: str, secrets: WebhookSecrets) -> None:
        """Save a shop's webhook secrets in place of those before."""

    def access(self, shop: str, source: Source) -> Access | None:
        """The host and token for this shop's platform; None if they were not set."""

    def save_access(self, shop: str, source: Source, access: Access) -> None:
        """Save the host and token for this shop's platform."""

    def token_key(self) -> str:
        """The key that signs links in emails; it is made on first use."""

    def endpoint_secrets(self, shop: str, need: str | None = None) -> dict[str, tuple[Secret, ...]]:
        """The secrets of the shop's webhook endpoints by endpoint, the newest first. They are read again unless they
        are in memory with those of the endpoint `need`."""

    def save_endpoint_secrets(self, shop: str, secrets: dict[str, tuple[Secret, ...]]) -> None:
        """Save the secrets of all webhook endpoints of a shop."""


class Platforms(Protocol):
    """The API of a shop's platform. Each method gives None if no access is set or the platform does not know the
    object, and raises `RetryLater` if the platform does not respond or limits the rate."""

    def order(self, shop: str, source: Source, order: str) -> OrderUpdate | None:
        """The order as the platform has it now."""

    def orders_since(self, shop: str, source: Source, since: Instant, cursor: str | None) -> OrderPage | None:
        """A page of the orders that the platform has changed since this instant. `cursor`: that of the page before."""

    def returned(self, shop: str, source: Source, identifier: str) -> PlatformReturn | None:
        """The return as the platform has it now."""

    def return_lines(self, shop: str, source: Source, identifier: str) -> tuple[ReturnLine, ...] | None:
        """The lines of the return as the platform has it now."""


class ReconciliationStore(Protocol):
    """The nightly comparison of orders with the platforms, page by page."""

    def add(self, page: Reconciliation) -> None:
        """Have the relay send a page to be compared; no effect if it was added before."""

    def load(self, page: Reconciliation) -> Reconciliation | None:
        """The page as it is stored; None if there is none."""

    def settle(self, page: Reconciliation) -> None:
        """Save a page with its result."""

    def newest(self, shop: str, source: Source) -> Iterator[Reconciliation]:
        """The pages of a source, those of the newest day first."""
