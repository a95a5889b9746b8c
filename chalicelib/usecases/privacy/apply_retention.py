"""Let go of what need not be kept any longer: people who were not heard of, and files of cases long closed.

The night finds whom it may concern by keys and months; whoever carries it out looks again, for people come back.
"""

from chalicelib.domain.customers.customer import Customer
from chalicelib.domain.kernel.actors import SYSTEM
from chalicelib.domain.kernel.errors import Held
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import DAY_MS, Day, Instant, next_day
from chalicelib.domain.privacy.retention import is_over, last_heard, month_of
from chalicelib.domain.shops.shop import Shop
from chalicelib.domain.sla.policies import Policy
from chalicelib.usecases.customers.linked_records import everything, keys_of, linked_records, main_record
from chalicelib.usecases.ports.retention import RetentionStore
from chalicelib.usecases.ports.services import Services, shop_of
from chalicelib.usecases.privacy.erase_customer import FILES, erase_customer
from chalicelib.usecases.shops.manage_shop import read_policy

PAGE, YEARS_BACK = 100, 3


def plan_retention(kept: RetentionStore, shop: Shop, policy: Policy, day: Day, now: Instant) -> int:
    """Ask for everybody who may have been silent for too long, and for the files of cases that were closed so long ago;
    how many were asked for."""
    asked, retention = 0, policy.retention
    if retention.people_days is not None:
        before = month_of(now - retention.people_days * DAY_MS)
        for mark in list(kept.quiet_since(shop.id, before)):
            month, _, key = mark.partition("#")
            kept.request_erasure(shop.id, key, month, now)
            asked += 1
    if retention.files_days is not None:
        asked += _plan_files(kept, shop, retention.files_days, day, now)
    return asked


def _plan_files(kept: RetentionStore, shop: Shop, days: int, day: Day, now: Instant) -> int:
    """The files of all cases closed up to so many days ago, from where the last night ended; from years back, when the
    policy names other days now."""
    asked, last = 0, next_day(day, -days)
    at = kept.cleared_to(shop.id, days) or next_day(last, -YEARS_BACK * 365)
    while at < last:
        at = next_day(at)
        for case in list(kept.closed_on(shop.id, at)):
            kept.request_file_deletion(case, now)
            asked += 1
    kept.note_cleared(shop.id, days, last)
    return asked


def erase_inactive_customer(services: Services, key: str) -> str:
    """Forget a person who was silent for as long as their shop keeps people; what became of it."""
    root = main_record(services, key)
    if root is None or root.erased_at is not None:
        return "gone"
    family, shop = linked_records(services, root), shop_of(services, root.shop, fresh=False)
    keys = keys_of(family)
    found = everything(keys, lambda one, at: services.cases.find(shop.id, None, None, one, PAGE, at))
    bought = everything(keys, lambda one, at: services.order_records.of_customer(shop.id, one, PAGE, at))
    seen = max(one.seen_at for one in family)
    last = last_heard(seen, [one.case for one in found if one.case], [sale.purchased_at for sale in bought])
    if not is_over(last, read_policy(services, shop.id, None).retention.people_days, services.now()):
        services.customers.set_last_contact(shop.id, key, services.now() if last is None else last)
        return "heard of since"
    try:
        erase_customer(services, root, SYSTEM)
    except Held:
        services.customers.set_last_contact(shop.id, key, services.now())
        return "held"
    return "forgotten"


def delete_late_files(services: Services, root: Customer) -> int:
    """Remove the files whose time was over while their customer was held."""
    keys = keys_of(linked_records(services, root))
    found = everything(keys, lambda one, at: services.cases.find(root.shop, None, None, one, PAGE, at))
    return sum(delete_files(services, stored.key) for stored in found)


def delete_files(services: Services, key: str) -> int:
    """Remove the files of a case that was closed as long ago as its shop keeps them, unless its customer is held; how
    many there were."""
    case = services.cases.load(key).case
    if case is None or case.closed_at is None:
        return 0
    days = read_policy(services, case.shop, None).retention.files_days
    root = main_record(services, key_of_id(case.customer))
    held = root is not None and any(one.held for one in linked_records(services, root))
    if held or not is_over(case.closed_at, days, services.now() + DAY_MS):
        return 0
    return sum(services.uploads.remove_below(f"{kind}/{case.shop}/{case.id}/") for kind in FILES)
