"""What the nightly job counts of statements, day by day."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from chalicelib.domain.kernel.timestamps import Day
from chalicelib.domain.settlement.matching import State
from chalicelib.domain.settlement.measures import SettlementMetric
from chalicelib.usecases.ports.settlement import SettlementStore, StoredEntry, UnprovenMoney

if TYPE_CHECKING:
    from chalicelib.usecases.ports.services import HasSettlements

PAGE = 1_000
NOT_COUNTED: tuple[State, ...] = ("taken_back", "same")
"""Another entry says the same."""


def settlement_metrics(services: "HasSettlements", shop: str, day: Day) -> list[SettlementMetric]:
    """The rows of a day: its entries, and its payments that no statement lists, always in the same order."""
    rows = (_row(stored, day) for stored in _stored_on(services.settlements, shop, day))
    return sorted((row for row in rows if row is not None), key=lambda row: (row.what, row.about))


def _stored_on(store: SettlementStore, shop: str, day: Day) -> Iterator[StoredEntry | UnprovenMoney]:
    after: str | None = None
    while True:
        page = store.on_day(shop, day, PAGE, after)
        yield from page.items
        after = page.next
        if after is None:
            return


def _row(stored: StoredEntry | UnprovenMoney, day: Day) -> SettlementMetric | None:
    if isinstance(stored, UnprovenMoney):
        return SettlementMetric(
            day=day, what="not_paid", about=stored.money, amount=stored.amount, currency=stored.currency
        )
    if stored.state is None or stored.state in NOT_COUNTED:
        return None
    amount = stored.entry.amount
    return SettlementMetric(
        day=day, what=stored.state, about=stored.entry.place, amount=amount.amount, currency=amount.currency
    )
