"""The values of the placeholders of macros, for one case and the agent who writes."""

from typing import TYPE_CHECKING

from chalicelib.domain.cases.case import Case
from chalicelib.domain.kernel.money import Money
from chalicelib.domain.kernel.timestamps import Instant, day_of
from chalicelib.domain.notifications.templates import Spoken
from chalicelib.domain.orders.order_record import OrderRecord
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.cases.read_case import CaseFile
from chalicelib.usecases.notifications.signed_links import progress_link
from chalicelib.usecases.orders.merge_order import as_reported

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import (
        HasAgents,
        HasApiUrl,
        HasInboundDomain,
        HasOrderRecords,
        HasPages,
        HasSecrets,
    )

    class MacroValuesServices(HasAgents, HasApiUrl, HasInboundDomain, HasOrderRecords, HasPages, HasSecrets, Protocol):
        """The services that `macro_values` uses."""


def language_of(services: "MacroValuesServices", file: CaseFile) -> Spoken:
    """The language in which the case's customer is written to."""
    return services.pages.speaks((file.customer.language if file.customer else None) or file.case.language)


def macro_values(services: "MacroValuesServices", shop: Shop, file: CaseFile, agent: str) -> dict[str, str | None]:
    """The values by the placeholders' names; None for what is not known."""
    case = file.case
    record = services.order_records.load(shop.id, file.order.external_id) if file.order else None
    return {
        "customer.name": file.customer.name if file.customer else None,
        "case.number": case.number,
        "case.subject": file.subject or None,
        "case.link": progress_link(services, shop, case.id),
        "agent.name": _name_of(services, shop, agent),
        "shop.name": shop.name,
        **_order_values(shop, file, record),
        **_parcel_values(case, record),
    }


def _name_of(services: "MacroValuesServices", shop: Shop, agent: str) -> str | None:
    """The name that customers may read; not the one an agent logs in by, which may be their address."""
    status = services.agents.status(shop.id, agent)
    return status.agent.name if status else None


def _order_values(shop: Shop, file: CaseFile, record: OrderRecord | None) -> dict[str, str | None]:
    order = as_reported(file.order, record) if file.order else None
    return {
        "order.number": order.spoken if order else None,
        "order.total": _money(order.total) if order else None,
        "order.promised_on": _day(order.estimated_delivery_at if order else None, shop),
        "order.delivered_on": _day(order.delivered_at if order else None, shop),
    }


def _parcel_values(case: Case, record: OrderRecord | None) -> dict[str, str | None]:
    """The newest parcel to the customer: a replacement that the case sent, or else of the order."""
    shipments = [shipment for shipment in case.flow.shipments if shipment.direction == "out"] if case.flow else []
    if shipments:
        newest = shipments[-1]
        return {"parcel.carrier": newest.carrier or None, "parcel.tracking": newest.tracking or None}
    parcels = sorted(record.parcels if record else (), key=lambda parcel: parcel.shipped_at or 0)
    if not parcels:
        return {"parcel.carrier": None, "parcel.tracking": None}
    tracking = parcels[-1].tracking or ", ".join(parcels[-1].tracking_numbers)
    return {"parcel.carrier": parcels[-1].carrier, "parcel.tracking": tracking or None}


def _money(amount: Money | None) -> str | None:
    return f"{amount.amount} {amount.currency}" if amount else None


def _day(time: Instant | None, shop: Shop) -> str | None:
    return day_of(time, shop.time_zone) if time is not None else None
