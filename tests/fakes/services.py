"""All services in memory, composed of the fakes of each capability."""

import itertools
import json
from dataclasses import dataclass, field
from typing import Any

import time_machine

from chalicelib.domain.kernel.timestamps import Instant, format_instant, to_datetime
from chalicelib.registries import Registries
from chalicelib.usecases.intake.process_receipt import process_receipt
from chalicelib.usecases.intake.read_receipt import read_receipt
from chalicelib.usecases.intake.receive_webhook import receive_webhook
from chalicelib.usecases.ports.intake import Receipt
from tests.fakes.cases import FakeCases, FakeIdempotencyKeys
from tests.fakes.composer import FakeAgentFiles, FakeDrafts, FakeMacros, FakeMentions, FakePendingReplies
from tests.fakes.customers import FakeCustomers, FakeExports, FakeHelpRequests, FakeIdentities, FakeVault
from tests.fakes.decided_order import check_decided_order
from tests.fakes.desk import FakeBulks, FakeDesk
from tests.fakes.email import FakeMailer, FakePages, FakeThreads
from tests.fakes.files import FakeUploads
from tests.fakes.insights_store import FakeFeedback, FakeFindings, FakeModels
from tests.fakes.intake import FakeReceipts
from tests.fakes.live import FakeFeed, FakeSockets, FakeSocketSender
from tests.fakes.orders import FakeOrderRecords
from tests.fakes.platforms import FakePlatforms, FakeReconciliations
from tests.fakes.read_ahead import FakeReadAhead
from tests.fakes.routing import FakeAgents
from tests.fakes.search import FakeWords
from tests.fakes.settlement import FakeSettlements
from tests.fakes.shops import NOON, SHOP, FakeSecrets, FakeSettingChanges, FakeShops
from tests.fakes.webhooks_out import FakeDeliveries, FakeWebhookClient
from tests.support.platforms.signatures import signature


@dataclass
class FakeServices:
    """All services in memory; a test sets their time."""

    time: Instant = NOON
    registries: Registries = field(default_factory=Registries)
    cases: FakeCases = field(default_factory=FakeCases)
    receipts: FakeReceipts = field(default_factory=FakeReceipts)
    shops: FakeShops = field(default_factory=FakeShops)
    setting_changes: FakeSettingChanges = field(default_factory=FakeSettingChanges)
    order_records: FakeOrderRecords = field(default_factory=FakeOrderRecords)
    customers: FakeCustomers = field(default_factory=FakeCustomers)
    vault: FakeVault = field(default_factory=FakeVault)
    identities: FakeIdentities = field(init=False)
    settlements: FakeSettlements = field(init=False)
    agents: FakeAgents = field(init=False)
    desk: FakeDesk = field(init=False)
    bulks: FakeBulks = field(default_factory=FakeBulks)
    secrets: FakeSecrets = field(default_factory=FakeSecrets)
    mailer: FakeMailer = field(default_factory=FakeMailer)
    threads: FakeThreads = field(default_factory=FakeThreads)
    pages: FakePages = field(default_factory=FakePages)
    idempotency: FakeIdempotencyKeys = field(default_factory=FakeIdempotencyKeys)
    deliveries: FakeDeliveries = field(default_factory=FakeDeliveries)
    webhook_client: FakeWebhookClient = field(default_factory=FakeWebhookClient)
    platforms: FakePlatforms = field(default_factory=FakePlatforms)
    reconciliations: FakeReconciliations = field(default_factory=FakeReconciliations)
    help_requests: FakeHelpRequests = field(default_factory=FakeHelpRequests)
    exports: FakeExports = field(default_factory=FakeExports)
    uploads: FakeUploads = field(default_factory=FakeUploads)
    words: FakeWords = field(default_factory=FakeWords)
    feed: FakeFeed = field(init=False)
    sockets: FakeSockets = field(default_factory=FakeSockets)
    socket_sender: FakeSocketSender = field(default_factory=FakeSocketSender)
    live_url: str = "wss://live.example.com/api"
    macros: FakeMacros = field(default_factory=FakeMacros)
    drafts: FakeDrafts = field(default_factory=FakeDrafts)
    pending_replies: FakePendingReplies = field(init=False)
    mentions: FakeMentions = field(default_factory=FakeMentions)
    agent_files: FakeAgentFiles = field(default_factory=FakeAgentFiles)
    feedback: FakeFeedback = field(default_factory=FakeFeedback)
    findings: FakeFindings = field(default_factory=FakeFindings)
    models: FakeModels = field(default_factory=FakeModels)
    ahead: FakeReadAhead = field(default_factory=FakeReadAhead)
    api_url: str = "https://api.example.com"
    inbound_domain: str = "in.example.com"
    _deliveries: "itertools.count[int]" = field(default_factory=itertools.count)

    def __post_init__(self) -> None:
        self.identities = FakeIdentities(self.customers)
        self.agents = self.cases.agents
        self.desk = FakeDesk(self.cases)
        self.feed = FakeFeed(self.cases)
        self.pending_replies = FakePendingReplies(self.drafts)
        self.settlements = FakeSettlements(self.cases)
        self.order_records.ledgers = self.cases.ledgers
        check_decided_order(self)

    def now(self) -> int:
        """The time that the test has set."""
        return self.time

    def pause(self, attempt: int) -> None:
        """Retries wait no time here."""

    def hook(self, kind: str, data: dict[str, Any], delivery: str | None = None) -> Receipt:
        """A standard webhook of the shop, received and processed; its receipt afterwards."""
        received = self.deliver(kind, data, delivery)
        process_receipt(self, received.id)
        receipt = read_receipt(self, received.id)
        assert receipt is not None
        return receipt

    def deliver(self, kind: str, data: dict[str, Any], delivery: str | None = None) -> Receipt:
        """A standard webhook of the shop, signed and received but not processed."""
        body = json.dumps({"type": kind, "timestamp": format_instant(self.time), "data": data}).encode()
        delivery = delivery or f"delivery-{next(self._deliveries)}"
        headers = signature(self.secrets.hooks.standard, delivery, self.time // 1000, body)
        with time_machine.travel(to_datetime(self.time), tick=False):  # the signature library has a clock of its own
            accepted = receive_webhook(self, SHOP.id, "standard", headers, body)
        assert accepted is not None
        return accepted.receipt
