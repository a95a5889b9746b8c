"""What is stored about the order that entries of a statement name: its record, and its cases with their money."""

from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain.cases.case import Case
from chalicelib.domain.kernel.ids import time_of
from chalicelib.domain.orders.order import Dispute, Refund
from chalicelib.domain.orders.order_record import OrderRecord
from chalicelib.domain.settlement.entries import Entry
from chalicelib.domain.settlement.fitting import CaseMoney
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.orders.count_order_money import names_of

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import HasCases, HasOrderRecords, HasSettlements

    class OrderContextServices(HasCases, HasOrderRecords, HasSettlements, Protocol):
        """The services that `order_context` uses."""


class OrderContext(Struct, frozen=True):
    """The record of an order, if its shop reported the order, and its cases, the newest last."""

    record: OrderRecord | None
    cases: list[Case]

    @property
    def case_money(self) -> list[CaseMoney]:
        """All money of its cases."""
        return [
            CaseMoney(case.id, money, time_of(money.id) or money.asked_at or money.done_at or 0)
            for case in self.cases
            for money in case.money
        ]

    @property
    def refunds(self) -> tuple[Refund, ...]:
        """All refunds that were reported with the order."""
        return self.record.reported_refunds if self.record else ()

    @property
    def disputes(self) -> tuple[Dispute, ...]:
        """All disputes that were reported with the order."""
        return self.record.disputes if self.record else ()


def load_order_context(services: "OrderContextServices", shop: Shop, entries: list[Entry]) -> OrderContext:
    """The record and the cases of the order that these entries name. Cases whose money an entry names by its id belong
    to it, too."""
    order = next((entry.order for entry in entries if entry.order), None)
    record = services.order_records.load(shop.id, order) if order else None
    names = {*((order,) if order else ()), *names_of(services, shop.id, record)}
    keys = {key for name in names for key in services.cases.of_order(shop.id, name)}
    keys |= _cases_named_by(services, shop, entries)
    stored = services.cases.load_many(sorted(keys)).values()
    cases = [stored_case.case for stored_case in stored if stored_case.case]
    return OrderContext(record, sorted(cases, key=lambda case: (case.opened_at, case.id)))


def _cases_named_by(services: "OrderContextServices", shop: Shop, entries: list[Entry]) -> set[str]:
    """The keys of the cases whose money waits for its proof and is named by an entry, as its refund or its order."""
    names = {name for entry in entries for name in (entry.refund_no, entry.order) if name}
    unproven = [services.settlements.load_unproven(shop.id, name) for name in names]
    return {money.case for money in unproven if money}
