"""All services in memory."""

import itertools
from dataclasses import dataclass, field
from typing import Any

import time_machine

from chalicelib.domain.kernel.timestamps import Instant, to_datetime
from chalicelib.registries import Registries
from chalicelib.usecases import ports
from tests.fakes.cases import FakeCases, FakeClaims, FakeRoster
from tests.fakes.coming_and_going import FakeCourier, FakeDeliveries, FakeReceipts, FakeUploads
from tests.fakes.mail import FakeMailer, FakePages, FakeThreads
from tests.fakes.people import FakeCustomers, FakeExports, FakeHelps, FakePeople, FakeVault
from tests.fakes.settlements import FakeSettlements
from tests.fakes.shops import NOON, SHOP, FakePlatforms, FakeReconciliations, FakeSales, FakeSecrets, FakeShops


@dataclass
class FakeServices:
    """Services whose time is moved by hand."""

    time: Instant = NOON
    registries: Registries = field(default_factory=Registries)
    cases: FakeCases = field(default_factory=FakeCases)
    receipts: FakeReceipts = field(default_factory=FakeReceipts)
    shops: FakeShops = field(default_factory=FakeShops)
    order_records: FakeSales = field(default_factory=FakeSales)
    customers: FakeCustomers = field(default_factory=FakeCustomers)
    vault: FakeVault = field(default_factory=FakeVault)
    identities: FakePeople = field(init=False)
    settlements: FakeSettlements = field(init=False)
    agents: FakeRoster = field(init=False)
    secrets: FakeSecrets = field(default_factory=FakeSecrets)
    mailer: FakeMailer = field(default_factory=FakeMailer)
    threads: FakeThreads = field(default_factory=FakeThreads)
    pages: FakePages = field(default_factory=FakePages)
    idempotency: FakeClaims = field(default_factory=FakeClaims)
    deliveries: FakeDeliveries = field(default_factory=FakeDeliveries)
    webhook_client: FakeCourier = field(default_factory=FakeCourier)
    platforms: FakePlatforms = field(default_factory=FakePlatforms)
    reconciliations: FakeReconciliations = field(default_factory=FakeReconciliations)
    help_requests: FakeHelps = field(default_factory=FakeHelps)
    exports: FakeExports = field(default_factory=FakeExports)
    uploads: FakeUploads = field(default_factory=FakeUploads)
    api_url: str = "https://api.example.com"
    inbound_domain: str = "in.example.com"
    _hooks: "itertools.count[int]" = field(default_factory=itertools.count)

    def __post_init__(self) -> None:
        self.identities = FakePeople(self.customers)
        self.agents = self.cases.roster
        self.settlements = FakeSettlements(self.cases)
        self.order_records.ledgers = self.cases.ledgers

    def now(self) -> int:
        return self.time

    def pause(self, attempt: int) -> None:
        pass

    def hook(self, kind: str, data: dict[str, Any], delivery: str | None = None) -> ports.Receipt:
        """A webhook, signed by the shop, taken in and processed."""
        from chalicelib.usecases.intake.process_receipt import process_receipt

        taken = self.deliver(kind, data, delivery)
        process_receipt(self, taken.id)
        found = self.receipts.load(taken.id)
        assert found is not None
        return found

    def deliver(self, kind: str, data: dict[str, Any], delivery: str | None = None) -> ports.Receipt:
        """A webhook, signed by the shop, taken in."""
        import json

        from chalicelib.domain.kernel.timestamps import format_instant
        from chalicelib.usecases.intake.receive_webhook import receive_webhook
        from tests.support.signatures import signature

        body = json.dumps({"type": kind, "timestamp": format_instant(self.time), "data": data}).encode()
        delivery = delivery or f"delivery-{next(self._hooks)}"
        headers = signature(self.secrets.hooks.standard, delivery, self.time // 1000, body)
        with time_machine.travel(to_datetime(self.time), tick=False):  # the signature library has a clock of its own
            taken = receive_webhook(self, SHOP.id, "standard", headers, body)
        assert taken is not None
        return taken.receipt
