"""Updates of one order, as a shop sends them."""

from typing import Any

from chalicelib.domain.orders.order_record import OrderRecord
from tests.fakes import FakeServices


def record(services: FakeServices, **more: Any) -> OrderRecord:
    """An `order.updated` about O-77; the order record afterwards."""
    assert services.hook("order.updated", {"external_id": "O-77"} | more).state == "processed"
    stored = services.order_records.load("demo", "O-77")
    assert stored is not None
    return stored
