"""Merge two records of one person, or unmerge them: merging makes one point at the other, unmerging removes that.

The data of both records stays as it is, so unmerging restores both.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import uuid4

from chalicelib.domain.customers.customer import Customer, CustomerEvent, CustomerEventType
from chalicelib.domain.customers.identity import (
    MAX_SHARED,
    Identifier,
    fit_one_person,
    identifiers,
    region_of,
    top_first,
)
from chalicelib.domain.kernel.actors import SYSTEM, Actor
from chalicelib.domain.kernel.errors import Conflict, NotFound
from chalicelib.domain.kernel.ids import key_of, key_of_id, new_id
from chalicelib.usecases.customers.linked_records import linked_records, main_record
from chalicelib.usecases.ports.cases import VersionConflict
from chalicelib.usecases.ports.shop_rules import shop_of

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import HasClock, HasCustomers, HasIdentities, HasShops

    class MergeCustomersServices(HasClock, HasCustomers, HasIdentities, HasShops, Protocol):
        """The services that `merge_customers` uses."""


ATTEMPTS = 5


def merge(services: "MergeCustomersServices", into: Customer, member: Customer, by: Actor, reason: str) -> None:
    """Merge `member` into `into`. Conflict when either was merged into another record, or was erased."""
    if key_of_id(into.id) == key_of_id(member.id):
        raise Conflict("This is the same record.")
    for record in (into, member):
        if record.root is not None:
            raise Conflict(f"Customer {record.id} was merged into another record; merge that one, or unmerge it first.")
        if record.erased_at is not None:
            raise Conflict(f"Customer {record.id} was erased; nothing is left to merge.")
    _link(services, "merged", into, member, by, reason)


def unmerge(services: "MergeCustomersServices", into: Customer, member: Customer, by: Actor, reason: str) -> None:
    """Take `member` out of `into`, and mark the two as different people. Conflict when it is not merged into it."""
    if member.root != key_of_id(into.id):
        raise Conflict(f"Customer {member.id} is not merged into {into.id}.")
    _link(services, "unmerged", into, member, by, reason)


def _link(
    services: "MergeCustomersServices",
    kind: CustomerEventType,
    into: Customer,
    member: Customer,
    by: Actor,
    reason: str,
) -> None:
    """Store the merge or unmerge. Other changes to the records at the same time are tried again, but another merge or
    unmerge of one of them is a Conflict."""
    roots = (into.root, member.root)
    for attempt in range(ATTEMPTS):
        occurred_at = services.now()
        event = CustomerEvent(
            id=new_id(occurred_at, key_of(str(uuid4()))),
            at=occurred_at,
            by=by,
            type=kind,
            shop=into.shop,
            reason=reason or None,
            data={"into": into.id, "member": member.id},
        )
        try:
            return services.identities.link(into, member, event)
        except VersionConflict:
            services.pause(attempt)
            records = services.customers.load([key_of_id(into.id), key_of_id(member.id)])
            into = records[key_of_id(into.id)]
            member = records[key_of_id(member.id)]
            if (into.root, member.root) != roots:
                raise Conflict("Somebody else merged or unmerged one of them meanwhile: read them again.") from None
    raise Conflict("Others write these records at this moment: try again.")


def identify(services: "MergeCustomersServices", key: str) -> list[str]:
    """Store what identifies a customer, and merge them with the records of other sources that are the same person.
    Returns the ids of the records merged.

    All of them must fit one person. An identifier that matches several people merges none of them, in whatever order
    they came: staff get a suggestion instead.
    """
    customer = services.customers.load([key]).get(key)
    if customer is None or customer.erased_at is not None:
        return []
    services.customers.set_last_contact(customer.shop, key, customer.seen_at)
    return identify_as_stored(services, customer)


def identify_as_stored(services: "MergeCustomersServices", customer: Customer) -> list[str]:
    """As `identify`, for a customer as the caller has just stored or read them."""
    key = key_of_id(customer.id)
    own = _current_identifiers(services, customer)
    services.identities.add_identifiers(customer.shop, key, own)
    matches = _linking_matches(services, customer, [identifier for identifier in own if identifier.links])
    root = customer if customer.root is None else main_record(services, key)
    if not matches or root is None:
        return []
    own_records = linked_records(services, root)
    fitting = {identifier: roots for identifier, roots in matches.items() if _fit(services, own_records, roots)}
    others: dict[str, Customer] = {}
    for roots in fitting.values():
        others |= {other_key: other for other_key, other in roots.items() if other_key != key_of_id(root.id)}
    if not _fit(services, own_records, others):
        return []
    reason = f"equal {', '.join(sorted({identifier.kind for identifier in fitting}))}"
    for other in others.values():
        into, member = top_first(main_record(services, key) or root, other)
        merge(services, into, member, SYSTEM, reason)
    return [other.id for other in others.values()]


def _linking_matches(
    services: "MergeCustomersServices", customer: Customer, linking: Sequence[Identifier]
) -> dict[Identifier, dict[str, Customer]]:
    """By linking identifier of the customer, the main records (by key) of everybody who shares it."""
    matches: dict[Identifier, dict[str, Customer]] = {}
    for record, shared in _records_sharing(services, customer, linking):
        root = main_record(services, key_of_id(record.id))
        if root is not None and root.erased_at is None:
            for identifier in shared:
                matches.setdefault(identifier, {})[key_of_id(root.id)] = root
    return matches


def _fit(services: "MergeCustomersServices", own_records: list[Customer], roots: dict[str, Customer]) -> bool:
    """Whether the people with these main records may all be the person with these own records."""
    own_key = key_of_id(own_records[0].id)
    families = [linked_records(services, root) for key, root in roots.items() if key != own_key]
    return fit_one_person([own_records, *families])


def _current_identifiers(services: "MergeCustomersServices", customer: Customer) -> tuple[Identifier, ...]:
    return identifiers(customer, region_of(shop_of(services, customer.shop, fresh=False)))


def _records_sharing(
    services: "MergeCustomersServices", customer: Customer, identifiers: Sequence[Identifier]
) -> list[tuple[Customer, tuple[Identifier, ...]]]:
    """The other records of the shop that share these identifiers with this one, and which. The index also has a
    record's former identifiers; only the current ones count."""
    own_identifiers = set[Identifier]()
    other_keys = set[str]()
    for identifier in identifiers:
        keys = services.identities.identified_by(customer.shop, identifier)
        others = [key for key in keys if key != key_of_id(customer.id)]
        if len(others) < MAX_SHARED:
            own_identifiers.add(identifier)
            other_keys.update(others)
    loaded = services.customers.load(sorted(other_keys)) if other_keys else {}
    records = sorted(loaded.values(), key=lambda record: record.id)
    sharing = []
    for record in records:
        current = _current_identifiers(services, record)
        shared = tuple(identifier for identifier in current if identifier in own_identifiers)
        if shared:
            sharing.append((record, shared))
    return sharing


def suggestions(
    services: "MergeCustomersServices", customer: Customer, own_keys: list[str]
) -> list[tuple[Customer, list[str]]]:
    """Records that may be the same person, and the kinds of identifiers they share; not those of other people."""
    return [
        (record, sorted({identifier.kind.partition("/")[0] for identifier in shared}))
        for record, shared in _records_sharing(services, customer, _current_identifiers(services, customer))
        if record.erased_at is None and key_of_id(record.id) not in (*own_keys, *customer.apart)
    ]


def load_pair(services: "MergeCustomersServices", first_id: str, second_id: str) -> tuple[Customer, Customer]:
    """Two customers of one shop by their ids, or NotFound; Conflict when it is the same id twice."""
    if first_id == second_id:
        raise Conflict("This is the same record.")
    customers = services.customers.load([key_of_id(first_id), key_of_id(second_id)])
    first = customers.get(key_of_id(first_id))
    second = customers.get(key_of_id(second_id))
    if first is None or first.id != first_id:
        raise NotFound(f"There is no customer {first_id!r}.")
    if second is None or second.id != second_id or second.shop != first.shop:
        raise NotFound(f"There is no customer {second_id!r}.")
    return first, second
