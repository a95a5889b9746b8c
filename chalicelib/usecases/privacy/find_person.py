"""Whom a platform names, by its id of them, their address and their orders: who is meant for certain, and who may be.

An id names one record, and an order its buyer's. What staff merged by hand is one person with it; what was merged by
itself, for an address that was equal, is not certain enough to be destroyed for another's sake. An address names
everybody who has it now, if they can all be one person; where they cannot, it names nobody for certain.
"""

from collections.abc import Iterable

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
from chalicelib.usecases.customers.linked_records import everything, linked_records, main_record
from chalicelib.usecases.customers.upsert_customer import customer_key, order_customer_id
from chalicelib.usecases.ports.services import Services

PAGE = 100


class PersonMatch(Struct, frozen=True):
    """`meant`: the records that are meant, by their keys. `doubtful`: others that have an address or number that
    was named, and are perhaps somebody else's."""

    meant: dict[str, Customer]
    doubtful: dict[str, Customer]


def find_person(services: Services, shop: Shop, named: ErasureTarget) -> PersonMatch:
    """Everybody who is named, if we know them. Who was forgotten is known no more."""
    keys = [customer_key(services, shop.id, one) for one in named.external_ids]
    keys += [key for order in named.orders for key in _buyers(services, shop, named.source, order)]
    meant = one_by_hand(services, _known(services, keys).values())
    doubtful: dict[str, Customer] = {}
    for email in named.emails:
        holders = one_by_hand(services, _holders(services, shop, email).values())
        fits = _fits(services, named, meant, holders)
        meant, doubtful = (meant | holders, doubtful) if fits else (meant, doubtful | holders)
        doubtful |= _claiming(services, shop, email)
    for phone in named.phones:
        number = phone_of(phone, region_of(shop))
        doubtful |= _having(services, shop, Identifier("phone", number)) if number else {}
    return PersonMatch(meant, {key: one for key, one in doubtful.items() if key not in meant})


def _fits(services: Services, named: ErasureTarget, meant: dict[str, Customer], holders: dict[str, Customer]) -> bool:
    """Whether an address names those who have it. Of the platform's own accounts an id names its own and no other."""
    others = [one for key, one in holders.items() if key not in meant and not is_of_order(one.external_id)]
    account = bool(named.external_ids) and any(source_of(one.external_id) == named.source for one in others)
    return not account and fit_one_person(_families(services, holders))


def one_by_hand(services: Services, records: Iterable[Customer]) -> dict[str, Customer]:
    """These records and all that staff, or an order, made one person with them, by their keys."""
    found, waiting = dict[str, Customer](), list(records)
    while waiting:
        one = waiting.pop()
        if key_of_id(one.id) not in found:
            found[key_of_id(one.id)] = one
            waiting += [other for other in _beside(services, one) if _is_certain(services, one, other)]
    return found


def _beside(services: Services, one: Customer) -> Iterable[Customer]:
    """The records it was merged into, or that were merged into it."""
    return _known(services, [*one.members, *([one.root] if one.root else [])]).values()


def _is_certain(services: Services, one: Customer, other: Customer) -> bool:
    """Whether two records, one merged into the other, are one person because somebody says so, or their order."""
    if is_of_order(one.external_id) or is_of_order(other.external_id):
        return True
    pair = {one.id, other.id}
    told = everything([key_of_id(one.id)], lambda key, after: services.identities.events(key, PAGE, after))
    merges = [each for each in told if each.type == "merged" and set(each.data.values()) == pair]
    return bool(merges) and max(merges, key=lambda each: each.id).by.kind != "system"


def _buyers(services: Services, shop: Shop, source: str, order: str) -> list[str]:
    """The keys of who bought an order: its customer, and whoever is known by nothing but it."""
    sale = services.order_records.load(shop.id, order)
    nobody = customer_key(services, shop.id, order_customer_id(source, order))
    if sale is None or sale.customer is None or sale.external_id != order:
        return [nobody]
    return [key_of_id(sale.customer), nobody]


def _holders(services: Services, shop: Shop, email: str) -> dict[str, Customer]:
    """Who has this address now, and the record of whoever writes from it."""
    mail = mail_of(email)
    found = _having(services, shop, Identifier("mail", mail)) if mail else {}
    return found | _known(services, [customer_key(services, shop.id, by_address(email))])


def _claiming(services: Services, shop: Shop, email: str) -> dict[str, Customer]:
    """The record of whoever only said that this is their address: by a form, a list, or a mail no domain vouches for.
    Anybody can say so; what staff made one person with somebody who is meant is found by that."""
    spelled = dict.fromkeys(one for one in (email.strip(), mail_of(email)) if one)
    return _known(services, [customer_key(services, shop.id, claimed_customer(one).external_id) for one in spelled])


def _having(services: Services, shop: Shop, identifier: Identifier) -> dict[str, Customer]:
    region = region_of(shop)
    known = _known(services, services.identities.identified_by(shop.id, identifier))
    return {key: one for key, one in known.items() if identifier in identifiers(one, region)}


def _known(services: Services, keys: Iterable[str]) -> dict[str, Customer]:
    found = services.customers.load(list(dict.fromkeys(keys)))
    return {key: one for key, one in found.items() if one.erased_at is None}


def _families(services: Services, records: dict[str, Customer]) -> list[list[Customer]]:
    """These records, those that are one person by hand together."""
    families: list[list[Customer]] = []
    left = dict(records)
    while left:
        family = one_by_hand(services, [next(iter(left.values()))])
        families.append([one for key, one in family.items() if key in records])
        left = {key: one for key, one in left.items() if key not in family}
    return families


def cut_between(services: Services, records: dict[str, Customer]) -> list[tuple[str, str]]:
    """The merges that join one of these records with one that is none of them: (into, member), by their keys."""
    roots = {root.id: root for key in records if (root := main_record(services, key)) is not None}
    whole = {key_of_id(one.id): one for root in roots.values() for one in linked_records(services, root)}
    return [(one.root, key) for key, one in whole.items() if one.root and (one.root in records) != (key in records)]
