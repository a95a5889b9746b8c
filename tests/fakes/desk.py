"""The desk's lists in memory, made of the stored cases whenever they are read."""

from collections.abc import Iterable, Iterator, Sequence
from heapq import merge

from msgspec.structs import replace

from chalicelib.domain.casework.parts import is_snoozed
from chalicelib.domain.desk.bulk import Bulk
from chalicelib.domain.desk.place import place_of
from chalicelib.domain.desk.views import Span
from chalicelib.domain.kernel.timestamps import Day, Instant
from chalicelib.usecases.ports.cases import Page, StoredCase, VersionConflict
from chalicelib.usecases.ports.desk import Listed, Sample
from tests.fakes.cases import FakeCases


class FakeDesk:
    """Lists that are never behind, and what agents have seen."""

    def __init__(self, cases: FakeCases) -> None:
        self._cases = cases
        self.seen_at: dict[tuple[str, str, str], int] = {}

    def listed(self, shop: str, span: Span, after: str | None, page: int) -> Iterator[Listed]:
        lists = self.first(shop, span, len(self._cases.stored))
        return (entry for entry in merge(*lists, key=lambda entry: entry.sort) if entry.sort > (after or ""))

    def first(self, shop: str, span: Span, most: int) -> list[list[Listed]]:
        entries = sorted(self._entries(shop), key=lambda entry: entry.sort)
        end = span.end if span.end is not None else 10**14
        return [
            [entry for entry in entries if entry.list == name and span.start <= entry.due_at < end][:most]
            for name in span.lists
        ]

    def _entries(self, shop: str) -> Iterator[Listed]:
        for stored in self._cases.stored.values():
            case, place = stored.case, place_of(stored.case) if stored.case else None
            if case is not None and place is not None and case.shop == shop:
                yield Listed(
                    key=stored.key,
                    list=place.list,
                    sort=f"{place.sort:013d}#{stored.key}",
                    assignee=case.assignee,
                    team=case.team,
                    type=case.type,
                    language=case.language,
                )

    def assigned(self, shop: str, agents: Sequence[str], most: int) -> list[list[str]]:
        cases = [(stored.key, stored.case) for stored in self._cases.stored.values() if stored.case]
        open_ones = [(key, case) for key, case in cases if not case.done and not is_snoozed(case)]
        return [[key for key, case in open_ones if case.assignee == agent][:most] for agent in agents]

    def cases(self, keys: Iterable[str]) -> dict[str, StoredCase]:
        found = ((key, self._cases.load(key)) for key in keys)
        return {key: stored for key, stored in found if stored.case is not None}

    def samples(self, shop: str, day: Day, most: int) -> list[Sample]:
        return [Sample(tuple(self._cases.stored))]

    def counted(self, shop: str, day: Day, after: str | None, most: int) -> Page:
        keys = sorted(key for key in self._cases.stored if key > (after or ""))
        return Page(keys[:most], keys[most - 1] if len(keys) > most else None)

    def seen(self, shop: str, agent: str, keys: Iterable[str]) -> dict[str, int]:
        return {key: self.seen_at[shop, agent, key] for key in keys if (shop, agent, key) in self.seen_at}

    def mark_seen(self, shop: str, agent: str, key: str, version: int, now: Instant) -> None:
        place = shop, agent, key
        self.seen_at[place] = max(version, self.seen_at.get(place, 0))

    def fill(self, shop: str, now: Instant, until: Instant) -> bool:
        return True


class FakeBulks:
    """Bulk commands by shop and key."""

    def __init__(self) -> None:
        self.stored: dict[tuple[str, str], Bulk] = {}

    def load(self, shop: str, key: str) -> Bulk | None:
        return self.stored.get((shop, key))

    def plan(self, shop: str, bulk: Bulk, now: Instant) -> Bulk:
        return self.stored.setdefault((shop, bulk.key), bulk)

    def save(self, shop: str, bulk: Bulk, now: Instant) -> Bulk:
        if self.stored[shop, bulk.key].version != bulk.version:
            raise VersionConflict
        self.stored[shop, bulk.key] = replace(bulk, version=bulk.version + 1)
        return self.stored[shop, bulk.key]
