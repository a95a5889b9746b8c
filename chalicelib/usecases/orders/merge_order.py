"""The order of a case, completed by the order record."""

from typing import TYPE_CHECKING

from msgspec.structs import replace

from chalicelib.domain.orders.order import Order
from chalicelib.domain.orders.order_record import ORDER_FIELDS, OrderRecord

if TYPE_CHECKING:
    from chalicelib.usecases.ports.services import HasOrderRecords


def with_order_record(services: "HasOrderRecords", shop: str, order: Order | None) -> Order | None:
    """The order of a new case, with the reported values that the case itself does not name. An order that was named by
    its number gets the platform's id, so that all its cases are in one list."""
    record = services.order_records.load(shop, order.external_id) if order is not None else None
    if order is None or record is None:
        return order
    reported = record.order
    values = {name: getattr(order, name) or getattr(reported, name) for name in ORDER_FIELDS}
    return replace(order, external_id=reported.external_id, **values)


def as_reported(order: Order, record: OrderRecord | None) -> Order:
    """The order as the shop reports it now. For its money this counts, whatever a case said when it was opened."""
    if record is None:
        return order
    reported = record.order
    values = {name: getattr(reported, name) or getattr(order, name) for name in ORDER_FIELDS}
    return replace(order, external_id=record.external_id, **values)


def current_order(services: "HasOrderRecords", shop: str, order: Order | None) -> Order | None:
    """The order as the shop reports it now, or as its case has it if the shop reported nothing."""
    return as_reported(order, services.order_records.load(shop, order.external_id)) if order is not None else None
