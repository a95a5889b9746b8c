"""Who read a customer's data. Whoever only read it was recorded; whoever worked on a case has left an event in it that
names them, and nothing else was recorded."""

from collections.abc import Iterator
from heapq import merge
from itertools import groupby, islice
from typing import TYPE_CHECKING

from chalicelib.domain.cases.events import Event, time_of_order
from chalicelib.domain.customers.customer import ACCESS_DAYS, Access, Customer
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import DAY_MS, HOUR_MS, Instant
from chalicelib.usecases.customers.linked_records import read_all
from chalicelib.usecases.ports.cases import Page

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import HasCases, HasClock, HasIdentities

    class ReadAccessesServices(HasCases, HasClock, HasIdentities, Protocol):
        """The services that `read_accesses` uses."""


PAGE = 100


def is_recorded_by(events: list[Event], actor: Actor) -> bool:
    """Whether one of these events, which were just stored, shows that this member of staff has worked on the case."""
    return any(_is_work(event) and event.by == actor for event in events)


def read_accesses(services: "ReadAccessesServices", customer: Customer, limit: int, after: str | None) -> Page:
    """A page of who read the data of this record of a customer (`Access`), the oldest first. `after`: the place of an
    access."""
    key = key_of_id(customer.id)
    recorded = services.identities.accesses(key, limit, after)
    since = max(services.now() - ACCESS_DAYS * DAY_MS, int(after.split("#")[1]) if after else 0)
    accesses = merge(recorded.items, _worked(services, customer.shop, key, since), key=lambda access: access.place)
    places = groupby(accesses, key=lambda access: access.place)
    page = list(islice((next(same) for place, same in places if place > (after or "")), limit + 1))
    has_more = len(page) > limit or recorded.next is not None
    return Page(page[:limit], page[:limit][-1].place if has_more else None)


def _worked(services: "ReadAccessesServices", shop: str, key: str, since: Instant) -> Iterator[Access]:
    """Who worked on the customer's cases since then, in the order of their places. The events are read page by page."""
    cases = read_all([key], lambda of, after: services.cases.find(shop, None, None, of, PAGE, after))
    changed = [stored.key for stored in cases if time_of_order(stored.last) >= since]
    by_time = merge(*(_work_on(services, case, since) for case in changed), key=lambda access: access.hour)
    for _, accesses in groupby(by_time, key=lambda access: access.hour):
        yield from sorted(set(accesses), key=lambda access: access.place)


def _work_on(services: "ReadAccessesServices", case: str, since: Instant) -> Iterator[Access]:
    # a cursor before all events of that time
    events = read_all([f"{since:013d}"], lambda start, after: services.cases.page_of_events(case, PAGE, after or start))
    for event in events:
        if _is_work(event):
            yield Access(by=event.by.id or "", what="case", hour=event.at // HOUR_MS * HOUR_MS)


def _is_work(event: Event) -> bool:
    """Whether a member of staff did this here: neither by email, nor in another help desk."""
    return event.by.kind == "agent" and event.receipt is None
