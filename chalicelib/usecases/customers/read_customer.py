"""A customer's profile as staff see it: their records, orders, cases, compensations and promises.

Lists are read page by page; a page costs the same however long the history is.
"""

from collections.abc import Callable
from decimal import Decimal
from heapq import merge
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from chalicelib.domain.cases.case import Case
from chalicelib.domain.customers.customer import Customer
from chalicelib.domain.customers.identity import Identifier, mail_of, phone_of, region_of
from chalicelib.domain.kernel.errors import NotFound
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.orders.order_record import OrderRecord
from chalicelib.usecases.customers.linked_records import keys_of, linked_records, main_record
from chalicelib.usecases.customers.merge_customers import suggestions
from chalicelib.usecases.customers.upsert_customer import customer_key
from chalicelib.usecases.ports.cases import Page, StoredCase
from chalicelib.usecases.ports.shop_rules import shop_of

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import (
        HasCases,
        HasClock,
        HasCustomers,
        HasIdentities,
        HasOrderRecords,
        HasShops,
        HasVault,
    )

    class ReadCustomerServices(
        HasCases, HasClock, HasCustomers, HasIdentities, HasOrderRecords, HasShops, HasVault, Protocol
    ):
        """The services that `read_customer` uses."""


class Totals(Struct, frozen=True):
    """Totals of the cases that are shown: promises (clocks) kept and broken, and money given."""

    cases: int
    kept: int
    broken: int
    given: dict[str, str]
    """Money that was paid, by currency."""


class Profile(Struct, frozen=True):
    """A customer with a page of their cases."""

    customer: Customer
    """The main record."""
    requested: Customer
    """The record that was requested."""
    records: list[Customer]
    suggested: list[tuple[Customer, list[str]]]
    cases: Page
    orders: Page
    totals: Totals


def find_customer(services: "ReadCustomerServices", identifier: str) -> Customer:
    """The customer with this id, or NotFound."""
    customer = services.customers.load([key_of_id(identifier)]).get(key_of_id(identifier))
    if customer is None or customer.id != identifier:
        raise NotFound(f"There is no customer {identifier!r}.")
    return customer


def read_profile(services: "ReadCustomerServices", requested: Customer, limit: int, after: str | None) -> Profile:
    """A customer's profile, with a page of their cases from behind `after`."""
    root = main_record(services, key_of_id(requested.id)) or requested
    records = linked_records(services, root)
    keys = keys_of(records)
    cases = _cases_of_records(services, requested.shop, keys, limit, after)
    return Profile(
        customer=root,
        requested=requested,
        records=records,
        suggested=suggestions(services, root, keys) if root.erased_at is None else [],
        cases=cases,
        orders=read_orders(services, requested, limit, None),
        totals=totals_of([stored.case for stored in cases.items]),
    )


def _cases_of_records(
    services: "ReadCustomerServices", shop: str, keys: list[str], limit: int, after: str | None
) -> Page:
    """The cases of several records in one list, the newest first."""
    pages = [services.cases.find(shop, None, None, key, limit, after) for key in keys]
    return pages[0] if len(pages) == 1 else _merge_pages(pages, limit, _case_cursor)


def _merge_pages(pages: list[Page], limit: int, cursor_of: Callable[[Any], str]) -> Page:
    """One page of several lists, each newest first. `cursor_of` gives the place of an item in its list."""
    items = list(merge(*(page.items for page in pages), key=cursor_of, reverse=True))
    has_more = len(items) > limit or any(page.next for page in pages)
    return Page(items[:limit], cursor_of(items[:limit][-1]) if has_more and items else None)


def _case_cursor(stored: StoredCase) -> str:
    assert stored.case is not None
    return f"{stored.case.opened_at:013d}#{stored.key}"


def _order_cursor(order_record: OrderRecord) -> str:
    return f"{order_record.purchased_at:013d}#{order_record.external_id}"


def read_orders(services: "ReadCustomerServices", requested: Customer, limit: int, after: str | None) -> Page:
    """A page of a customer's orders, the newest first."""
    root = main_record(services, key_of_id(requested.id)) or requested
    keys = keys_of(linked_records(services, root))
    pages = [services.order_records.of_customer(requested.shop, key, limit, after) for key in keys]
    return _merge_pages(pages, limit, _order_cursor)


def totals_of(cases: list[Case]) -> Totals:
    """Promises kept and broken, and money that was paid, in these cases."""
    states = [clock.state for case in cases for clock in case.clocks]
    given: dict[str, Decimal] = {}
    for money in (money for case in cases for money in case.money if money.state == "done"):
        given[money.amount.currency] = given.get(money.amount.currency, Decimal(0)) + money.amount.value
    paid = {currency: str(amount) for currency, amount in given.items()}
    return Totals(len(cases), states.count("met"), states.count("breached"), paid)


def search_customers(
    services: "ReadCustomerServices", shop_id: str, email: str | None, phone: str | None, external_id: str | None
) -> list[Customer]:
    """The main records of a shop's customers who have this email address, phone number or external id."""
    shop = shop_of(services, shop_id, fresh=False)
    keys = [customer_key(services, shop_id, external_id)] if external_id else []
    address = mail_of(email)
    number = phone_of(phone, region_of(shop))
    if address:
        keys += services.identities.identified_by(shop_id, Identifier("mail", address))
    if number:
        keys += services.identities.identified_by(shop_id, Identifier("phone", number))
    roots = (main_record(services, key) for key in services.customers.load(dict.fromkeys(keys)))
    return list({root.id: root for root in roots if root is not None}.values())
