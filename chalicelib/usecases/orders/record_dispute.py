"""Record what a platform reports about a dispute of an order's payment."""

from typing import TYPE_CHECKING

from msgspec.structs import replace

from chalicelib.domain.kernel.ids import key_of
from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.orders.disputes import decided_at, decision_stands
from chalicelib.domain.orders.order import Dispute, DisputeKind, Order
from chalicelib.domain.orders.order_record import OrderRecord
from chalicelib.domain.orders.revisions import Revision
from chalicelib.domain.orders.update_values import reported_values
from chalicelib.domain.platforms.events import PlatformDispute
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.orders.record_order import record_before
from chalicelib.usecases.ports.cases import ATTEMPTS, Busy, VersionConflict

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import (
        HasClock,
        HasCustomers,
        HasIdentities,
        HasOrderRecords,
        HasShops,
        HasVault,
    )

    class RecordDisputeServices(HasClock, HasCustomers, HasIdentities, HasOrderRecords, HasShops, HasVault, Protocol):
        """The services that `record_dispute` uses."""


def record_dispute(
    services: "RecordDisputeServices", shop: Shop, report: PlatformDispute, now: Instant, sent_at: Instant | None = None
) -> OrderRecord | None:
    """The order record after a report of a dispute, which then counts against what was paid; None if the report names
    no order. A decision stands, whatever late reports of the time before it say, until the bank takes the dispute up
    again. `Busy` if others keep writing the record."""
    if report.order is None:
        return None
    dispute = _dispute(report, now, sent_at)
    name = f"dispute/{report.id}"
    value = reported_values(Order(report.order), None, None, (), (), (dispute,))[name]
    revision = Revision(dispute.told_at if dispute.told_at is not None else now, value, now)
    for attempt in range(ATTEMPTS):
        before = record_before(services, shop, report.order, True)
        if _stands(before, name, revision, dispute):
            return before
        after = replace(before, told=before.told | {name: revision})
        try:
            return services.order_records.save(before, after, shop, frozenset(), services.now())
        except VersionConflict:
            services.pause(attempt)
    raise Busy(f"order {key_of(shop.id, report.order)} was written by others {ATTEMPTS} times in a row")


def _stands(before: OrderRecord, name: str, revision: Revision, dispute: Dispute) -> bool:
    """Whether the stored report of the dispute is the same, or still holds."""
    stored = next((other for other in before.disputes if other.id == dispute.id), None)
    if stored is None:
        return False
    return before.told[name].value == revision.value or decision_stands(stored, before.told[name], dispute)


def _dispute(report: PlatformDispute, now: Instant, sent_at: Instant | None) -> Dispute:
    kind: DisputeKind = "inquiry" if report.kind == "inquiry" else "chargeback"
    return Dispute(
        id=report.id,
        amount=report.amount.money(),
        kind=kind,
        state=report.state,
        at=report.at if report.at is not None and report.at <= now else None,
        told_at=decided_at(report.state, report.at, sent_at, now),
    )
