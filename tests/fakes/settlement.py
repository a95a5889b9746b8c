"""Entries of statements, and refunds without proof, in memory.

The table writes a refund without proof together with its case; here it is read from the case.
"""

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
    """Entries of statements, and refunds without proof."""

    def __init__(self, cases: FakeCases) -> None:
        self.cases = cases
        self.stored: dict[tuple[str, str], StoredEntry] = {}
        self.days: dict[tuple[str, str], str] = {}
        self.covered: dict[tuple[str, str], Coverage] = {}
        self.unpaid: dict[str, UnprovenMoney] = {}
        self.gone: set[str] = set()
        self.dirty: set[tuple[str, str]] = set()
        self.checks: dict[str, Check] = {}
        self.new: list[tuple[str, str]] = []
        """Entries that the relay would send to the intake queue."""

    def add(self, shop: Shop, entry: Entry) -> bool:
        place = (entry.group, entry.place)
        if place in self.stored:
            return False
        self.stored[place], self.days[place] = StoredEntry(entry=entry), day_of(entry.at, shop.time_zone)
        self.new.append(place)
        return True

    def add_coverage(self, shop: str, coverage: Coverage) -> bool:
        return self.covered.setdefault((coverage.provider, coverage.statement), coverage) is coverage

    def coverages(self, shop: str) -> list[Coverage]:
        return list(self.covered.values())

    def load_group(self, shop: str, group: str, most: int) -> list[StoredEntry]:
        return [self.stored[place] for place in sorted(self.stored) if place[0] == group][:most]

    def load_entry(self, shop: str, group: str, place: str) -> StoredEntry | None:
        return self.stored.get((group, place))

    def save_outcome(self, shop: str, kept: StoredEntry) -> None:
        place = next(place for place in self.stored if place[1] == kept.entry.place)
        self.stored[place] = replace(kept, entry=self.stored[place].entry)

    def mark_day(self, shop: str, day: str, why: str) -> None:
        self.dirty.add((day, why))

    def load_unproven(self, shop: str, money: str) -> UnprovenMoney | None:
        return next((row for row in self._waiting() if row.money == money), None)

    def unproven_before(self, shop: str, before: Instant) -> Iterator[UnprovenMoney]:
        return (row for row in self._waiting() if row.money < new_id(before, ""))

    def _waiting(self) -> Iterator[UnprovenMoney]:
        return iter({row.money: row for row in self._asked()}.values())

    def _asked(self) -> Iterator[UnprovenMoney]:
        for key, stored in self.cases.stored.items():
            wanted = {money.id for money in stored.case.money if money.kind in ORDER_MONEY} if stored.case else set()
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
        entries = [self.stored[place] for place in sorted(self.stored) if self.days[place] == day]
        return Page([*entries, *(row for row in self.unpaid.values() if row.day == day)][:limit])

    def schedule_check(self, shop: str, check: Check, day: str, now: Instant) -> None:
        self.checks[f"{check}#{day}"] = check

    def check(self, shop: str, place: str) -> Check | None:
        return self.checks.get(place)
