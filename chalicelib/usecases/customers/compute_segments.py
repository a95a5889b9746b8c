"""Compute customers' segments in the nightly job: customers with new data are read again, all are ranked, and only the
segments that changed are written."""

from chalicelib.domain.customers.segments import Membership, Standing, standing_of
from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.usecases.ports.customers import ComputeSegments, SegmentStore


def compute_segments(store: SegmentStore, compute: ComputeSegments, shop: str, now: Instant) -> int:
    """Update the segments of a shop's customers; how many changed. When it is interrupted, the next run continues."""
    done: set[str] = set()
    for mark in list(store.changed_records(shop)):
        _read_again(store, shop, mark[1], now, done)
        store.clear(mark)
    members = {member.standing.key: member for member in store.memberships(shop)}
    computed = compute((member.standing for member in members.values()), now)
    changed = [(members[key], segments) for key, segments in computed.items() if segments != members[key].segments]
    for member, segments in changed:
        if store.update_membership(shop, Membership(member.standing, segments)):
            store.save_segments(member.standing.records, segments)
    return len(changed)


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
