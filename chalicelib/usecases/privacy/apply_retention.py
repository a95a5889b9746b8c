"""Let go of what need not be kept any longer: people who were not heard of, and files of cases long closed.

The night finds whom it may concern by keys and months; whoever carries it out looks again, for people come back.
"""

from collections.abc import Iterator
from typing import Protocol

from chalicelib.domain.customers.customer import Customer
from chalicelib.domain.kernel.actors import SYSTEM
from chalicelib.domain.kernel.errors import Held
from chalicelib.domain.kernel.ids import key_in
from chalicelib.domain.kernel.timestamps import DAY, Day, Instant, next_day
from chalicelib.domain.privacy.retention import is_over, last_heard, month_of
from chalicelib.domain.shops.shop import Shop
from chalicelib.domain.sla.policies import Policy
from chalicelib.usecases.customers.linked_records import everything, family_of, keys_of, root_of
from chalicelib.usecases.ports.services import Desk, shop_of
from chalicelib.usecases.privacy.erase_customer import FILES, forget
from chalicelib.usecases.shops.manage_shop import read_policy

PAGE, YEARS_BACK = 100, 3


class Kept(Protocol):
    """What a night knows of how long things were kept."""

    def quiet_since(self, shop: str, month: str) -> Iterator[str]: ...
    def ask_to_retire(self, shop: str, key: str, month: str, now: Instant) -> None: ...
    def closed_on(self, shop: str, day: Day) -> Iterator[str]: ...
    def ask_to_clear(self, case: str, now: Instant) -> None: ...
    def cleared_to(self, shop: str, days: int) -> Day | None: ...
    def note_cleared(self, shop: str, days: int, day: Day) -> None: ...


def plan_retiring(kept: Kept, shop: Shop, policy: Policy, day: Day, now: Instant) -> int:
    """Ask for everybody who may have been silent for too long, and for the files of cases that were closed so long ago;
    how many were asked for."""
    asked, retention = 0, policy.retention
    if retention.people_days is not None:
        before = month_of(now - retention.people_days * DAY)
        for mark in list(kept.quiet_since(shop.id, before)):
            month, _, key = mark.partition("#")
            kept.ask_to_retire(shop.id, key, month, now)
            asked += 1
    if retention.files_days is not None:
        asked += _plan_files(kept, shop, retention.files_days, day, now)
    return asked


def _plan_files(kept: Kept, shop: Shop, days: int, day: Day, now: Instant) -> int:
    """The files of all cases closed up to so many days ago, from where the last night ended; from years back, when the
    policy names other days now."""
    asked, last = 0, next_day(day, -days)
    at = kept.cleared_to(shop.id, days) or next_day(last, -YEARS_BACK * 365)
    while at < last:
        at = next_day(at)
        for case in list(kept.closed_on(shop.id, at)):
            kept.ask_to_clear(case, now)
            asked += 1
    kept.note_cleared(shop.id, days, last)
    return asked


def retire_customer(desk: Desk, key: str) -> str:
    """Forget a person who was silent for as long as their shop keeps people; what became of it."""
    root = root_of(desk, key)
    if root is None or root.erased_at is not None:
        return "gone"
    family, shop = family_of(desk, root), shop_of(desk, root.shop, fresh=False)
    keys = keys_of(family)
    found = everything(keys, lambda one, at: desk.cases.find(shop.id, None, None, one, PAGE, at))
    bought = everything(keys, lambda one, at: desk.sales.of_customer(shop.id, one, PAGE, at))
    seen = max(one.seen_at for one in family)
    last = last_heard(seen, [one.case for one in found if one.case], [sale.purchased_at for sale in bought])
    if not is_over(last, read_policy(desk, shop.id, None).retention.people_days, desk.now()):
        desk.customers.heard_of(shop.id, key, desk.now() if last is None else last)
        return "heard of since"
    try:
        forget(desk, root, SYSTEM)
    except Held:
        desk.customers.heard_of(shop.id, key, desk.now())
        return "held"
    return "forgotten"


def clear_late(desk: Desk, root: Customer) -> int:
    """Remove the files whose time was over while their customer was held."""
    keys = keys_of(family_of(desk, root))
    found = everything(keys, lambda one, at: desk.cases.find(root.shop, None, None, one, PAGE, at))
    return sum(clear_files(desk, stored.key) for stored in found)


def clear_files(desk: Desk, key: str) -> int:
    """Remove the files of a case that was closed as long ago as its shop keeps them, unless its customer is held; how
    many there were."""
    case = desk.cases.load(key).case
    if case is None or case.closed_at is None:
        return 0
    days = read_policy(desk, case.shop, None).retention.files_days
    root = root_of(desk, key_in(case.customer))
    held = root is not None and any(one.held for one in family_of(desk, root))
    if held or not is_over(case.closed_at, days, desk.now() + DAY):
        return 0
    return sum(desk.uploads.remove_below(f"{kind}/{case.shop}/{case.id}/") for kind in FILES)
