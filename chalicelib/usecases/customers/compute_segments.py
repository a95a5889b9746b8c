"""Compute customers' segments in the nightly job: customers with new data are read again, all are ranked, and only the
segments that changed are written."""

from collections.abc import Iterable
from itertools import islice

from chalicelib.domain.cases.case import Case
from chalicelib.domain.customers.segments import Membership, Segments, Standing, standing_of
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import Day, Instant, day_of
from chalicelib.usecases.ports.customers import ComputeSegments, SegmentStore

BATCH = 100
"""How many records are read at a time."""


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


def read_again(store: SegmentStore, shop: str, records: Iterable[str], now: Instant) -> None:
    """Save the standings of the customers whose records have these keys, as they are now, a hundred at a time."""
    done: set[str] = set()
    remaining = iter(records)
    while batch := list(islice(remaining, BATCH)):
        _read_batch(store, shop, batch, now, done)


def note_answered(answered: set[str], day: Day, time_zone: str, case: Case) -> None:
    """Add the key of a counted case's customer if they answered a survey about it on this day. Answers of earlier days
    that were received later have left marks."""
    if any(day_of(answer.at, time_zone) == day for answer in case.satisfaction.answers):
        answered.add(key_of_id(case.customer))


def _read_batch(store: SegmentStore, shop: str, batch: list[str], now: Instant, done: set[str]) -> None:
    """Save the standings of these records' customers who are not done yet. Only their main records have one."""
    linked = {
        record: customer for record, customer in store.linked_records(batch).items() if done.isdisjoint(customer[:1])
    }
    standings = _standings(store, shop, set(filter(None, linked.values())), now)
    before = store.memberships_of(shop, standings)
    memberships = [Membership(standing, _segments(before.get(key), standing)) for key, standing in standings.items()]
    records = {each for record, customer in linked.items() for each in (record, *customer)}
    store.save_memberships(shop, memberships, sorted(records - standings.keys()))
    for record, customer in linked.items():
        if standings.keys().isdisjoint(customer[:1]):
            store.remove_segments(record)
    done.update(standings)


def _standings(store: SegmentStore, shop: str, customers: set[tuple[str, ...]], now: Instant) -> dict[str, Standing]:
    """The standings of customers, each the keys of all their records, by the key of the main one."""
    histories = store.histories(shop, sorted(record for customer in customers for record in customer))
    computed = (
        standing_of(
            customer[0],
            customer,
            [order for record in customer for order in histories[record].orders],
            [case for record in customer for case in histories[record].cases],
            now,
        )
        for customer in customers
    )
    return {standing.key: standing for standing in computed if standing is not None}


def _segments(before: Membership | None, standing: Standing) -> Segments | None:
    """The segments that are written on all records of the customer."""
    return before.segments if before and before.standing.records == standing.records else None
