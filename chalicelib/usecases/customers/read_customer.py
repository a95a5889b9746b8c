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
from chalicelib.domain.kernel.ids import key_in
from chalicelib.usecases.customers.linked_records import family_of, keys_of, root_of
from chalicelib.usecases.customers.merge_customers import suggestions
from chalicelib.usecases.customers.upsert_customer import customer_key
from chalicelib.usecases.ports import Page, Stored
from chalicelib.usecases.ports.services import Desk, shop_of


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


def find_customer(desk: Desk, identifier: str) -> Customer:
    """The customer of that id, or NotFound."""
    found = desk.customers.load([key_in(identifier)]).get(key_in(identifier))
    if found is None or found.id != identifier:
        raise NotFound(f"There is no customer {identifier!r}.")
    return found


def read_profile(desk: Desk, asked: Customer, limit: int, after: str | None) -> Profile:
    """A person's profile, with the cases behind `after`."""
    root = root_of(desk, key_in(asked.id)) or asked
    records = family_of(desk, root)
    keys = keys_of(records)
    cases = _cases(desk, asked.shop, keys, limit, after)
    suggested = suggestions(desk, root, keys) if root.erased_at is None else []
    shown = [stored.case for stored in cases.items]
    return Profile(root, asked, records, suggested, cases, orders_of(desk, asked, limit, None), totals_of(shown))


def _cases(desk: Desk, shop: str, keys: list[str], limit: int, after: str | None) -> Page:
    """The cases of several records in one list, newest first."""
    pages = [desk.cases.find(shop, None, None, key, limit, after) for key in keys]
    if len(pages) == 1:
        return pages[0]
    found = list(merge(*(page.items for page in pages), key=_listed, reverse=True))
    more = len(found) > limit or any(page.next for page in pages)
    return Page(found[:limit], _listed(found[:limit][-1]) if more and found else None)


def _listed(stored: Stored) -> str:
    assert stored.case is not None
    return f"{stored.case.opened_at:013d}#{stored.key}"


def orders_of(desk: Desk, asked: Customer, limit: int, after: str | None) -> Page:
    """A person's orders, the newest first."""
    root = root_of(desk, key_in(asked.id)) or asked
    keys = keys_of(family_of(desk, root))
    pages = [desk.sales.of_customer(asked.shop, key, limit, after) for key in keys]
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


def look_up(desk: Desk, shop_id: str, email: str | None, phone: str | None, external_id: str | None) -> list[Customer]:
    """The people of a shop with that address, number or external id, each by the record on top."""
    shop = shop_of(desk, shop_id, fresh=False)
    keys = [customer_key(desk, shop_id, external_id)] if external_id else []
    mail, number = mail_of(email), phone_of(phone, region_of(shop))
    for one in (Identifier("mail", mail) if mail else None, Identifier("phone", number) if number else None):
        keys += desk.people.known_by(shop_id, one) if one else []
    found = desk.customers.load(dict.fromkeys(keys))
    roots = (root_of(desk, key) for key in found)
    return list({one.id: one for one in roots if one is not None}.values())
