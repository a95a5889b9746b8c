"""The cases of the people who have an email address or a phone number."""

from heapq import merge
from itertools import islice
from typing import TYPE_CHECKING

from chalicelib.domain.customers.identity import Identifier
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.customers.linked_records import keys_of, linked_records, main_record
from chalicelib.usecases.ports.cases import Page, StoredCase
from chalicelib.usecases.ports.search import place_of

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import HasCases, HasCustomers, HasIdentities

    class PeopleServices(HasCases, HasCustomers, HasIdentities, Protocol):
        """The services that finding people's cases uses."""


MAX_RECORDS = 10
"""So many records with the same identifier are looked at; what more records share belongs to no single person."""


def records_with(services: "PeopleServices", shop: Shop, by: Identifier) -> list[str]:
    """The keys of the records that have this identifier, and of those that were merged with them."""
    keys: dict[str, None] = {}
    for key in services.identities.identified_by(shop.id, by)[:MAX_RECORDS]:
        if key in keys or len(keys) >= MAX_RECORDS:
            continue
        root = main_record(services, key)
        if root is not None and root.erased_at is None:
            keys |= dict.fromkeys(keys_of(linked_records(services, root)))
    return list(keys)[:MAX_RECORDS]


def cases_of(services: "PeopleServices", shop: Shop, records: list[str], limit: int, after: str | None) -> Page:
    """A page of the cases (`StoredCase`) of customers with these records, the newest first."""
    pages = [services.cases.find(shop.id, None, None, key, limit, after).items for key in records]
    newest = list(islice(merge(*pages, key=_place, reverse=True), limit + 1))
    has_more = len(newest) > limit or any(len(page) == limit for page in pages)
    return Page(newest[:limit], _place(newest[:limit][-1]) if newest and has_more else None)


def _place(stored: StoredCase) -> str:
    assert stored.case is not None
    return place_of(stored.case.opened_at, stored.key)
