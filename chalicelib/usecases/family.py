"""All records of one person: those that were merged, seen from the one on top."""

from chalicelib.domain.customers import Customer
from chalicelib.domain.ids import key_in
from chalicelib.usecases.desk import Desk

DEEPEST, MOST = 10, 200


def root_of(desk: Desk, key: str) -> Customer | None:
    """The record on top of the one with this key; itself when it was merged into none."""
    found = desk.customers.load([key]).get(key)
    for _ in range(DEEPEST):
        if found is None or found.root is None:
            return found
        found = desk.customers.load([found.root]).get(found.root)
    return found


def family_of(desk: Desk, root: Customer) -> list[Customer]:
    """A record and all that were merged into it, level by level."""
    found, level = [root], [root]
    while level and len(found) < MOST:
        below = [key for one in level for key in one.members]
        level = list(desk.customers.load(below).values()) if below else []
        found += level
    return found


def keys_of(family: list[Customer]) -> list[str]:
    """Their keys."""
    return [key_in(one.id) for one in family]
