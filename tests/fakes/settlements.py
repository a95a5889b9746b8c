"""Statements' entries and money that waits, in memory; what the table writes with a case is read off the case here."""

from collections.abc import Iterator

from msgspec.structs import replace

from chalicelib.domain.flows.compensation import ORDER_MONEY
from chalicelib.domain.flows.facts import MoneyDone, MoneyRequested
from chalicelib.domain.kernel.ids import new_id
from chalicelib.domain.kernel.timestamps import Instant, day_of
from chalicelib.domain.settlement.coverage import Coverage
from chalicelib.domain.settlement.entries import Entry
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.ports import Check, Page, StoredEntry, UnprovenMoney
from tests.fakes.cases import FakeCases


class FakeSettlements:
    def __init__(self, cases: FakeCases) -> None:
        self.cases = cases
        self.kept: dict[tuple[str, str], StoredEntry] = {}
        self.days: dict[tuple[str, str], str] = {}
        self.covered: dict[tuple[str, str], Coverage] = {}
        self.unpaid: dict[str, UnprovenMoney] = {}
        self.gone: set[str] = set()
        self.dirty: set[tuple[str, str]] = set()
        self.checks: dict[str, Check] = {}
        self.new: list[tuple[str, str]] = []
        """What the relay would take to the intake."""

    def add(self, shop: Shop, entry: Entry) -> bool:
        place = (entry.group, entry.place)
        if place in self.kept:
            return False
        self.kept[place], self.days[place] = StoredEntry(entry=entry), day_of(entry.at, shop.time_zone)
        self.new.append(place)
        return True

    def add_coverage(self, shop: str, coverage: Coverage) -> bool:
        return self.covered.setdefault((coverage.provider, coverage.statement), coverage) is coverage

    def coverages(self, shop: str) -> list[Coverage]:
        return list(self.covered.values())

    def load_group(self, shop: str, group: str, most: int) -> list[StoredEntry]:
        return [self.kept[place] for place in sorted(self.kept) if place[0] == group][:most]

    def load_entry(self, shop: str, group: str, place: str) -> StoredEntry | None:
        return self.kept.get((group, place))

    def save_outcome(self, shop: str, kept: StoredEntry) -> None:
        place = next(one for one in self.kept if one[1] == kept.entry.place)
        self.kept[place] = replace(kept, entry=self.kept[place].entry)

    def mark_day(self, shop: str, day: str, why: str) -> None:
        self.dirty.add((day, why))

    def load_unproven(self, shop: str, money: str) -> UnprovenMoney | None:
        return next((one for one in self._waiting() if one.money == money), None)

    def unproven_before(self, shop: str, before: Instant) -> Iterator[UnprovenMoney]:
        return (one for one in self._waiting() if one.money < new_id(before, ""))

    def _waiting(self) -> Iterator[UnprovenMoney]:
        return iter({one.money: one for one in self._asked()}.values())

    def _asked(self) -> Iterator[UnprovenMoney]:
        for key, stored in self.cases.headers.items():
            wanted = {one.id for one in stored.case.money if one.kind in ORDER_MONEY} if stored.case else set()
            for event in self.cases.events(key):
                fact = event.fact
                if isinstance(fact, MoneyRequested | MoneyDone) and fact.money in wanted - self.gone:
                    yield self.unpaid.get(fact.money) or UnprovenMoney(money=fact.money, case=key, at=event.at)

    def save_unpaid(self, shop: str, awaited: UnprovenMoney) -> None:
        self.unpaid[awaited.money] = awaited

    def delete_unproven(self, shop: str, money: str) -> None:
        self.gone.add(money)
        self.unpaid.pop(money, None)

    def on_day(self, shop: str, day: str, limit: int, after: str | None) -> Page:
        found = [self.kept[place] for place in sorted(self.kept) if self.days[place] == day]
        return Page([*found, *(one for one in self.unpaid.values() if one.day == day)][:limit])

    def schedule_check(self, shop: str, check: Check, day: str, now: Instant) -> None:
        self.checks[f"{check}#{day}"] = check

    def check(self, pk: str, sk: str) -> Check | None:
        return self.checks.get(sk)
