"""The composition root: the one place that knows which adapter stands behind which part of the desk."""

import random
import time
from functools import cache, cached_property
from typing import TYPE_CHECKING

from chalicelib.settings import settings

if TYPE_CHECKING:
    from chalicelib.adapters.alarm_table import AlarmTable
    from chalicelib.adapters.case_table import CaseTable
    from chalicelib.adapters.claim_table import ClaimTable
    from chalicelib.adapters.courier import HttpCourier
    from chalicelib.adapters.customer_table import CustomerTable
    from chalicelib.adapters.delivery_table import DeliveryTable
    from chalicelib.adapters.dynamo import Table
    from chalicelib.adapters.evidence_bucket import EvidenceBucket
    from chalicelib.adapters.export_table import ExportTable
    from chalicelib.adapters.help_table import HelpTable
    from chalicelib.adapters.mail import SesMailer
    from chalicelib.adapters.night_table import NightTable
    from chalicelib.adapters.pages import TemplatePages
    from chalicelib.adapters.people_table import PeopleTable
    from chalicelib.adapters.personal import Personal
    from chalicelib.adapters.platforms import HttpPlatforms
    from chalicelib.adapters.queues import Queues
    from chalicelib.adapters.receipt_table import ReceiptTable
    from chalicelib.adapters.reconciliation_table import ReconciliationTable
    from chalicelib.adapters.roster_table import RosterTable
    from chalicelib.adapters.sale_table import SaleTable
    from chalicelib.adapters.secrets import ParameterSecrets
    from chalicelib.adapters.settlement_table import SettlementTable
    from chalicelib.adapters.shop_table import ShopTable
    from chalicelib.adapters.staff import StaffPool
    from chalicelib.adapters.thread_table import ThreadTable
    from chalicelib.adapters.vault import Vault


class AwsDesk:
    """The `Desk` on AWS. Each part is imported and made on first use, so a function pays for what it needs."""

    def now(self) -> int:
        """Milliseconds since 1970."""
        return time.time_ns() // 1_000_000

    def pause(self, attempt: int) -> None:
        """Full jitter: up to 10 ms after the first race, up to 640 ms after the seventh."""
        time.sleep(random.uniform(0, 0.01 * 2 ** min(attempt, 6)))

    @cached_property
    def table(self) -> "Table":
        from chalicelib.adapters.dynamo import Table

        return Table(settings().care_table)

    @cached_property
    def personal(self) -> "Personal":
        from chalicelib.adapters.personal import Personal

        return Personal(lambda: self.vault)

    @cached_property
    def vault(self) -> "Vault":
        from chalicelib.adapters.dynamo import Table
        from chalicelib.adapters.vault import Vault

        return Vault(Table(settings().keys_table), settings().master_key)

    def begin(self) -> None:
        """A new invocation begins: people may have been forgotten meanwhile."""
        if "vault" in self.__dict__:
            self.vault.forget()

    @cached_property
    def cases(self) -> "CaseTable":
        from chalicelib.adapters.case_table import CaseTable

        return CaseTable(self.table, self.personal, self.now)

    @cached_property
    def receipts(self) -> "ReceiptTable":
        from chalicelib.adapters.receipt_table import ReceiptTable

        return ReceiptTable(self.table, self.personal)

    @cached_property
    def shops(self) -> "ShopTable":
        from chalicelib.adapters.shop_table import ShopTable

        return ShopTable(self.table)

    @cached_property
    def sales(self) -> "SaleTable":
        from chalicelib.adapters.sale_table import SaleTable

        return SaleTable(self.table)

    @cached_property
    def customers(self) -> "CustomerTable":
        from chalicelib.adapters.customer_table import CustomerTable

        return CustomerTable(self.table, self.personal)

    @cached_property
    def people(self) -> "PeopleTable":
        from chalicelib.adapters.people_table import PeopleTable

        return PeopleTable(self.table, self.personal)

    @cached_property
    def roster(self) -> "RosterTable":
        from chalicelib.adapters.roster_table import RosterTable

        return RosterTable(self.table)

    @cached_property
    def claims(self) -> "ClaimTable":
        from chalicelib.adapters.claim_table import ClaimTable

        return ClaimTable(self.table)

    @cached_property
    def alarms(self) -> "AlarmTable":
        from chalicelib.adapters.alarm_table import AlarmTable

        return AlarmTable(self.table, self.queues)

    @cached_property
    def nights(self) -> "NightTable":
        from chalicelib.adapters.night_table import NightTable

        return NightTable(self.table)

    @cached_property
    def secrets(self) -> "ParameterSecrets":
        from chalicelib.adapters.secrets import ParameterSecrets

        return ParameterSecrets(settings().parameters)

    @cached_property
    def mailer(self) -> "SesMailer":
        from chalicelib.adapters.mail import SesMailer

        return SesMailer(settings().configuration_set)

    @cached_property
    def threads(self) -> "ThreadTable":
        from chalicelib.adapters.thread_table import ThreadTable

        return ThreadTable(self.table)

    @cached_property
    def pages(self) -> "TemplatePages":
        from chalicelib.adapters.pages import TemplatePages

        return TemplatePages()

    @cached_property
    def deliveries(self) -> "DeliveryTable":
        from chalicelib.adapters.delivery_table import DeliveryTable

        return DeliveryTable(self.table, self.personal)

    @cached_property
    def courier(self) -> "HttpCourier":
        from chalicelib.adapters.courier import HttpCourier

        return HttpCourier(settings().stage)

    @cached_property
    def platforms(self) -> "HttpPlatforms":
        from chalicelib.adapters.platforms import HttpPlatforms

        return HttpPlatforms(self.secrets, settings().stage)

    @cached_property
    def reconciliations(self) -> "ReconciliationTable":
        from chalicelib.adapters.reconciliation_table import ReconciliationTable

        return ReconciliationTable(self.table)

    @cached_property
    def settlements(self) -> "SettlementTable":
        from chalicelib.adapters.settlement_table import SettlementTable

        return SettlementTable(self.table, self.now)

    @cached_property
    def helps(self) -> "HelpTable":
        from chalicelib.adapters.help_table import HelpTable

        return HelpTable(self.table, self.personal)

    @cached_property
    def exports(self) -> "ExportTable":
        from chalicelib.adapters.export_table import ExportTable

        return ExportTable(self.table)

    @cached_property
    def uploads(self) -> "EvidenceBucket":
        from chalicelib.adapters.evidence_bucket import EvidenceBucket

        return EvidenceBucket(settings().evidence_bucket)

    @cached_property
    def queues(self) -> "Queues":
        from chalicelib.adapters.queues import Queues

        return Queues(settings().queue_urls)

    @cached_property
    def staff(self) -> "StaffPool":
        from chalicelib.adapters.staff import StaffPool

        return StaffPool(settings().user_pool)

    @property
    def api_url(self) -> str:
        """The base of the links in mails."""
        return settings().api_url

    @property
    def inbound_domain(self) -> str:
        """The domain whose mail is taken in; empty where none is."""
        return settings().inbound_domain


@cache
def desk() -> AwsDesk:
    """The desk of this process."""
    return AwsDesk()
