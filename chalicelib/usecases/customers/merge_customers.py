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
from chalicelib.domain.kernel.ids import key_in, key_of, new_id
from chalicelib.usecases.customers.linked_records import family_of, root_of
from chalicelib.usecases.ports import Raced
from chalicelib.usecases.ports.services import Desk, shop_of

ATTEMPTS = 5


def merge(desk: Desk, into: Customer, member: Customer, by: Actor, reason: str) -> None:
    """Point `member` at `into`. Conflict when either is not the top of its family, or was forgotten."""
    if key_in(into.id) == key_in(member.id):
        raise Conflict("This is the same record.")
    for one in (into, member):
        if one.root is not None:
            raise Conflict(f"Customer {one.id} was merged into another record; merge that one, or unmerge it first.")
        if one.erased_at is not None:
            raise Conflict(f"Customer {one.id} was forgotten; nothing is left to merge.")
    _write(desk, "merged", into, member, by, reason)


def unmerge(desk: Desk, into: Customer, member: Customer, by: Actor, reason: str) -> None:
    """Take `member` out of `into`, and keep the two apart from then on. Conflict when it is not merged into it."""
    if member.root != key_in(into.id):
        raise Conflict(f"Customer {member.id} is not merged into {into.id}.")
    _write(desk, "unmerged", into, member, by, reason)


def _write(desk: Desk, what: CustomerEventType, into: Customer, member: Customer, by: Actor, reason: str) -> None:
    for attempt in range(ATTEMPTS):
        at = desk.now()
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
            return desk.people.link(into, member, event)
        except Raced:
            desk.pause(attempt)
            found = desk.customers.load([key_in(into.id), key_in(member.id)])
            before, (into, member) = (into, member), (found[key_in(into.id)], found[key_in(member.id)])
            if (into.root, member.root) != (before[0].root, before[1].root):
                raise Conflict("Somebody else merged or unmerged one of them meanwhile: read them again.") from None
    raise Conflict("Others write these records at this moment: try again.")


def identify(desk: Desk, key: str) -> list[str]:
    """Keep what a customer is known by, and merge them with the records of other sources that are the same person, if
    they can all be one; the ids of those. What fits two people merges nobody, whoever came first: it is suggested."""
    customer = desk.customers.load([key]).get(key)
    if customer is None or customer.erased_at is not None:
        return []
    desk.customers.heard_of(customer.shop, key, customer.seen_at)
    for one in _known(desk, customer):
        desk.people.know(customer.shop, key, one)
    mine, shared = root_of(desk, key), _shared(desk, customer)
    if mine is None:
        return []
    ours = family_of(desk, mine)
    fitting = {one: people for one, people in shared.items() if _fit(desk, ours, people)}
    others = {top: root for people in fitting.values() for top, root in people.items() if top != key_in(mine.id)}
    if not _fit(desk, ours, others):
        return []
    for other in others.values():
        into, member = top_first(root_of(desk, key) or mine, other)
        merge(desk, into, member, SYSTEM, f"equal {', '.join(sorted({one.kind for one in fitting}))}")
    return [one.id for one in others.values()]


def _shared(desk: Desk, customer: Customer) -> dict[Identifier, dict[str, Customer]]:
    """By what may link a customer with others, who has it: the records on top of theirs, by key."""
    found: dict[Identifier, dict[str, Customer]] = {}
    for one, what in _sharing(desk, customer):
        root = root_of(desk, key_in(one.id))
        if root is not None and root.erased_at is None:
            for each in what:
                found.setdefault(each, {})[key_in(root.id)] = root
    return {one: people for one, people in found.items() if one.links}


def _fit(desk: Desk, ours: list[Customer], people: dict[str, Customer]) -> bool:
    """Whether these people may all be the one whose records are ours."""
    return fit_one_person([ours, *(family_of(desk, one) for key, one in people.items() if key != key_in(ours[0].id))])


def _known(desk: Desk, customer: Customer) -> tuple[Identifier, ...]:
    """What a customer is known by now."""
    return identifiers(customer, region_of(shop_of(desk, customer.shop, fresh=False)))


def _sharing(desk: Desk, customer: Customer) -> list[tuple[Customer, tuple[Identifier, ...]]]:
    """The other records of the shop that share something with this one, and what. The index remembers what a record was
    known by before; what it is known by now is looked at."""
    mine, found = set[Identifier](), set[str]()
    for one in _known(desk, customer):
        others = [key for key in desk.people.known_by(customer.shop, one) if key != key_in(customer.id)]
        if len(others) < MOST_SHARED:
            mine.add(one)
            found.update(others)
    records = sorted(desk.customers.load(sorted(found)).values(), key=lambda one: one.id)
    shared = [(one, tuple(each for each in _known(desk, one) if each in mine)) for one in records]
    return [(one, what) for one, what in shared if what]


def suggestions(desk: Desk, customer: Customer, family: list[str]) -> list[tuple[Customer, list[str]]]:
    """Records that may be the same person, and what they share; those said to be apart are none."""
    return [
        (one, sorted({each.kind.partition("/")[0] for each in what}))
        for one, what in _sharing(desk, customer)
        if one.erased_at is None and key_in(one.id) not in (*family, *customer.apart)
    ]


def two_of(desk: Desk, one: str, other: str) -> tuple[Customer, Customer]:
    """Two customers of one shop by their ids, or NotFound; Conflict when they are one."""
    if one == other:
        raise Conflict("This is the same record.")
    found = desk.customers.load([key_in(one), key_in(other)])
    first, second = found.get(key_in(one)), found.get(key_in(other))
    if first is None or first.id != one:
        raise NotFound(f"There is no customer {one!r}.")
    if second is None or second.id != other or second.shop != first.shop:
        raise NotFound(f"There is no customer {other!r}.")
    return first, second
