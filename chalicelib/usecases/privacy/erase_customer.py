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
from chalicelib.domain.kernel.ids import key_in, key_of, new_id
from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.privacy.erasure import Erasure, Whom
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.customers.linked_records import everything, family_of, keys_of, root_of
from chalicelib.usecases.customers.merge_customers import identify, unmerge
from chalicelib.usecases.ports import Stored
from chalicelib.usecases.ports.services import Desk, shop_of
from chalicelib.usecases.privacy.find_person import cut_between, find_named

PAGE = 100
FILES = ("uploads", "evidence", "mails")
"""Where files of cases lie."""
OF_PEOPLE = ("exports", "letters")
"""Where files of records lie."""


class Forgotten(Struct, frozen=True, kw_only=True):
    """What was done: the receipt of an erasure."""

    customer: str
    at: Instant
    records: int
    cases: int
    files: int


def forget(desk: Desk, customer: Customer, by: Actor) -> Forgotten:
    """Forget a person with all records that are theirs, as staff see them. Held while there is a legal hold on any of
    them."""
    root = root_of(desk, key_in(customer.id)) or customer
    family = family_of(desk, root)
    if any(one.held for one in family):
        raise Held(f"Customer {root.id} is under a legal hold: their data must be kept until it is ended.")
    at = desk.now()
    asked = Erasure(id=new_id(at, key_of(str(uuid4()))), shop=root.shop, at=at, by=by, keys=tuple(keys_of(family)))
    desk.people.plan(asked)
    cases, files = carry_out(desk, asked)
    return Forgotten(customer=root.id, at=at, records=len(family), cases=cases, files=files)


def forget_named(desk: Desk, shop: Shop, named: Whom, by: Actor, request: str) -> Erasure:
    """Forget all whom somebody outside names, and nobody else; what was done, and who may have been meant as well.

    `request` is the id of what asks for it: asked again, the same is carried to its end. Held when some of them are
    under a legal hold: the others are forgotten, and they are when the hold is ended.
    """
    begun = desk.people.erasure(request)
    if begun is None:
        found = find_named(desk, shop, named)
        begun = Erasure(
            id=request,
            shop=shop.id,
            at=desk.now(),
            by=by,
            keys=tuple(found.meant),
            cut=tuple(cut_between(desk, found.meant)),
            doubtful=tuple(one.id for one in found.doubtful.values()),
        )
        desk.people.plan(begun)
    carry_out(desk, begun)
    return begun


def resume(desk: Desk, identifier: str) -> Erasure | None:
    """Carry an erasure that was begun to its end; None when there is none. Held as for `forget_named`."""
    begun = desk.people.erasure(identifier)
    if begun is not None and begun.done_at is None:
        carry_out(desk, begun)
    return begun


def carry_out(desk: Desk, asked: Erasure) -> tuple[int, int]:
    """Forget the records of an erasure; how many cases and files went. Held when some must be kept for now."""
    known = desk.customers.load(asked.keys)
    held = {key: root for key, one in known.items() if (root := _held_with(desk, one)) is not None}
    left = {key: one for key, one in known.items() if key not in held and not _is_done(desk, key, asked)}
    survivors = [one for pair in asked.cut if left.keys() & set(pair) for one in _cut(desk, *pair, asked)]
    went = [_forget_record(desk, shop_of(desk, asked.shop, fresh=False), one, asked) for one in left.values()]
    for key in dict.fromkeys(survivors):
        identify(desk, key)
    if held:
        for key in held.values():
            _note(desk, key, asked, "erasure_waits", {"erasure": asked.id})
        ids = ", ".join(sorted(one.id for key, one in known.items() if key in held))
        raise Held(f"Under a legal hold, and forgotten when it is ended: {ids}.")
    desk.people.plan(replace(asked, done_at=desk.now()))
    return sum(cases for cases, _ in went), sum(files for _, files in went)


def _held_with(desk: Desk, one: Customer) -> str | None:
    """The key of the person that a record must be kept with; None when it may be forgotten."""
    root = root_of(desk, key_in(one.id)) or one
    held = one.erased_at is None and any(each.held for each in family_of(desk, root))
    return key_in(root.id) if held else None


def _cut(desk: Desk, into: str, member: str, asked: Erasure) -> list[str]:
    """Take a merge back whose one side is forgotten; the key of the side that stays."""
    found = desk.customers.load([into, member])
    if member in found and found[member].root == into:
        unmerge(desk, found[into], found[member], SYSTEM, "")
    return [one for one in (into, member) if one not in asked.keys]


def _is_done(desk: Desk, key: str, asked: Erasure) -> bool:
    """Whether this erasure forgot a record before: who came back since is not forgotten again."""
    told = everything([key], lambda one, after: desk.people.events(one, PAGE, after))
    return any(one.id == _event_id(key, asked, "erased") for one in told)


def _forget_record(desk: Desk, shop: Shop, one: Customer, asked: Erasure) -> tuple[int, int]:
    key = key_in(one.id)
    for known in identifiers(one, region_of(shop)):
        desk.people.unknow(shop.id, key, known)
    desk.vault.destroy([f"{shop.id}#{key}"])
    desk.customers.erase(shop.id, key, asked.at)
    cases, files = 0, sum(desk.uploads.remove_below(f"{kind}/{shop.id}/{key}/") for kind in OF_PEOPLE)
    for stored in everything([key], lambda one, at: desk.cases.find(shop.id, None, None, one, PAGE, at)):
        cases, files = cases + 1, files + _clear(desk, shop.id, stored)
    _note(desk, key, asked, "erased", {"records": len(asked.keys), "cases": cases, "files": files})
    return cases, files


def _clear(desk: Desk, shop: str, stored: Stored) -> int:
    """A case may have a key from before it was known whose it is, and files."""
    assert stored.case is not None
    desk.vault.destroy([f"{shop}#{stored.key}"])
    return sum(desk.uploads.remove_below(f"{kind}/{shop}/{stored.case.id}/") for kind in FILES)


def _note(desk: Desk, key: str, asked: Erasure, what: CustomerEventType, data: dict[str, Any]) -> None:
    desk.people.note(
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
