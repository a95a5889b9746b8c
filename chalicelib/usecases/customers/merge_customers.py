"""Two records are one person, or are not: merging points one at the other, and unmerging takes the pointer away.

Nothing of either record is changed or moved, so unmerging gives both back as they were.
"""

from uuid import uuid4

from chalicelib.domain.customers.customer import Customer, CustomerEvent, CustomerEventType
from chalicelib.domain.customers.identity import (
    MOST_SHARED,
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
from chalicelib.usecases.ports import VersionConflict
from chalicelib.usecases.ports.services import Services, shop_of

ATTEMPTS = 5


def merge(services: Services, into: Customer, member: Customer, by: Actor, reason: str) -> None:
    """Point `member` at `into`. Conflict when either is not the top of its family, or was forgotten."""
    if key_of_id(into.id) == key_of_id(member.id):
        raise Conflict("This is the same record.")
    for one in (into, member):
        if one.root is not None:
            raise Conflict(f"Customer {one.id} was merged into another record; merge that one, or unmerge it first.")
        if one.erased_at is not None:
            raise Conflict(f"Customer {one.id} was forgotten; nothing is left to merge.")
    _write(services, "merged", into, member, by, reason)


def unmerge(services: Services, into: Customer, member: Customer, by: Actor, reason: str) -> None:
    """Take `member` out of `into`, and keep the two apart from then on. Conflict when it is not merged into it."""
    if member.root != key_of_id(into.id):
        raise Conflict(f"Customer {member.id} is not merged into {into.id}.")
    _write(services, "unmerged", into, member, by, reason)


def _write(
    services: Services, what: CustomerEventType, into: Customer, member: Customer, by: Actor, reason: str
) -> None:
    for attempt in range(ATTEMPTS):
        at = services.now()
        event = CustomerEvent(
            id=new_id(at, key_of(str(uuid4()))),
            at=at,
            by=by,
            type=what,
            shop=into.shop,
            reason=reason or None,
            data={"into": into.id, "member": member.id},
        )
        try:
            return services.identities.link(into, member, event)
        except VersionConflict:
            services.pause(attempt)
            found = services.customers.load([key_of_id(into.id), key_of_id(member.id)])
            before, (into, member) = (into, member), (found[key_of_id(into.id)], found[key_of_id(member.id)])
            if (into.root, member.root) != (before[0].root, before[1].root):
                raise Conflict("Somebody else merged or unmerged one of them meanwhile: read them again.") from None
    raise Conflict("Others write these records at this moment: try again.")


def identify(services: Services, key: str) -> list[str]:
    """Keep what a customer is known by, and merge them with the records of other sources that are the same person, if
    they can all be one; the ids of those. What fits two people merges nobody, whoever came first: it is suggested."""
    customer = services.customers.load([key]).get(key)
    if customer is None or customer.erased_at is not None:
        return []
    services.customers.set_last_contact(customer.shop, key, customer.seen_at)
    for one in _known(services, customer):
        services.identities.know(customer.shop, key, one)
    mine, shared = main_record(services, key), _shared(services, customer)
    if mine is None:
        return []
    ours = linked_records(services, mine)
    fitting = {one: people for one, people in shared.items() if _fit(services, ours, people)}
    others = {top: root for people in fitting.values() for top, root in people.items() if top != key_of_id(mine.id)}
    if not _fit(services, ours, others):
        return []
    for other in others.values():
        into, member = top_first(main_record(services, key) or mine, other)
        merge(services, into, member, SYSTEM, f"equal {', '.join(sorted({one.kind for one in fitting}))}")
    return [one.id for one in others.values()]


def _shared(services: Services, customer: Customer) -> dict[Identifier, dict[str, Customer]]:
    """By what may link a customer with others, who has it: the records on top of theirs, by key."""
    found: dict[Identifier, dict[str, Customer]] = {}
    for one, what in _sharing(services, customer):
        root = main_record(services, key_of_id(one.id))
        if root is not None and root.erased_at is None:
            for each in what:
                found.setdefault(each, {})[key_of_id(root.id)] = root
    return {one: people for one, people in found.items() if one.links}


def _fit(services: Services, ours: list[Customer], people: dict[str, Customer]) -> bool:
    """Whether these people may all be the one whose records are ours."""
    return fit_one_person(
        [ours, *(linked_records(services, one) for key, one in people.items() if key != key_of_id(ours[0].id))]
    )


def _known(services: Services, customer: Customer) -> tuple[Identifier, ...]:
    """What a customer is known by now."""
    return identifiers(customer, region_of(shop_of(services, customer.shop, fresh=False)))


def _sharing(services: Services, customer: Customer) -> list[tuple[Customer, tuple[Identifier, ...]]]:
    """The other records of the shop that share something with this one, and what. The index remembers what a record was
    known by before; what it is known by now is looked at."""
    mine, found = set[Identifier](), set[str]()
    for one in _known(services, customer):
        others = [key for key in services.identities.identified_by(customer.shop, one) if key != key_of_id(customer.id)]
        if len(others) < MOST_SHARED:
            mine.add(one)
            found.update(others)
    records = sorted(services.customers.load(sorted(found)).values(), key=lambda one: one.id)
    shared = [(one, tuple(each for each in _known(services, one) if each in mine)) for one in records]
    return [(one, what) for one, what in shared if what]


def suggestions(services: Services, customer: Customer, family: list[str]) -> list[tuple[Customer, list[str]]]:
    """Records that may be the same person, and what they share; those said to be apart are none."""
    return [
        (one, sorted({each.kind.partition("/")[0] for each in what}))
        for one, what in _sharing(services, customer)
        if one.erased_at is None and key_of_id(one.id) not in (*family, *customer.apart)
    ]


def two_of(services: Services, one: str, other: str) -> tuple[Customer, Customer]:
    """Two customers of one shop by their ids, or NotFound; Conflict when they are one."""
    if one == other:
        raise Conflict("This is the same record.")
    found = services.customers.load([key_of_id(one), key_of_id(other)])
    first, second = found.get(key_of_id(one)), found.get(key_of_id(other))
    if first is None or first.id != one:
        raise NotFound(f"There is no customer {one!r}.")
    if second is None or second.id != other or second.shop != first.shop:
        raise NotFound(f"There is no customer {other!r}.")
    return first, second
