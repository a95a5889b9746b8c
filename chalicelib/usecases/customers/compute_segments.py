"""Compute customers' segments in the nightly job: customers with new data are read again, all are ranked, and only the
segments that changed are written."""

from collections.abc import Iterable

from chalicelib.domain.cases.case import Case
from chalicelib.domain.customers.segments import Membership, Standing, standing_of
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import Day, Instant, day_of
from chalicelib.usecases.ports.customers import ComputeSegments, SegmentStore


def compute_segments(store: SegmentStore, compute: ComputeSegments, shop: str, now: Instant) -> int:
    """Update the segments of a shop's customers; how many changed. When it is interrupted, the next run continues."""
    marks = list(store.changed_records(shop))
    read_again(store, shop, [mark[1] for mark in marks], now)
    for mark in marks:
        store.clear(mark)
    members = {member.standing.key: member for member in store.memberships(shop)}
    computed = compute((member.standing for member in members.values()), now)
    changed = [(members[key], segments) for key, segments in computed.items() if segments != members[key].segments]
    for member, segments in changed:
        if store.update_membership(shop, Membership(member.standing, segments)):
            store.save_segments(member.standing.records, segments)
    return len(changed)


def read_again(store: SegmentStore, shop: str, keys: Iterable[str], now: Instant) -> None:
    """Save the standings of the customers whose records have these keys, as they are now."""
    done: set[str] = set()
    for key in keys:
        _read_again(store, shop, key, now, done)


def note_answered(answered: set[str], day: Day, time_zone: str, case: Case) -> None:
    """Add the key of a counted case's customer if they answered a survey about it on this day. Answers of earlier days
    that were received later have left marks."""
    if any(day_of(answer.at, time_zone) == day for answer in case.satisfaction.answers):
        answered.add(key_of_id(case.customer))


def _read_again(store: SegmentStore, shop: str, key: str, now: Instant, done: set[str]) -> None:
    """Save the standing of the customer whose record has this key. Only their main record has one."""
    records = store.linked_records(key)
    if records and records[0] in done:
        return
    standing = _standing(store, shop, records, now) if records else None
    others = [record for record in (key, *records) if standing is None or record != standing.key]
    store.delete_memberships(shop, others)
    if standing is None:
        store.remove_segments(key)
        return
    done.add(standing.key)
    before = store.membership(shop, standing.key)
    segments = before.segments if before and before.standing.records == records else None
    store.save_membership(shop, Membership(standing, segments))


def _standing(store: SegmentStore, shop: str, records: tuple[str, ...], now: Instant) -> Standing | None:
    orders = [order for record in records for order in store.order_records_of(shop, record)]
    cases = [case for record in records for case in store.cases_of(shop, record)]
    return standing_of(records[0], records, orders, cases, now)
