"""What happened on a case and on those that were merged into it, together in order."""

from collections.abc import Iterator
from heapq import merge
from itertools import islice
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.events import OPENING, Event
from chalicelib.domain.cases.facts import MessageReceived
from chalicelib.domain.casework.parts import merged_cases
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.usecases.casework.pass_on import moved_copy
from chalicelib.usecases.ports.cases import Page, StoredCase

if TYPE_CHECKING:
    from chalicelib.usecases.ports.services import HasCases

PLACE = "[0-9]{13}#[0-9A-Za-z#~]{1,60}"
"""The form of a cursor: the place of an entry."""


class TimelineEntry(Struct, frozen=True):
    """An event, and the case on which it happened. `place`: what entries are sorted by, over all of the cases; `copy`:
    the id under which the case of the timeline has a message that was passed on to it."""

    place: str
    case: Case
    event: Event
    copy: str | None = None


def read_timeline(services: "HasCases", stored: StoredCase, limit: int, after: str | None = None) -> Page:
    """A page of entries (`TimelineEntry`) of the case and of those that were merged into it, in order.

    What was passed on from a merged case is shown where it came, and only there. `after`: the `next` of the page
    before.
    """
    assert stored.case is not None
    merged = merged_cases(stored.case)
    rows = services.cases.load_many([key_of_id(identifier) for identifier in merged]).values() if merged else ()
    streams = [_entries(services, row, after or "", limit + 1) for row in (stored, *rows)]
    shown = (
        entry for entry in merge(*streams, key=_place) if getattr(entry.event.fact, "moved_from", "") not in merged
    )
    entries = list(islice(shown, limit + 1))
    return Page(entries[:limit], entries[limit - 1].place if len(entries) > limit else None)


def timeline_before(services: "HasCases", stored: StoredCase, limit: int, before: str | None = None) -> Page:
    """The last entries (`TimelineEntry`) of the case and of those that were merged into it that come before this place,
    or before the end, in order. `next`: the place before which the earlier ones come; None if there are none."""
    assert stored.case is not None
    merged = merged_cases(stored.case)
    rows = services.cases.load_many([key_of_id(identifier) for identifier in merged]).values() if merged else ()
    streams = [_entries_before(services, row, before, limit + 1) for row in (stored, *rows)]
    shown = (
        entry
        for entry in merge(*streams, key=_place, reverse=True)
        if getattr(entry.event.fact, "moved_from", "") not in merged
    )
    entries = list(islice(shown, limit + 1))[::-1]
    is_more = len(entries) > limit
    return Page(_with_copies(services, stored, entries[is_more:]), entries[1].place if is_more else None)


def _with_copies(services: "HasCases", stored: StoredCase, entries: list[TimelineEntry]) -> list[TimelineEntry]:
    copies = {
        entry.event.id: moved_copy(entry.event, entry.case, stored.key)
        for entry in entries
        if entry.case is not stored.case and isinstance(entry.event.fact, MessageReceived)
    }
    orders = [copy.order for copy in copies.values()]
    there = {event.id for event in services.cases.events_at(stored.key, orders)} if orders else set()
    names = {original: copy.id for original, copy in copies.items() if copy.id in there}
    return [replace(entry, copy=names.get(entry.event.id)) for entry in entries] if names else entries


def _entries_before(services: "HasCases", row: StoredCase, before: str | None, size: int) -> Iterator[TimelineEntry]:
    """The entries of one case before this place, the last first, read a page at a time as they are used."""
    case = row.case
    cursor = before
    while case is not None:
        page = services.cases.page_before(row.key, min(size, 100), cursor)
        opening = f"{case.opened_at:013d}#00"
        entries = (TimelineEntry(_place_of(event, row.key, opening), case, event) for event in page.items)
        yield from sorted(
            (entry for entry in entries if before is None or entry.place < before), key=_place, reverse=True
        )
        cursor = page.next
        if cursor is None:
            return


def conversation(services: "HasCases", stored: StoredCase) -> list[Event]:
    """All events of the case and of those that were merged into it, in order, with their texts."""
    merged = merged_cases(stored.case) if stored.case is not None else ()
    own = [event for event in services.cases.events(stored.key) if getattr(event.fact, "moved_from", "") not in merged]
    theirs = [event for identifier in merged for event in services.cases.events(key_of_id(identifier))]
    return sorted([*own, *theirs], key=lambda event: (event.at, event.order)) if theirs else own


def _place(entry: TimelineEntry) -> str:
    return entry.place


def _entries(services: "HasCases", row: StoredCase, after: str, size: int) -> Iterator[TimelineEntry]:
    """The entries of one case after this place, in order, read a page at a time as they are used."""
    case = row.case
    if case is None:
        return
    opening = f"{case.opened_at:013d}#00"
    cursor = None if after < opening or after.startswith(opening) else after
    while True:
        page = services.cases.page_of_events(row.key, min(size, 100), cursor)
        for event in page.items:
            entry = TimelineEntry(_place_of(event, row.key, opening), case, event)
            if entry.place > after:
                yield entry
        cursor = page.next
        if cursor is None:
            return


def _place_of(event: Event, key: str, opening: str) -> str:
    """Its order; an event that claims to be older than its case comes just after the opening."""
    if event.order == OPENING:
        return f"{opening}#{key}"
    return event.order if event.order > f"{opening}#{key}" else f"{opening}#{key}~{event.order}"
