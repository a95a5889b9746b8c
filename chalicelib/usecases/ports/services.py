"""The desk: everything a use case may reach, in one place that tests can fill with fakes."""

from typing import Protocol

from msgspec.structs import replace

from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.rules import Rules
from chalicelib.domain.kernel.errors import NotFound
from chalicelib.domain.shops.shop import Shop
from chalicelib.domain.sla.calendars import ALWAYS, Calendar
from chalicelib.usecases import ports
from chalicelib.usecases.ports.registries import Registries


class Services(Protocol):
    """Made once per process by `bootstrap.desk()`; each part comes to be on first use."""

    @property
    def registries(self) -> Registries: ...
    @property
    def cases(self) -> ports.CaseStore: ...
    @property
    def receipts(self) -> ports.ReceiptStore: ...
    @property
    def shops(self) -> ports.ShopStore: ...
    @property
    def order_records(self) -> ports.OrderStore: ...
    @property
    def customers(self) -> ports.CustomerStore: ...
    @property
    def agents(self) -> ports.AgentStore: ...
    @property
    def identities(self) -> ports.IdentityStore: ...
    @property
    def vault(self) -> ports.Keys: ...
    @property
    def secrets(self) -> ports.Secrets: ...
    @property
    def mailer(self) -> ports.Mailer: ...
    @property
    def threads(self) -> ports.Threads: ...
    @property
    def pages(self) -> ports.PageRenderer: ...
    @property
    def idempotency(self) -> ports.IdempotencyKeys: ...
    @property
    def deliveries(self) -> ports.DeliveryStore: ...
    @property
    def webhook_client(self) -> ports.WebhookClient: ...
    @property
    def platforms(self) -> ports.Platforms: ...
    @property
    def reconciliations(self) -> ports.ReconciliationStore: ...
    @property
    def settlements(self) -> ports.SettlementStore: ...
    @property
    def help_requests(self) -> ports.HelpStore: ...
    @property
    def exports(self) -> ports.ExportStore: ...
    @property
    def uploads(self) -> ports.Uploads: ...
    @property
    def api_url(self) -> str: ...
    @property
    def inbound_domain(self) -> str: ...
    def now(self) -> int:
        """The present instant."""

    def pause(self, attempt: int) -> None:
        """Wait a little, longer at each attempt, before trying again."""


MAX_NAME = 40


def shop_of(services: Services, shop: str, fresh: bool = True) -> Shop:
    """The shop of that id, or NotFound. Opening a case needs it `fresh`, for its versions of policy and calendar."""
    found = services.shops.shop(shop, fresh) if len(shop) <= MAX_NAME else None
    if found is None:
        raise NotFound(f"There is no shop {shop!r}.")
    return found


def rules_of(services: Services, shop: str, policy: int, calendar: str) -> Rules:
    """The rules a case lives by, from the versions its opening names."""
    found = services.shops.policy(shop, policy)
    if found is None:
        raise NotFound(f"Shop {shop!r} has no policy version {policy}.")
    return Rules(found, calendar_of(services, shop, calendar))


def with_shift(services: Services, case: Case, rules: Rules) -> Rules:
    """The rules with the shift of whoever holds the case, where their silence is counted in it."""
    if rules.policy.routing.silence_seconds is None or case.routing.held_by is None or case.routing.shift is None:
        return rules
    if case.routing.shift_calendar is not None:
        return replace(rules, shift=calendar_of(services, case.shop, case.routing.shift_calendar))
    newest = services.shops.newest_calendar(case.shop, case.routing.shift)  # given before the version was written down
    return rules if newest is None else replace(rules, shift=newest)


def calendar_of(services: Services, shop: str, name: str) -> Calendar:
    """A calendar by its `<id>@<version>`."""
    found = ALWAYS if name == ALWAYS.name else services.shops.calendar(shop, name)
    if found is None:
        raise NotFound(f"Shop {shop!r} has no calendar {name!r}.")
    return found
