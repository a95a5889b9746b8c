"""Forget people: destroy their keys, so that whatever was sealed with them is gone wherever it was copied to.

Their cases, the times in them and the figures stay. What is to be forgotten is written down first, and carried out by
whoever finds it: what was interrupted is carried to its end, and any number of times is as once. What a record is
known by leaves the index first, while it can be read; then its key goes.
"""

from typing import Any
from uuid import uuid4

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.customers.customer import Customer, CustomerEvent, CustomerEventType
from chalicelib.domain.customers.identity import identifiers, region_of
from chalicelib.domain.kernel.actors import SYSTEM, Actor
from chalicelib.domain.kernel.errors import Held
from chalicelib.domain.kernel.ids import key_of, key_of_id, new_id
from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.privacy.erasure import Erasure, ErasureTarget
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.customers.linked_records import everything, keys_of, linked_records, main_record
from chalicelib.usecases.customers.merge_customers import identify, unmerge
from chalicelib.usecases.ports import StoredCase
from chalicelib.usecases.ports.services import Services, shop_of
from chalicelib.usecases.privacy.find_person import cut_between, find_person

PAGE = 100
FILES = ("uploads", "evidence", "mails")
"""Where files of cases lie."""
OF_PEOPLE = ("exports", "letters")
"""Where files of records lie."""


class ErasureOutcome(Struct, frozen=True, kw_only=True):
    """What was done: the receipt of an erasure."""

    customer: str
    at: Instant
    records: int
    cases: int
    files: int


def erase_customer(services: Services, customer: Customer, by: Actor) -> ErasureOutcome:
    """Forget a person with all records that are theirs, as staff see them. Held while there is a legal hold on any of
    them."""
    root = main_record(services, key_of_id(customer.id)) or customer
    family = linked_records(services, root)
    if any(one.held for one in family):
        raise Held(f"Customer {root.id} is under a legal hold: their data must be kept until it is ended.")
    at = services.now()
    asked = Erasure(id=new_id(at, key_of(str(uuid4()))), shop=root.shop, at=at, by=by, keys=tuple(keys_of(family)))
    services.identities.plan(asked)
    cases, files = run_erasure(services, asked)
    return ErasureOutcome(customer=root.id, at=at, records=len(family), cases=cases, files=files)


def erase_named(services: Services, shop: Shop, named: ErasureTarget, by: Actor, request: str) -> Erasure:
    """Forget all whom somebody outside names, and nobody else; what was done, and who may have been meant as well.

    `request` is the id of what asks for it: asked again, the same is carried to its end. Held when some of them are
    under a legal hold: the others are forgotten, and they are when the hold is ended.
    """
    begun = services.identities.erasure(request)
    if begun is None:
        found = find_person(services, shop, named)
        begun = Erasure(
            id=request,
            shop=shop.id,
            at=services.now(),
            by=by,
            keys=tuple(found.meant),
            cut=tuple(cut_between(services, found.meant)),
            doubtful=tuple(one.id for one in found.doubtful.values()),
        )
        services.identities.plan(begun)
    run_erasure(services, begun)
    return begun


def resume_erasure(services: Services, identifier: str) -> Erasure | None:
    """Carry an erasure that was begun to its end; None when there is none. Held as for `forget_named`."""
    begun = services.identities.erasure(identifier)
    if begun is not None and begun.done_at is None:
        run_erasure(services, begun)
    return begun


def run_erasure(services: Services, asked: Erasure) -> tuple[int, int]:
    """Forget the records of an erasure; how many cases and files went. Held when some must be kept for now."""
    known = services.customers.load(asked.keys)
    held = {key: root for key, one in known.items() if (root := _held_with(services, one)) is not None}
    left = {key: one for key, one in known.items() if key not in held and not _is_done(services, key, asked)}
    survivors = [one for pair in asked.cut if left.keys() & set(pair) for one in _cut(services, *pair, asked)]
    went = [_forget_record(services, shop_of(services, asked.shop, fresh=False), one, asked) for one in left.values()]
    for key in dict.fromkeys(survivors):
        identify(services, key)
    if held:
        for key in held.values():
            _note(services, key, asked, "erasure_waits", {"erasure": asked.id})
        ids = ", ".join(sorted(one.id for key, one in known.items() if key in held))
        raise Held(f"Under a legal hold, and forgotten when it is ended: {ids}.")
    services.identities.plan(replace(asked, done_at=services.now()))
    return sum(cases for cases, _ in went), sum(files for _, files in went)


def _held_with(services: Services, one: Customer) -> str | None:
    """The key of the person that a record must be kept with; None when it may be forgotten."""
    root = main_record(services, key_of_id(one.id)) or one
    held = one.erased_at is None and any(each.held for each in linked_records(services, root))
    return key_of_id(root.id) if held else None


def _cut(services: Services, into: str, member: str, asked: Erasure) -> list[str]:
    """Take a merge back whose one side is forgotten; the key of the side that stays."""
    found = services.customers.load([into, member])
    if member in found and found[member].root == into:
        unmerge(services, found[into], found[member], SYSTEM, "")
    return [one for one in (into, member) if one not in asked.keys]


def _is_done(services: Services, key: str, asked: Erasure) -> bool:
    """Whether this erasure forgot a record before: who came back since is not forgotten again."""
    told = everything([key], lambda one, after: services.identities.events(one, PAGE, after))
    return any(one.id == _event_id(key, asked, "erased") for one in told)


def _forget_record(services: Services, shop: Shop, one: Customer, asked: Erasure) -> tuple[int, int]:
    key = key_of_id(one.id)
    for known in identifiers(one, region_of(shop)):
        services.identities.remove_identifier(shop.id, key, known)
    services.vault.destroy([f"{shop.id}#{key}"])
    services.customers.erase(shop.id, key, asked.at)
    cases, files = 0, sum(services.uploads.remove_below(f"{kind}/{shop.id}/{key}/") for kind in OF_PEOPLE)
    for stored in everything([key], lambda one, at: services.cases.find(shop.id, None, None, one, PAGE, at)):
        cases, files = cases + 1, files + _clear(services, shop.id, stored)
    _note(services, key, asked, "erased", {"records": len(asked.keys), "cases": cases, "files": files})
    return cases, files


def _clear(services: Services, shop: str, stored: StoredCase) -> int:
    """A case may have a key from before it was known whose it is, and files."""
    assert stored.case is not None
    services.vault.destroy([f"{shop}#{stored.key}"])
    return sum(services.uploads.remove_below(f"{kind}/{shop}/{stored.case.id}/") for kind in FILES)


def _note(services: Services, key: str, asked: Erasure, what: CustomerEventType, data: dict[str, Any]) -> None:
    services.identities.note(
        key,
        CustomerEvent(
            id=_event_id(key, asked, what),
            at=asked.at,
            by=asked.by,
            type=what,
            shop=asked.shop,
            data=data,
        ),
    )


def _event_id(key: str, asked: Erasure, what: str) -> str:
    """The same event of the same erasure is noted once, however often it is carried out."""
    return new_id(asked.at, key_of(asked.id, what, key))
