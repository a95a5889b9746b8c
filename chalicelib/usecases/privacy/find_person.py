"""Find the customer whom a platform names by its id, email addresses and orders: the certain matches, and the doubtful.

An id means one record, and an order means the record of its buyer. Records that staff merged by hand are the same
person. A record that was merged automatically, because an address was equal, is not certain enough to be erased for it.
An email address means everybody who has it now, if they can all be one person; otherwise all of them are doubtful.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain.customers.customer import Customer
from chalicelib.domain.customers.identity import (
    Identifier,
    by_address,
    fit_one_person,
    identifiers,
    is_of_order,
    mail_of,
    phone_of,
    region_of,
    source_of,
)
from chalicelib.domain.email.authorship import claimed_customer
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.privacy.erasure import ErasureTarget
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.customers.linked_records import linked_records, main_record, read_all
from chalicelib.usecases.customers.upsert_customer import customer_key, order_customer_id

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import HasCustomers, HasIdentities, HasOrderRecords, HasVault

    class FindPersonServices(HasCustomers, HasIdentities, HasOrderRecords, HasVault, Protocol):
        """The services that `find_person` uses."""


PAGE = 100


class PersonMatch(Struct, frozen=True):
    """`meant`: the records that certainly match, by their keys. `doubtful`: other records that have a named address or
    number, but may be another person's."""

    meant: dict[str, Customer]
    doubtful: dict[str, Customer]


def find_person(services: "FindPersonServices", shop: Shop, target: ErasureTarget) -> PersonMatch:
    """The customers whom a platform names, if we have them; erased ones are not found."""
    keys = [customer_key(services, shop.id, external_id) for external_id in target.external_ids]
    keys += [key for order in target.orders for key in _buyers(services, shop, target.source, order)]
    meant = _certain_records(services, _load_present(services, keys).values())
    doubtful: dict[str, Customer] = {}
    for email in target.emails:
        holders = _certain_records(services, _holders_of_address(services, shop, email).values())
        if _are_meant(services, target, meant, holders):
            meant = meant | holders
        else:
            doubtful = doubtful | holders
        doubtful |= _claimants_of_address(services, shop, email)
    for phone in target.phones:
        number = phone_of(phone, region_of(shop))
        doubtful |= _holders_of(services, shop, Identifier("phone", number)) if number else {}
    return PersonMatch(meant, {key: record for key, record in doubtful.items() if key not in meant})


def _are_meant(
    services: "FindPersonServices", target: ErasureTarget, meant: dict[str, Customer], holders: dict[str, Customer]
) -> bool:
    """Whether a named email address means the records that have it. When the platform names an account by its id, no
    other account of the same platform is meant."""
    others = [record for key, record in holders.items() if key not in meant and not is_of_order(record.external_id)]
    is_other_account = bool(target.external_ids) and any(
        source_of(record.external_id) == target.source for record in others
    )
    return not is_other_account and fit_one_person(_families(services, holders))


def _certain_records(services: "FindPersonServices", records: Iterable[Customer]) -> dict[str, Customer]:
    """These records and all that are certainly the same person, because staff or an order says so, by their keys."""
    certain = dict[str, Customer]()
    to_visit = list(records)
    while to_visit:
        record = to_visit.pop()
        if key_of_id(record.id) not in certain:
            certain[key_of_id(record.id)] = record
            to_visit += [other for other in _merged_with(services, record) if _is_certain(services, record, other)]
    return certain


def _merged_with(services: "FindPersonServices", record: Customer) -> Iterable[Customer]:
    """The records that were merged into this one, and the one it was merged into."""
    return _load_present(services, [*record.members, *([record.root] if record.root else [])]).values()


def _is_certain(services: "FindPersonServices", record: Customer, other: Customer) -> bool:
    """Whether two merged records are certainly one person: staff merged them, or one stands for an order's buyer."""
    if is_of_order(record.external_id) or is_of_order(other.external_id):
        return True
    pair = {record.id, other.id}
    events = read_all([key_of_id(record.id)], lambda key, after: services.identities.events(key, PAGE, after))
    merges = [event for event in events if event.type == "merged" and set(event.data.values()) == pair]
    return bool(merges) and max(merges, key=lambda merge: merge.id).by.kind != "system"


def _buyers(services: "FindPersonServices", shop: Shop, source: str, order: str) -> list[str]:
    """The keys of an order's buyer: the customer of its record, and the record that stands for its unknown buyer."""
    order_record = services.order_records.load(shop.id, order)
    unknown_buyer = customer_key(services, shop.id, order_customer_id(source, order))
    if order_record is None or order_record.customer is None or order_record.external_id != order:
        return [unknown_buyer]
    return [key_of_id(order_record.customer), unknown_buyer]


def _holders_of_address(services: "FindPersonServices", shop: Shop, email: str) -> dict[str, Customer]:
    """The records that have this email address now, and the record of the sender who writes from it."""
    address = mail_of(email)
    holders = _holders_of(services, shop, Identifier("mail", address)) if address else {}
    return holders | _load_present(services, [customer_key(services, shop.id, by_address(email))])


def _claimants_of_address(services: "FindPersonServices", shop: Shop, email: str) -> dict[str, Customer]:
    """The record of somebody who only claimed this address: in a form, through a mailing list, or in an email that no
    domain authenticates. Anybody can do that, so they are doubtful unless staff merged them with a certain record."""
    spellings = dict.fromkeys(spelling for spelling in (email.strip(), mail_of(email)) if spelling)
    keys = [customer_key(services, shop.id, claimed_customer(spelling).external_id) for spelling in spellings]
    return _load_present(services, keys)


def _holders_of(services: "FindPersonServices", shop: Shop, identifier: Identifier) -> dict[str, Customer]:
    """The records that have this identifier now."""
    region = region_of(shop)
    records = _load_present(services, services.identities.identified_by(shop.id, identifier))
    return {key: record for key, record in records.items() if identifier in identifiers(record, region)}


def _load_present(services: "FindPersonServices", keys: Iterable[str]) -> dict[str, Customer]:
    """The records with these keys that were not erased."""
    records = services.customers.load(list(dict.fromkeys(keys)))
    return {key: record for key, record in records.items() if record.erased_at is None}


def _families(services: "FindPersonServices", records: dict[str, Customer]) -> list[list[Customer]]:
    """These records, grouped by who is certainly the same person."""
    families: list[list[Customer]] = []
    remaining = dict(records)
    while remaining:
        family = _certain_records(services, [next(iter(remaining.values()))])
        families.append([record for key, record in family.items() if key in records])
        remaining = {key: record for key, record in remaining.items() if key not in family}
    return families


def merges_to_undo(services: "FindPersonServices", records: dict[str, Customer]) -> list[tuple[str, str]]:
    """The merges between one of these records and one that is not among them: (into, member), by their keys."""
    roots = {root.id: root for key in records if (root := main_record(services, key)) is not None}
    linked = {key_of_id(record.id): record for root in roots.values() for record in linked_records(services, root)}
    return [
        (record.root, key)
        for key, record in linked.items()
        if record.root and (record.root in records) != (key in records)
    ]
