"""The composition root: the only place that knows which adapter implements which of the services."""

import random
import time
from functools import cache, cached_property
from typing import TYPE_CHECKING

from chalicelib.registries import Registries
from chalicelib.settings import settings

if TYPE_CHECKING:
    from chalicelib.adapters.aftersales.evidence_bucket import EvidenceBucket
    from chalicelib.adapters.aws.batch_reader import BatchReader
    from chalicelib.adapters.aws.dynamo import Table
    from chalicelib.adapters.aws.encryption.field_encryption import FieldEncryption
    from chalicelib.adapters.aws.encryption.key_store import Vault
    from chalicelib.adapters.aws.idempotency_table import IdempotencyTable
    from chalicelib.adapters.aws.queues import Queues
    from chalicelib.adapters.aws.secrets import ParameterSecrets
    from chalicelib.adapters.cases.case_table import CaseTable
    from chalicelib.adapters.composer.draft_table import DraftTable
    from chalicelib.adapters.composer.file_table import AgentFileTable
    from chalicelib.adapters.composer.macro_table import MacroTable
    from chalicelib.adapters.composer.mention_table import MentionTable
    from chalicelib.adapters.composer.pending_table import PendingReplyTable
    from chalicelib.adapters.customers.customer_table import CustomerTable
    from chalicelib.adapters.customers.identity_table import IdentityTable
    from chalicelib.adapters.desk.bulk_table import BulkTable
    from chalicelib.adapters.desk.cognito_staff import CognitoStaff
    from chalicelib.adapters.desk.desk_pages import DeskPages
    from chalicelib.adapters.desk.desk_table import DeskTable
    from chalicelib.adapters.desk.managed_login import ManagedLogin
    from chalicelib.adapters.desk.session_table import SessionTable
    from chalicelib.adapters.email.thread_table import ThreadTable
    from chalicelib.adapters.feedback.feedback_table import FeedbackTable
    from chalicelib.adapters.insights.stores.finding_table import FindingTable
    from chalicelib.adapters.insights.stores.model_table import ModelTable
    from chalicelib.adapters.intake.receipt_table import ReceiptTable
    from chalicelib.adapters.live.feed_table import FeedTable
    from chalicelib.adapters.live.socket_sender import ConnectionSender
    from chalicelib.adapters.live.socket_table import SocketTable
    from chalicelib.adapters.metrics.data_lake import DataLake
    from chalicelib.adapters.metrics.metric_table import MetricTable
    from chalicelib.adapters.notifications.page_renderer import TemplateRenderer
    from chalicelib.adapters.notifications.ses import SesMailer
    from chalicelib.adapters.orders.order_table import OrderTable
    from chalicelib.adapters.platforms.platform_clients import HttpPlatforms
    from chalicelib.adapters.platforms.reconciliation_table import ReconciliationTable
    from chalicelib.adapters.portal.help_table import HelpTable
    from chalicelib.adapters.privacy.export_table import ExportTable
    from chalicelib.adapters.routing.agent_table import AgentTable
    from chalicelib.adapters.search.word_table import WordTable
    from chalicelib.adapters.settlement.settlement_table import SettlementTable
    from chalicelib.adapters.shops.setting_change_table import SettingChangeTable
    from chalicelib.adapters.shops.shop_table import ShopTable
    from chalicelib.adapters.timers.timer_table import TimerTable
    from chalicelib.adapters.webhooks_out.delivery_table import DeliveryTable
    from chalicelib.adapters.webhooks_out.webhook_client import HttpWebhookClient
    from chalicelib.domain.cases.codecs import StoredFormats


class AwsServices:
    """The `Services` on AWS. Each is imported and made on first use, so that a function loads only what it needs."""

    @cached_property
    def registries(self) -> Registries:
        return Registries()

    def now(self) -> int:
        """Milliseconds since 1970."""
        return time.time_ns() // 1_000_000

    def pause(self, attempt: int) -> None:
        """Wait before a retry, with full jitter: up to 10 ms at first, up to 640 ms from the seventh attempt on."""
        time.sleep(random.uniform(0, 0.01 * 2 ** min(attempt, 6)))

    @cached_property
    def table(self) -> "Table":
        from chalicelib.adapters.aws.dynamo import Table

        return Table(settings().care_table)

    @cached_property
    def personal(self) -> "FieldEncryption":
        from chalicelib.adapters.aws.encryption.field_encryption import FieldEncryption

        return FieldEncryption(self.formats, lambda: self.vault)

    @cached_property
    def formats(self) -> "StoredFormats":
        from chalicelib.domain.cases.codecs import StoredFormats

        return StoredFormats(lambda: self.registries.facts)

    @cached_property
    def vault(self) -> "Vault":
        from chalicelib.adapters.aws.dynamo import Table
        from chalicelib.adapters.aws.encryption.key_store import Vault

        return Vault(Table(settings().keys_table), settings().master_key)

    @cached_property
    def ahead(self) -> "BatchReader":
        from chalicelib.adapters.aws.batch_reader import BatchReader

        return BatchReader(self.table, self.vault, self.shops.is_recent)

    def begin(self) -> None:
        """Clear, as an invocation begins, what an earlier one has read ahead and the keys that it cached, because
        customers may have been erased since."""
        self.clear_ahead()
        if "vault" in self.__dict__:
            self.vault.clear_cache()

    def clear_ahead(self) -> None:
        """Clear what was read ahead and not used, before the next request or message."""
        if "table" in self.__dict__:
            self.table.clear_ahead()
        if "vault" in self.__dict__:
            self.vault.clear_ahead()

    @cached_property
    def cases(self) -> "CaseTable":
        from chalicelib.adapters.cases.case_table import CaseTable

        return CaseTable(self.table, self.personal, self.now)

    @cached_property
    def receipts(self) -> "ReceiptTable":
        from chalicelib.adapters.intake.receipt_table import ReceiptTable

        return ReceiptTable(self.table, self.personal)

    @cached_property
    def shops(self) -> "ShopTable":
        from chalicelib.adapters.shops.shop_table import ShopTable

        return ShopTable(self.table)

    @cached_property
    def order_records(self) -> "OrderTable":
        from chalicelib.adapters.orders.order_table import OrderTable

        return OrderTable(self.table)

    @cached_property
    def customers(self) -> "CustomerTable":
        from chalicelib.adapters.customers.customer_table import CustomerTable

        return CustomerTable(self.table, self.personal)

    @cached_property
    def identities(self) -> "IdentityTable":
        from chalicelib.adapters.customers.identity_table import IdentityTable

        return IdentityTable(self.table, self.personal)

    @cached_property
    def agents(self) -> "AgentTable":
        from chalicelib.adapters.routing.agent_table import AgentTable

        return AgentTable(self.table, self.now)

    @cached_property
    def bulks(self) -> "BulkTable":
        from chalicelib.adapters.desk.bulk_table import BulkTable

        return BulkTable(self.table)

    @cached_property
    def desk(self) -> "DeskTable":
        from chalicelib.adapters.desk.desk_table import DeskTable

        return DeskTable(self.table, self.personal, self.now)

    @cached_property
    def idempotency(self) -> "IdempotencyTable":
        from chalicelib.adapters.aws.idempotency_table import IdempotencyTable

        return IdempotencyTable(self.table)

    @cached_property
    def timers(self) -> "TimerTable":
        from chalicelib.adapters.timers.timer_table import TimerTable

        return TimerTable(self.table, self.queues)

    @cached_property
    def metrics(self) -> "MetricTable":
        from chalicelib.adapters.metrics.metric_table import MetricTable

        return MetricTable(self.table, self.formats)

    @cached_property
    def secrets(self) -> "ParameterSecrets":
        from chalicelib.adapters.aws.secrets import ParameterSecrets

        return ParameterSecrets(settings().parameters)

    @cached_property
    def mailer(self) -> "SesMailer":
        from chalicelib.adapters.notifications.ses import SesMailer

        return SesMailer(settings().configuration_set)

    @cached_property
    def threads(self) -> "ThreadTable":
        from chalicelib.adapters.email.thread_table import ThreadTable

        return ThreadTable(self.table)

    @cached_property
    def pages(self) -> "TemplateRenderer":
        from chalicelib.adapters.notifications.page_renderer import TemplateRenderer

        return TemplateRenderer()

    @cached_property
    def deliveries(self) -> "DeliveryTable":
        from chalicelib.adapters.webhooks_out.delivery_table import DeliveryTable

        return DeliveryTable(self.table, self.personal)

    @cached_property
    def webhook_client(self) -> "HttpWebhookClient":
        from chalicelib.adapters.webhooks_out.webhook_client import HttpWebhookClient

        return HttpWebhookClient(settings().stage)

    @cached_property
    def platforms(self) -> "HttpPlatforms":
        from chalicelib.adapters.platforms.platform_clients import HttpPlatforms

        return HttpPlatforms(self.secrets, settings().stage)

    @cached_property
    def reconciliations(self) -> "ReconciliationTable":
        from chalicelib.adapters.platforms.reconciliation_table import ReconciliationTable

        return ReconciliationTable(self.table)

    @cached_property
    def settlements(self) -> "SettlementTable":
        from chalicelib.adapters.settlement.settlement_table import SettlementTable

        return SettlementTable(self.table, self.now)

    @cached_property
    def help_requests(self) -> "HelpTable":
        from chalicelib.adapters.portal.help_table import HelpTable

        return HelpTable(self.table, self.personal)

    @cached_property
    def exports(self) -> "ExportTable":
        from chalicelib.adapters.privacy.export_table import ExportTable

        return ExportTable(self.table)

    @cached_property
    def uploads(self) -> "EvidenceBucket":
        from chalicelib.adapters.aftersales.evidence_bucket import EvidenceBucket

        return EvidenceBucket(settings().evidence_bucket)

    @cached_property
    def words(self) -> "WordTable":
        from chalicelib.adapters.search.word_table import WordTable

        return WordTable(self.table, self.personal)

    @cached_property
    def setting_changes(self) -> "SettingChangeTable":
        from chalicelib.adapters.shops.setting_change_table import SettingChangeTable

        return SettingChangeTable(self.table)

    @cached_property
    def macros(self) -> "MacroTable":
        from chalicelib.adapters.composer.macro_table import MacroTable

        return MacroTable(self.table)

    @cached_property
    def drafts(self) -> "DraftTable":
        from chalicelib.adapters.composer.draft_table import DraftTable

        return DraftTable(self.table, self.personal)

    @cached_property
    def pending_replies(self) -> "PendingReplyTable":
        from chalicelib.adapters.composer.pending_table import PendingReplyTable

        return PendingReplyTable(self.table, self.personal)

    @cached_property
    def mentions(self) -> "MentionTable":
        from chalicelib.adapters.composer.mention_table import MentionTable

        return MentionTable(self.table)

    @cached_property
    def agent_files(self) -> "AgentFileTable":
        from chalicelib.adapters.composer.file_table import AgentFileTable

        return AgentFileTable(self.table, self.personal)

    @cached_property
    def feedback(self) -> "FeedbackTable":
        from chalicelib.adapters.feedback.feedback_table import FeedbackTable

        return FeedbackTable(self.table, self.personal)

    @cached_property
    def findings(self) -> "FindingTable":
        from chalicelib.adapters.insights.stores.finding_table import FindingTable

        return FindingTable(self.table)

    @cached_property
    def models(self) -> "ModelTable":
        from chalicelib.adapters.insights.stores.model_table import ModelTable

        return ModelTable(self.table)

    @cached_property
    def queues(self) -> "Queues":
        from chalicelib.adapters.aws.queues import Queues

        return Queues(settings().queue_urls, self.now)

    @cached_property
    def staff(self) -> "CognitoStaff":
        from chalicelib.adapters.desk.cognito_staff import CognitoStaff

        return CognitoStaff(settings().user_pool)

    @cached_property
    def sessions(self) -> "SessionTable":
        from chalicelib.adapters.desk.session_table import SessionTable

        return SessionTable(self.table, self.personal)

    @cached_property
    def identity_provider(self) -> "ManagedLogin":
        from chalicelib.adapters.desk.managed_login import ManagedLogin

        return ManagedLogin(self.secrets)

    @cached_property
    def data_lake(self) -> "DataLake":
        from chalicelib.adapters.metrics.data_lake import DataLake

        return DataLake(settings().lake_bucket)

    @cached_property
    def desk_pages(self) -> "DeskPages":
        from chalicelib.adapters.desk.desk_pages import DeskPages

        return DeskPages()

    @cached_property
    def feed(self) -> "FeedTable":
        from chalicelib.adapters.live.feed_table import FeedTable

        return FeedTable(self.table, self.formats)

    @cached_property
    def sockets(self) -> "SocketTable":
        from chalicelib.adapters.live.socket_table import SocketTable

        return SocketTable(self.table)

    @cached_property
    def socket_sender(self) -> "ConnectionSender":
        from chalicelib.adapters.live.socket_sender import ConnectionSender

        return ConnectionSender()

    @property
    def live_url(self) -> str:
        """The address of sockets; it begins with `wss:`, and with `ws:` locally."""
        return settings().live_url.replace("http", "ws", 1)

    @property
    def api_url(self) -> str:
        """The base URL of the links in emails."""
        return settings().api_url

    @property
    def inbound_domain(self) -> str:
        """The domain for inbound email; empty if the stack receives none."""
        return settings().inbound_domain


@cache
def services() -> AwsServices:
    """The services of this process."""
    return AwsServices()
