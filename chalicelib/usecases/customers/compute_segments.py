"""Count customers into segments, each night: those of whom something was told are read anew, all are ranked, and only
who changed is written."""

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

from chalicelib.domain.cases.case import Case
from chalicelib.domain.customers.segments import Membership, Segments, Standing, standing_of
from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.orders.order_record import OrderRecord

Mark = tuple[str, str, Instant]
Rank = Callable[[Iterable[Standing], Instant], dict[str, Segments]]


class SegmentStore(Protocol):
    """The nights' side of customers, who knows them by keys alone."""

    def touched(self, shop: str) -> Iterator[Mark]: ...
    def clear(self, mark: Mark) -> None: ...
    def family(self, key: str) -> tuple[str, ...]: ...
    def sales_of(self, shop: str, key: str) -> Iterator[OrderRecord]: ...
    def cases_of(self, shop: str, key: str) -> Iterator[Case]: ...
    def placed(self, shop: str) -> Iterator[Membership]: ...
    def keep(self, shop: str, placed: Membership) -> None: ...
    def save_told(self, shop: str, placed: Membership) -> bool: ...
    def untell(self, record: str) -> None: ...
    def known(self, shop: str, key: str) -> Membership | None: ...
    def drop(self, shop: str, records: Iterable[str]) -> None: ...
    def tell(self, records: Iterable[str], segments: Segments) -> None: ...


def compute_segments(people: SegmentStore, rank: Rank, shop: str, now: Instant) -> int:
    """Bring the segments of a shop's customers up to date; how many changed. Cut short, it goes on the next time."""
    done: set[str] = set()
    for mark in list(people.touched(shop)):
        _read_anew(people, shop, mark[1], now, done)
        people.clear(mark)
    known = {one.standing.key: one for one in people.placed(shop)}
    found = rank((one.standing for one in known.values()), now)
    changed = [(known[key], segments) for key, segments in found.items() if segments != known[key].segments]
    for before, segments in changed:
        if people.save_told(shop, Membership(before.standing, segments)):
            people.tell(before.standing.records, segments)
    return len(changed)


def _read_anew(people: SegmentStore, shop: str, key: str, now: Instant, done: set[str]) -> None:
    """Keep what the person stands by now. Their records that were merged stand for nobody by themselves."""
    records = people.family(key)
    if records and records[0] in done:
        return
    sales = [sale for one in records for sale in people.sales_of(shop, one)]
    cases = [case for one in records for case in people.cases_of(shop, one)]
    standing = standing_of(records[0], records, sales, cases, now) if records else None
    people.drop(shop, [one for one in (key, *records) if standing is None or one != standing.key])
    if standing is None:
        people.untell(key)
    else:
        done.add(standing.key)
        before = people.known(shop, standing.key)
        segments = before.segments if before and before.standing.records == records else None
        people.keep(shop, Membership(standing, segments))
