"""Forget a person: destroy their key, so that whatever was sealed with it is gone wherever it was copied to.

Their cases, the times in them and the figures stay. What they are known by leaves the index first, while it can be
read; then the key goes. All of it may be repeated until it is done.
"""

from uuid import uuid4

from msgspec import Struct

from chalicelib.domain.customers import Customer, CustomerEvent
from chalicelib.domain.errors import Held
from chalicelib.domain.events import Actor
from chalicelib.domain.identity import identifiers, region_of
from chalicelib.domain.ids import key_in, key_of, new_id
from chalicelib.domain.instants import Instant
from chalicelib.usecases.desk import Desk, shop_of
from chalicelib.usecases.family import everything, family_of, keys_of, root_of
from chalicelib.usecases.ports import Stored

PAGE = 100
FILES = ("uploads", "evidence", "mails")
"""Where files of cases lie."""


class Forgotten(Struct, frozen=True, kw_only=True):
    """What was done: the receipt of an erasure."""

    customer: str
    at: Instant
    records: int
    cases: int
    files: int


def forget(desk: Desk, customer: Customer, by: Actor) -> Forgotten:
    """Forget a person with all records that are theirs. Any number of times is as once. Held while there is a legal
    hold on any of them."""
    root = root_of(desk, key_in(customer.id)) or customer
    family, shop = family_of(desk, root), shop_of(desk, customer.shop, fresh=False)
    if any(one.held for one in family):
        raise Held(f"Customer {root.id} is under a legal hold: their data must be kept until it is ended.")
    for one in family:
        for known in identifiers(one, region_of(shop)):
            desk.people.unknow(shop.id, key_in(one.id), known)
    desk.vault.destroy(f"{shop.id}#{key}" for key in keys_of(family))
    at, files = desk.now(), 0
    for key in keys_of(family):
        desk.customers.erase(shop.id, key, at)
        files += sum(desk.uploads.remove_below(f"{kind}/{shop.id}/{key}/") for kind in ("exports", "letters"))
    cases = 0
    for stored in everything(keys_of(family), lambda key, at: desk.cases.find(shop.id, None, None, key, PAGE, at)):
        cases += 1
        files += _clear(desk, shop.id, stored)
    made = Forgotten(customer=root.id, at=at, records=len(family), cases=cases, files=files)
    _write_down(desk, root, made, by)
    return made


def _clear(desk: Desk, shop: str, stored: Stored) -> int:
    """A case may have a key from before it was known whose it is, and files."""
    assert stored.case is not None
    desk.vault.destroy([f"{shop}#{stored.key}"])
    return sum(
        desk.uploads.remove_below(f"{kind}/{shop}/{stored.case.id}/") for kind in ("uploads", "evidence", "mails")
    )


def _write_down(desk: Desk, root: Customer, made: Forgotten, by: Actor) -> None:
    event = CustomerEvent(
        id=new_id(made.at, key_of(str(uuid4()))), at=made.at, by=by, type="erased", shop=root.shop,
        data={"records": made.records, "cases": made.cases, "files": made.files},
    )  # fmt: skip
    desk.people.note(key_in(root.id), event)
