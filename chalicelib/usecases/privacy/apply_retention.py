"""Retention: erase customers who have been inactive for too long, and delete the files of cases closed long ago.

The nightly job finds candidates by keys and months. The worker that handles one checks again, because customers may
have come back.
"""

from typing import TYPE_CHECKING

from chalicelib.domain.cases.case import Case
from chalicelib.domain.casework.parts import merged_cases
from chalicelib.domain.customers.customer import Customer
from chalicelib.domain.kernel.actors import SYSTEM
from chalicelib.domain.kernel.errors import Held
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import DAY_MS, Day, Instant, next_day
from chalicelib.domain.privacy.retention import is_over, last_contact_at, month_of
from chalicelib.domain.shops.shop import Shop
from chalicelib.domain.sla.policies import Policy
from chalicelib.usecases.customers.linked_records import keys_of, linked_records, main_record, read_all
from chalicelib.usecases.ports.files import RetentionStore
from chalicelib.usecases.ports.shop_rules import shop_of
from chalicelib.usecases.privacy.erase_customer import FILES, erase_customer
from chalicelib.usecases.shops.manage_shop import read_policy

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import (
        HasAgents,
        HasApiUrl,
        HasCases,
        HasClock,
        HasCustomers,
        HasIdempotency,
        HasIdentities,
        HasInboundDomain,
        HasMailer,
        HasOrderRecords,
        HasPages,
        HasSecrets,
        HasShops,
        HasThreads,
        HasUploads,
        HasVault,
        HasWords,
    )

    class ApplyRetentionServices(
        HasAgents,
        HasApiUrl,
        HasCases,
        HasClock,
        HasCustomers,
        HasIdempotency,
        HasIdentities,
        HasInboundDomain,
        HasMailer,
        HasOrderRecords,
        HasPages,
        HasSecrets,
        HasShops,
        HasThreads,
        HasUploads,
        HasVault,
        HasWords,
        Protocol,
    ):
        """The services that `apply_retention` uses."""


PAGE = 100
YEARS_BACK = 3
DAYS_AT_ONCE = 400
"""Days whose closed cases one nightly job looks at: more than a year when the policy has changed."""


def plan_retention(store: RetentionStore, shop: Shop, policy: Policy, day: Day, now: Instant) -> int:
    """Request the erasure of customers who may have been inactive for too long, and the deletion of files of cases that
    were closed long ago; returns how many requests were made."""
    requested = 0
    retention = policy.retention
    if retention.people_days is not None:
        requested += _plan_marked_people(store, shop, retention.people_days, now)
        requested += _plan_people_with_cases(store, shop, retention.people_days, day, now)
    if retention.files_days is not None:
        requested += _plan_files(store, shop, retention.files_days, day, now)
    return requested


def _plan_marked_people(store: RetentionStore, shop: Shop, days: int, now: Instant) -> int:
    """Request that customers are checked who were marked in a month that is over for so many days."""
    marks = list(store.quiet_since(shop.id, month_of(now - days * DAY_MS)))
    for mark in marks:
        store.request_erasure(mark[1].partition("#")[2], now)
        store.clear(mark)
    return len(marks)


def _plan_people_with_cases(store: RetentionStore, shop: Shop, days: int, day: Day, now: Instant) -> int:
    """Request that customers are checked whose last case was closed so many days ago. Whoever has opened another one
    since is found by that. It starts where the last nightly job ended, or with the shop's first day when the policy has
    changed since, and leaves what is too much for one job to the next."""
    last = next_day(day, -days)
    looked_to = store.looked_to(shop.id, "people", days)
    if looked_to is None:
        first = store.first_day(shop.id)
        looked_to = next_day(min(first, last), -1) if first is not None else next_day(last, -1)
    last = min(last, next_day(looked_to, DAYS_AT_ONCE))
    keys: dict[str, None] = {}
    while looked_to < last:
        looked_to = next_day(looked_to)
        closed = store.closed_on(shop.id, looked_to)
        keys |= dict.fromkeys(key_of_id(case.customer) for case in closed if store.is_newest(case))
    for key in keys:
        store.request_erasure(key, now)
    store.note_looked(shop.id, "people", days, looked_to)
    return len(keys)


def _plan_files(store: RetentionStore, shop: Shop, days: int, day: Day, now: Instant) -> int:
    """Request the deletion of files of cases closed up to so many days ago, starting where the last nightly job ended;
    or years back, when the policy has changed since."""
    requested = 0
    last = next_day(day, -days)
    closed_on = store.looked_to(shop.id, "files", days) or next_day(last, -YEARS_BACK * 365)
    while closed_on < last:
        closed_on = next_day(closed_on)
        for case in list(store.closed_on(shop.id, closed_on)):
            store.request_file_deletion(key_of_id(case.id), now)
            requested += 1
    store.note_looked(shop.id, "files", days, last)
    return requested


def erase_inactive_customer(services: "ApplyRetentionServices", key: str) -> str:
    """Erase a customer who has been inactive for the shop's whole retention period. Returns the outcome."""
    root = main_record(services, key)
    if root is None or root.erased_at is not None:
        return "gone"
    records = linked_records(services, root)
    shop = shop_of(services, root.shop, fresh=False)
    last = _last_contact(services, shop, records)
    if not is_over(last, read_policy(services, shop.id, None).retention.people_days, services.now()):
        services.customers.set_last_contact(shop.id, key, services.now() if last is None else last)
        return "active since"
    try:
        erase_customer(services, root, SYSTEM)
    except Held:
        services.customers.set_last_contact(shop.id, key, services.now())
        return "held"
    return "erased"


def _last_contact(services: "ApplyRetentionServices", shop: Shop, records: list[Customer]) -> Instant | None:
    """When the customer with these records was last active, by their records, cases and orders."""
    keys = keys_of(records)
    cases = read_all(keys, lambda key, after: services.cases.find(shop.id, None, None, key, PAGE, after))
    orders = read_all(keys, lambda key, after: services.order_records.of_customer(shop.id, key, PAGE, after))
    seen_at = max(record.seen_at for record in records)
    return last_contact_at(
        seen_at, [stored.case for stored in cases if stored.case], [order.purchased_at for order in orders]
    )


def delete_late_files(services: "ApplyRetentionServices", root: Customer) -> int:
    """Delete the files whose retention period ended during the customer's legal hold; returns how many."""
    keys = keys_of(linked_records(services, root))
    cases = read_all(keys, lambda key, after: services.cases.find(root.shop, None, None, key, PAGE, after))
    return sum(delete_files(services, stored.key) for stored in cases)


def delete_files(services: "ApplyRetentionServices", key: str) -> int:
    """Delete the files of a closed case, and of those that were merged into it, whose retention period is over, unless
    the customer is under a legal hold; returns how many. Files of a merged case are needed as long as those of the case
    that it is in."""
    case = services.cases.load(key).case
    closed_at = _closed_at(services, case) if case is not None else None
    if case is None or closed_at is None:
        return 0
    days = read_policy(services, case.shop, None).retention.files_days
    root = main_record(services, key_of_id(case.customer))
    is_held = root is not None and any(record.held for record in linked_records(services, root))
    if is_held or not is_over(closed_at, days, services.now() + DAY_MS):
        return 0
    owners = (case.id, *merged_cases(case))
    return sum(services.uploads.remove_below(f"{kind}/{case.shop}/{owner}/") for owner in owners for kind in FILES)


def _closed_at(services: "ApplyRetentionServices", case: Case) -> Instant | None:
    """When the case was closed, and the one that it was merged into; None if one of them is not."""
    if case.merged_into is None or case.closed_at is None:
        return case.closed_at
    target = services.cases.load(key_of_id(case.merged_into)).case
    if target is None:
        return case.closed_at
    return max(case.closed_at, target.closed_at) if target.closed_at is not None else None
