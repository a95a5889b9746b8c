"""A person as staff see them: who they are, what they bought, what they asked for, what they were given and promised.

Lists are read a page at a time; however long a history is, a page of it costs the same.
"""

from decimal import Decimal
from heapq import merge

from msgspec import Struct

from chalicelib.domain.cases.case import Case
from chalicelib.domain.customers.customer import Customer
from chalicelib.domain.customers.identity import Identifier, mail_of, phone_of, region_of
from chalicelib.domain.kernel.errors import NotFound
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.usecases.customers.linked_records import keys_of, linked_records, main_record
from chalicelib.usecases.customers.merge_customers import suggestions
from chalicelib.usecases.customers.upsert_customer import customer_key
from chalicelib.usecases.ports import Page, StoredCase
from chalicelib.usecases.ports.services import Services, shop_of


class Totals(Struct, frozen=True):
    """What the cases that are shown come to."""

    cases: int
    kept: int
    broken: int
    given: dict[str, str]
    """Money that was paid, by currency."""


class Profile(Struct, frozen=True):
    """A person with a page of their cases."""

    customer: Customer
    """The record on top."""
    asked: Customer
    """The record that was asked for."""
    records: list[Customer]
    suggested: list[tuple[Customer, list[str]]]
    cases: Page
    orders: Page
    totals: Totals


def find_customer(services: Services, identifier: str) -> Customer:
    """The customer of that id, or NotFound."""
    found = services.customers.load([key_of_id(identifier)]).get(key_of_id(identifier))
    if found is None or found.id != identifier:
        raise NotFound(f"There is no customer {identifier!r}.")
    return found


def read_profile(services: Services, asked: Customer, limit: int, after: str | None) -> Profile:
    """A person's profile, with the cases behind `after`."""
    root = main_record(services, key_of_id(asked.id)) or asked
    records = linked_records(services, root)
    keys = keys_of(records)
    cases = _cases(services, asked.shop, keys, limit, after)
    suggested = suggestions(services, root, keys) if root.erased_at is None else []
    shown = [stored.case for stored in cases.items]
    return Profile(root, asked, records, suggested, cases, orders_of(services, asked, limit, None), totals_of(shown))


def _cases(services: Services, shop: str, keys: list[str], limit: int, after: str | None) -> Page:
    """The cases of several records in one list, newest first."""
    pages = [services.cases.find(shop, None, None, key, limit, after) for key in keys]
    if len(pages) == 1:
        return pages[0]
    found = list(merge(*(page.items for page in pages), key=_listed, reverse=True))
    more = len(found) > limit or any(page.next for page in pages)
    return Page(found[:limit], _listed(found[:limit][-1]) if more and found else None)


def _listed(stored: StoredCase) -> str:
    assert stored.case is not None
    return f"{stored.case.opened_at:013d}#{stored.key}"


def orders_of(services: Services, asked: Customer, limit: int, after: str | None) -> Page:
    """A person's orders, the newest first."""
    root = main_record(services, key_of_id(asked.id)) or asked
    keys = keys_of(linked_records(services, root))
    pages = [services.order_records.of_customer(asked.shop, key, limit, after) for key in keys]
    found = list(
        merge(
            *(page.items for page in pages),
            key=lambda sale: f"{sale.purchased_at:013d}#{sale.external_id}",
            reverse=True,
        )
    )
    more = len(found) > limit or any(page.next for page in pages)
    last = found[:limit][-1] if more and found else None
    return Page(found[:limit], f"{last.purchased_at:013d}#{last.external_id}" if last else None)


def totals_of(cases: list[Case]) -> Totals:
    """Promises kept and broken, and money that was paid, in these cases."""
    states = [clock.state for case in cases for clock in case.clocks]
    given: dict[str, Decimal] = {}
    for one in (one for case in cases for one in case.money if one.state == "done"):
        given[one.amount.currency] = given.get(one.amount.currency, Decimal(0)) + one.amount.value
    paid = {currency: str(amount) for currency, amount in given.items()}
    return Totals(len(cases), states.count("met"), states.count("breached"), paid)


def look_up(
    services: Services, shop_id: str, email: str | None, phone: str | None, external_id: str | None
) -> list[Customer]:
    """The people of a shop with that address, number or external id, each by the record on top."""
    shop = shop_of(services, shop_id, fresh=False)
    keys = [customer_key(services, shop_id, external_id)] if external_id else []
    mail, number = mail_of(email), phone_of(phone, region_of(shop))
    for one in (Identifier("mail", mail) if mail else None, Identifier("phone", number) if number else None):
        keys += services.identities.identified_by(shop_id, one) if one else []
    found = services.customers.load(dict.fromkeys(keys))
    roots = (main_record(services, key) for key in found)
    return list({one.id: one for one in roots if one is not None}.values())
