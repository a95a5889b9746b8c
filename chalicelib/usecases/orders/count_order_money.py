"""Count an order's money: what was paid for it, what all its cases give, and what went back without us."""

from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.aftersales.compensation_checks import paid_for
from chalicelib.domain.cases.case import Case
from chalicelib.domain.flows.compensation import Compensation, Paid
from chalicelib.domain.flows.external_refunds import ExternalRefunds, external_refunds
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.orders.order import Order
from chalicelib.domain.orders.order_record import ORDER_FIELDS, OrderRecord
from chalicelib.usecases.ports import OrderLedger
from chalicelib.usecases.ports.services import Services


class Counted(Struct, frozen=True, kw_only=True):
    """An order's money. `given`: what all its cases give or may give; `cases` are those."""

    order: Order | None = None
    sale: OrderRecord | None = None
    paid: Paid | None = None
    given: tuple[Compensation, ...] = ()
    back: ExternalRefunds = ExternalRefunds()
    cases: tuple[Case, ...] = ()


class OrderMoney:
    """Counts an order's money for a change of a case, and says what the change must find unchanged."""

    def __init__(self, services: Services, shop: str, order: Order | None) -> None:
        self.services, self.shop, self.order = services, shop, order
        self.name = order.external_id if order else ""
        self.version: int | None = None

    def count(self, case: Case) -> Counted:
        """The order's money as it is now, with this case as it is about to be changed. The version is read first: what
        comes in between is found out by the write."""
        if self.order is None:
            return Counted(given=case.money, cases=(case,))
        self.version = self.services.cases.ledger(self.shop, self.name)
        sale = self.services.order_records.load(self.shop, self.order.external_id)
        if sale is not None and sale.external_id != self.name:  # it was called by its number
            self.name = sale.external_id
            return self.count(case)
        return count_with_record(self.services, self.shop, self.order, sale, case)

    def ledger(self) -> OrderLedger | None:
        """What the write must find unchanged; None when nothing was counted."""
        return OrderLedger(self.name, self.version) if self.version is not None else None


def count_order_money(services: Services, shop: str, order: Order | None, case: Case | None = None) -> Counted:
    """An order's money as it is now, to be shown; `case` as the caller has it."""
    if order is None:
        return Counted(given=case.money if case else (), cases=(case,) if case else ())
    return count_with_record(services, shop, order, services.order_records.load(shop, order.external_id), case)


def count_with_record(
    services: Services, shop: str, order: Order, sale: OrderRecord | None, case: Case | None = None
) -> Counted:
    """An order's money, its sale read before."""
    others = [key for key in _cases_of(services, shop, order, sale) if case is None or key != key_of_id(case.id)]
    found = [stored.case for stored in services.cases.load_many(others).values() if stored.case] if others else []
    cases = (*([case] if case else []), *found)
    given = tuple(one for each in cases for one in each.money)
    known = as_reported(order, sale)
    return Counted(
        order=known,
        sale=sale,
        paid=paid_for(known),
        given=given,
        back=external_refunds_of(known, sale, given),
        cases=cases,
    )


def _cases_of(services: Services, shop: str, order: Order, sale: OrderRecord | None) -> Iterable[str]:
    """The keys of an order's cases, whatever they called it."""
    names = {order.external_id, *names_of(services, shop, sale)}
    return dict.fromkeys(key for name in sorted(names) for key in services.cases.of_order(shop, name))


def names_of(services: Services, shop: str, sale: OrderRecord | None) -> set[str]:
    """By what names a sale's cases call it: its number, too, unless that is another order's id."""
    if sale is None:
        return set()
    other = services.order_records.load(shop, sale.number) if sale.number else None
    mine = other is None or other.external_id == sale.external_id
    return {sale.external_id, *((sale.number,) if sale.number and mine else ())}


def as_reported(order: Order, sale: OrderRecord | None) -> Order:
    """An order as the shop tells it now: for its money that is the truth, whatever a case said when it was opened."""
    if sale is None:
        return order
    told = {name: getattr(sale.order, name) or getattr(order, name) for name in ORDER_FIELDS}
    return replace(order, external_id=sale.external_id, **told)


def current_order(services: Services, shop: str, order: Order | None) -> Order | None:
    """An order as the shop tells it now, or as its case was told where the shop told nothing."""
    return as_reported(order, services.order_records.load(shop, order.external_id)) if order is not None else None


def external_refunds_of(order: Order, sale: OrderRecord | None, given: Iterable[Compensation]) -> ExternalRefunds:
    """What went back of an order without us."""
    if sale is None:
        return ExternalRefunds()
    paid = paid_for(order)
    currency = paid.total.currency if paid else None
    return external_refunds(
        order, currency, sale.reported_refunds, sale.disputes, given, sale.cancelled_at is not None, sale.payment
    )
