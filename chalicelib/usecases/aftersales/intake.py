"""The intake handlers of webhooks about orders and after-sales flows. The update of an order is handled here because
its refunds are compared with the money of the order's cases."""

from typing import TYPE_CHECKING

from chalicelib.domain.flows.moves import PARTNER_TYPES, check_partner, facts_of
from chalicelib.domain.flows.payloads import PartnerReport
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.timestamps import Instant, happened_at
from chalicelib.domain.orders.order_payload import OrderUpdate
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.cases.intake import owner_of_case, reported_case
from chalicelib.usecases.cases.reported.reported_events import Reported, becomes_reported
from chalicelib.usecases.customers.upsert_customer import customer_key
from chalicelib.usecases.orders.owner_of_order import owner_of_order
from chalicelib.usecases.ports.intake import Incoming, IntakeHandler, IntakeTable, Outcome, Receipt

if TYPE_CHECKING:
    from chalicelib.usecases.ports.services import Services


def _check_report(kind: str, data: PartnerReport, _now: Instant) -> None:
    check_partner(kind, data)


def _handle_report(services: "Services", shop: Shop, data: PartnerReport, incoming: Incoming) -> Outcome:
    from chalicelib.usecases.cases.reported.report_to_case import append_reported_events

    return append_reported_events(services, shop, data, incoming, _reported(incoming.receipt, data))


def _reported(receipt: Receipt, data: PartnerReport) -> Reported:
    facts = facts_of(receipt.type, data, happened_at(data.occurred_at, receipt.received_at))
    return Reported(Actor("shop"), facts)


def _owner_of_update(services: "Services", receipt: Receipt, data: OrderUpdate) -> str | None:
    if data.customer is not None:
        return customer_key(services, receipt.shop, data.customer.external_id)
    return owner_of_order(services, receipt, data.external_id)


def _handle_order(services: "Services", shop: Shop, data: OrderUpdate, incoming: Incoming) -> Outcome:
    from chalicelib.usecases.aftersales.check_refund_conflicts import check_refund_conflicts
    from chalicelib.usecases.orders.record_order import record_order

    now = incoming.receipt.received_at
    check_refund_conflicts(services, shop, record_order(services, shop, data, now), now)
    return Outcome("processed")


INTAKE: IntakeTable = (
    IntakeHandler(
        data=PartnerReport,
        handle=_handle_report,
        webhooks=PARTNER_TYPES,
        check=_check_report,
        owner=owner_of_case,
        case=reported_case,
        becomes=becomes_reported(_reported),
    ),
    IntakeHandler(data=OrderUpdate, handle=_handle_order, webhooks=("order.updated",), owner=_owner_of_update),
)
