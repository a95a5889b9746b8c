"""The services: everything a use case may call, in one object that tests can fill with fakes."""

from typing import Protocol

from msgspec.structs import replace

from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.rules import Rules
from chalicelib.domain.kernel.errors import NotFound
from chalicelib.domain.shops.shop import Shop
from chalicelib.domain.sla.calendars import ALWAYS, ALWAYS_NAME, Calendar
from chalicelib.usecases import ports
from chalicelib.usecases.ports.registries import Registries


class Services(Protocol):
    """Made once per process by `bootstrap.services()`; each part is made on first use."""

    @property
    def registries(self) -> Registries:
        """What the capabilities have registered, such as event reducers and follow-ups."""

    @property
    def cases(self) -> ports.CaseStore:
        """Cases and their events."""

    @property
    def receipts(self) -> ports.ReceiptStore:
        """Inbound messages, as they were received."""

    @property
    def shops(self) -> ports.ShopStore:
        """Shops, their policies, calendars and email templates."""

    @property
    def order_records(self) -> ports.OrderStore:
        """Orders as their shops report them."""

    @property
    def customers(self) -> ports.CustomerStore:
        """Customers."""

    @property
    def agents(self) -> ports.AgentStore:
        """The agents of a shop, their status, and the routing queue."""

    @property
    def identities(self) -> ports.IdentityStore:
        """Which customer an email address, phone number or platform id belongs to."""

    @property
    def vault(self) -> ports.Keys:
        """The keys that encrypt personal data."""

    @property
    def secrets(self) -> ports.Secrets:
        """Webhook secrets, accesses to platforms, and the key of signed links."""

    @property
    def mailer(self) -> ports.Mailer:
        """Sends emails."""

    @property
    def threads(self) -> ports.Threads:
        """Which case an email thread belongs to."""

    @property
    def pages(self) -> ports.PageRenderer:
        """Renders pages and emails."""

    @property
    def idempotency(self) -> ports.IdempotencyKeys:
        """Idempotency keys."""

    @property
    def deliveries(self) -> ports.DeliveryStore:
        """Outbound webhook deliveries."""

    @property
    def webhook_client(self) -> ports.WebhookClient:
        """Sends outbound webhooks."""

    @property
    def platforms(self) -> ports.Platforms:
        """The APIs of shops' platforms."""

    @property
    def reconciliations(self) -> ports.ReconciliationStore:
        """The nightly comparison of orders with the platforms."""

    @property
    def settlements(self) -> ports.SettlementStore:
        """Statements of payment services, and money that waits for a proof."""

    @property
    def help_requests(self) -> ports.HelpStore:
        """Requests for help in the customer portal."""

    @property
    def exports(self) -> ports.ExportStore:
        """Exports of personal data."""

    @property
    def uploads(self) -> ports.Uploads:
        """Uploaded evidence and other files."""

    @property
    def api_url(self) -> str:
        """The base URL of links in emails."""

    @property
    def inbound_domain(self) -> str:
        """The domain of inbound email addresses; empty if there is none."""

    def now(self) -> int:
        """The current instant, in milliseconds since 1970."""

    def pause(self, attempt: int) -> None:
        """Wait before a retry, longer after each attempt (counted from 0)."""


MAX_NAME = 40
"""The most characters of the id of a shop or calendar."""


def shop_of(services: Services, shop: str, fresh: bool = True) -> Shop:
    """The shop with this id. `NotFound` if there is none. To open a case it must be `fresh`, for the versions of its
    policy and calendar."""
    stored = services.shops.shop(shop, fresh) if len(shop) <= MAX_NAME else None
    if stored is None:
        raise NotFound(f"There is no shop {shop!r}.")
    return stored


def rules_of(services: Services, shop: str, policy: int, calendar: str) -> Rules:
    """The rules of a case: the versions of policy and calendar that its opening names. `NotFound` if one is missing."""
    stored = services.shops.policy(shop, policy)
    if stored is None:
        raise NotFound(f"Shop {shop!r} has no policy version {policy}.")
    return Rules(stored, calendar_of(services, shop, calendar))


def with_shift(services: Services, case: Case, rules: Rules) -> Rules:
    """The rules with the shift of the agent who has the case, if the policy limits how long an agent may be silent."""
    if rules.policy.routing.silence_seconds is None or case.routing.held_by is None or case.routing.shift is None:
        return rules
    if case.routing.shift_calendar is not None:
        return replace(rules, shift=calendar_of(services, case.shop, case.routing.shift_calendar))
    newest = services.shops.newest_calendar(
        case.shop, case.routing.shift
    )  # assigned before the version was stored with it
    return rules if newest is None else replace(rules, shift=newest)


def calendar_of(services: Services, shop: str, name: str) -> Calendar:
    """A calendar by its `<id>@<version>`. `NotFound` if there is none."""
    calendar = ALWAYS if name == ALWAYS_NAME else services.shops.calendar(shop, name)
    if calendar is None:
        raise NotFound(f"Shop {shop!r} has no calendar {name!r}.")
    return calendar
