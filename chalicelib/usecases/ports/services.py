"""The services, a protocol for each. A use case names those that it uses, and no others.

Only the type checker reads this module and what is made of it: a protocol takes 57 µs to make, at every cold start.
"""

from typing import Protocol

from chalicelib.usecases.ports.cases import CaseStore, IdempotencyKeys
from chalicelib.usecases.ports.composer import (
    AgentFileStore,
    DraftStore,
    MacroStore,
    MentionStore,
    PendingReplyStore,
)
from chalicelib.usecases.ports.customers import CustomerStore, ExportStore, HelpStore, IdentityStore, Keys
from chalicelib.usecases.ports.desk import BulkStore, DeskStore
from chalicelib.usecases.ports.email import Mailer, PageRenderer, Threads
from chalicelib.usecases.ports.files import Uploads
from chalicelib.usecases.ports.insights import FeedbackStore, FindingStore, ModelStore
from chalicelib.usecases.ports.intake import ReceiptStore
from chalicelib.usecases.ports.live import FeedStore, SocketSender, SocketStore
from chalicelib.usecases.ports.read_ahead import ReadAhead
from chalicelib.usecases.ports.registries import Registries
from chalicelib.usecases.ports.routing import AgentStore
from chalicelib.usecases.ports.search import WordStore
from chalicelib.usecases.ports.settlement import SettlementStore
from chalicelib.usecases.ports.shops import (
    OrderStore,
    Platforms,
    ReconciliationStore,
    Secrets,
    SettingChangeStore,
    ShopStore,
)
from chalicelib.usecases.ports.sign_in import IdentityProvider, SessionStore, StaffPool
from chalicelib.usecases.ports.webhooks_out import DeliveryStore, WebhookClient


class HasRegistries(Protocol):
    """What the capabilities have registered, such as event reducers and follow-ups."""

    @property
    def registries(self) -> Registries:
        """What the capabilities have registered, such as event reducers and follow-ups."""


class HasCases(Protocol):
    """Cases and their events."""

    @property
    def cases(self) -> CaseStore:
        """Cases and their events."""


class HasReceipts(Protocol):
    """Inbound messages, as they were received."""

    @property
    def receipts(self) -> ReceiptStore:
        """Inbound messages, as they were received."""


class HasShops(Protocol):
    """Shops, their policies, calendars and email templates."""

    @property
    def shops(self) -> ShopStore:
        """Shops, their policies, calendars and email templates."""


class HasSettingChanges(Protocol):
    """Who changed which of a shop's settings, and when."""

    @property
    def setting_changes(self) -> SettingChangeStore:
        """Who changed which of a shop's settings, and when."""


class HasOrderRecords(Protocol):
    """Orders as their shops report them."""

    @property
    def order_records(self) -> OrderStore:
        """Orders as their shops report them."""


class HasCustomers(Protocol):
    """Customers."""

    @property
    def customers(self) -> CustomerStore:
        """Customers."""


class HasAgents(Protocol):
    """The agents of a shop, their status, and the routing queue."""

    @property
    def agents(self) -> AgentStore:
        """The agents of a shop, their status, and the routing queue."""


class HasIdentities(Protocol):
    """Which customer an email address, phone number or platform id belongs to."""

    @property
    def identities(self) -> IdentityStore:
        """Which customer an email address, phone number or platform id belongs to."""


class HasVault(Protocol):
    """The keys that encrypt personal data."""

    @property
    def vault(self) -> Keys:
        """The keys that encrypt personal data."""


class HasSecrets(Protocol):
    """Webhook secrets, accesses to platforms, and the key of signed links."""

    @property
    def secrets(self) -> Secrets:
        """Webhook secrets, accesses to platforms, and the key of signed links."""


class HasSignIn(Protocol):
    """Sessions of the agents' desk, and the managed login that they begin with."""

    @property
    def sessions(self) -> SessionStore:
        """Sessions of the agents' desk."""

    @property
    def identity_provider(self) -> IdentityProvider:
        """The user pool's managed login."""


class HasStaffPool(Protocol):
    """The user pool that staff sign in with."""

    @property
    def staff(self) -> StaffPool:
        """The user pool that staff sign in with."""


class HasMailer(Protocol):
    """Sends emails."""

    @property
    def mailer(self) -> Mailer:
        """Sends emails."""


class HasThreads(Protocol):
    """Which case an email thread belongs to."""

    @property
    def threads(self) -> Threads:
        """Which case an email thread belongs to."""


class HasPages(Protocol):
    """Renders pages and emails."""

    @property
    def pages(self) -> PageRenderer:
        """Renders pages and emails."""


class HasDesk(Protocol):
    """The desk's lists of open work, and what each agent has seen."""

    @property
    def desk(self) -> DeskStore:
        """The desk's lists of open work, and what each agent has seen."""


class HasBulks(Protocol):
    """Commands on many cases at once."""

    @property
    def bulks(self) -> BulkStore:
        """Commands on many cases at once."""


class HasIdempotency(Protocol):
    """Idempotency keys."""

    @property
    def idempotency(self) -> IdempotencyKeys:
        """Idempotency keys."""


class HasDeliveries(Protocol):
    """Outbound webhook deliveries."""

    @property
    def deliveries(self) -> DeliveryStore:
        """Outbound webhook deliveries."""


class HasWebhookClient(Protocol):
    """Sends outbound webhooks."""

    @property
    def webhook_client(self) -> WebhookClient:
        """Sends outbound webhooks."""


class HasPlatforms(Protocol):
    """The APIs of shops' platforms."""

    @property
    def platforms(self) -> Platforms:
        """The APIs of shops' platforms."""


class HasReconciliations(Protocol):
    """The nightly comparison of orders with the platforms."""

    @property
    def reconciliations(self) -> ReconciliationStore:
        """The nightly comparison of orders with the platforms."""


class HasSettlements(Protocol):
    """Statements of payment services, and money that waits for a proof."""

    @property
    def settlements(self) -> SettlementStore:
        """Statements of payment services, and money that waits for a proof."""


class HasHelpRequests(Protocol):
    """Requests for help in the customer portal."""

    @property
    def help_requests(self) -> HelpStore:
        """Requests for help in the customer portal."""


class HasExports(Protocol):
    """Exports of personal data."""

    @property
    def exports(self) -> ExportStore:
        """Exports of personal data."""


class HasUploads(Protocol):
    """Uploaded evidence and other files."""

    @property
    def uploads(self) -> Uploads:
        """Uploaded evidence and other files."""


class HasWords(Protocol):
    """The index of words, by which cases are found."""

    @property
    def words(self) -> WordStore:
        """The index of words, by which cases are found."""


class HasMacros(Protocol):
    """A shop's macros."""

    @property
    def macros(self) -> MacroStore:
        """A shop's macros."""


class HasDrafts(Protocol):
    """What agents are writing."""

    @property
    def drafts(self) -> DraftStore:
        """What agents are writing."""


class HasPendingReplies(Protocol):
    """Replies that wait until they are due."""

    @property
    def pending_replies(self) -> PendingReplyStore:
        """Replies that wait until they are due."""


class HasMentions(Protocol):
    """The mentions that agents have not read."""

    @property
    def mentions(self) -> MentionStore:
        """The mentions that agents have not read."""


class HasAgentFiles(Protocol):
    """The files that agents upload."""

    @property
    def agent_files(self) -> AgentFileStore:
        """The files that agents upload."""


class HasApiUrl(Protocol):
    """The base URL of links in emails."""

    @property
    def api_url(self) -> str:
        """The base URL of links in emails."""


class HasInboundDomain(Protocol):
    """The domain of inbound email addresses; empty if there is none."""

    @property
    def inbound_domain(self) -> str:
        """The domain of inbound email addresses; empty if there is none."""


class HasFeed(Protocol):
    """The changes feeds of the shops."""

    @property
    def feed(self) -> FeedStore:
        """The changes feeds of the shops."""


class HasSockets(Protocol):
    """The sockets of open pages, and sending to them."""

    @property
    def sockets(self) -> SocketStore:
        """The sockets of open pages."""

    @property
    def socket_sender(self) -> SocketSender:
        """Sends texts to open pages."""


class HasLiveUrl(Protocol):
    """The address of sockets."""

    @property
    def live_url(self) -> str:
        """The address of sockets, which begins with `wss:`; with `ws:` locally."""


class HasReadAhead(Protocol):
    """Reads in one request what is about to be read."""

    @property
    def ahead(self) -> ReadAhead:
        """Reads in one request what is about to be read."""


class HasClock(Protocol):
    """The present, and waiting."""

    def now(self) -> int:
        """The current instant, in milliseconds since 1970."""

    def pause(self, attempt: int) -> None:
        """Wait before a retry, longer after each attempt (counted from 0)."""


class HasFeedback(Protocol):
    """What people said, in one shape."""

    @property
    def feedback(self) -> FeedbackStore:
        """What people said, in one shape."""


class HasFindings(Protocol):
    """What nights found in feedback."""

    @property
    def findings(self) -> FindingStore:
        """What nights found in feedback."""


class HasModels(Protocol):
    """The models of shops."""

    @property
    def models(self) -> ModelStore:
        """The models of shops."""


class Services(
    HasRegistries,
    HasCases,
    HasReceipts,
    HasShops,
    HasSettingChanges,
    HasOrderRecords,
    HasCustomers,
    HasAgents,
    HasIdentities,
    HasVault,
    HasSecrets,
    HasMailer,
    HasThreads,
    HasPages,
    HasDesk,
    HasBulks,
    HasIdempotency,
    HasDeliveries,
    HasWebhookClient,
    HasPlatforms,
    HasReconciliations,
    HasSettlements,
    HasHelpRequests,
    HasExports,
    HasUploads,
    HasWords,
    HasMacros,
    HasDrafts,
    HasPendingReplies,
    HasMentions,
    HasAgentFiles,
    HasApiUrl,
    HasInboundDomain,
    HasFeed,
    HasSockets,
    HasLiveUrl,
    HasReadAhead,
    HasFeedback,
    HasFindings,
    HasModels,
    HasClock,
    Protocol,
):
    """All services. Made once per process by `bootstrap.services()`; each part is made on first use."""
