"""Count the money of an order: what was paid for it, what all its cases give, and what was refunded without us."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain.aftersales.compensation_checks import paid_for
from chalicelib.domain.cases.case import Case
from chalicelib.domain.flows.compensation import Compensation, Paid
from chalicelib.domain.flows.external_refunds import ExternalRefunds, ReportedMoney, external_refunds
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.orders.order import Order
from chalicelib.domain.orders.order_record import OrderRecord
from chalicelib.usecases.orders.merge_order import as_reported
from chalicelib.usecases.ports.cases import OrderLedger

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import HasCases, HasOrderRecords

    class CountOrderMoneyServices(HasCases, HasOrderRecords, Protocol):
        """The services that `count_order_money` uses."""


class Counted(Struct, frozen=True, kw_only=True):
    """The money of an order. `given`: what its `cases` give or may give; `back`: what was refunded without us."""

    order: Order | None = None
    record: OrderRecord | None = None
    paid: Paid | None = None
    given: tuple[Compensation, ...] = ()
    back: ExternalRefunds = ExternalRefunds()
    cases: tuple[Case, ...] = ()


class OrderMoney:
    """Counts the money of an order for a change of a case, and names the version that the change must find."""

    def __init__(self, services: "CountOrderMoneyServices", shop: str, order: Order | None) -> None:
        self.services = services
        self.shop = shop
        self.order = order
        self.name = order.external_id if order else ""
        self.version: int | None = None

    def count(self, case: Case) -> Counted:
        """The money of the order now, with this case as it is before the change. The version is read first, so that the
        write detects every change in between."""
        if self.order is None:
            return Counted(given=case.money, cases=(case,))
        self.version = self.services.cases.ledger(self.shop, self.name)
        record = self.services.order_records.load(self.shop, self.order.external_id)
        if record is not None and record.external_id != self.name:  # the case names the order by its number
            self.name = record.external_id
            return self.count(case)
        return count_with_record(self.services, self.shop, self.order, record, case)

    def ledger(self) -> OrderLedger | None:
        """The version that the write must find; None if nothing was counted."""
        return OrderLedger(self.name, self.version) if self.version is not None else None


def count_order_money(
    services: "CountOrderMoneyServices", shop: str, order: Order | None, case: Case | None = None
) -> Counted:
    """The money of an order now, to be shown; `case`: a case that the caller has loaded already."""
    if order is None:
        return Counted(given=case.money if case else (), cases=(case,) if case else ())
    return count_with_record(services, shop, order, services.order_records.load(shop, order.external_id), case)


def count_with_record(
    services: "CountOrderMoneyServices", shop: str, order: Order, record: OrderRecord | None, case: Case | None = None
) -> Counted:
    """The money of an order whose record the caller has loaded."""
    keys = [key for key in _cases_of(services, shop, order, record) if case is None or key != key_of_id(case.id)]
    stored = services.cases.load_many(keys).values() if keys else ()
    loaded = [stored_case.case for stored_case in stored if stored_case.case]
    cases = (*([case] if case else []), *loaded)
    given = tuple(money for each_case in cases for money in each_case.money)
    reported = as_reported(order, record)
    return Counted(
        order=reported,
        record=record,
        paid=paid_for(reported),
        given=given,
        back=external_refunds_of(reported, record, given),
        cases=cases,
    )


def _cases_of(
    services: "CountOrderMoneyServices", shop: str, order: Order, record: OrderRecord | None
) -> Iterable[str]:
    """The keys of the cases of an order, under all its names."""
    names = {order.external_id, *names_of(services, shop, record)}
    return dict.fromkeys(key for name in sorted(names) for key in services.cases.of_order(shop, name))


def names_of(services: "CountOrderMoneyServices", shop: str, record: OrderRecord | None) -> set[str]:
    """The names under which cases list this order: its id, and its number unless that is the id of another order."""
    if record is None:
        return set()
    by_number = services.order_records.load(shop, record.number) if record.number else None
    is_own = by_number is None or by_number.external_id == record.external_id
    return {record.external_id, *((record.number,) if record.number and is_own else ())}


def external_refunds_of(order: Order, record: OrderRecord | None, given: Iterable[Compensation]) -> ExternalRefunds:
    """What was refunded of the order without us."""
    if record is None:
        return ExternalRefunds()
    paid = paid_for(order)
    currency = paid.total.currency if paid else None
    reported = ReportedMoney(
        refunds=record.reported_refunds,
        disputes=record.disputes,
        cancelled=record.cancelled_at is not None,
        payment=record.payment,
    )
    return external_refunds(order, currency, reported, given)
