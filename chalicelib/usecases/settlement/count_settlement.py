"""What a night counts of statements, day by day."""

from collections.abc import Iterator

from chalicelib.domain.kernel.timestamps import Day
from chalicelib.domain.settlement.measures import NOT_COUNTED, SettlementMetric
from chalicelib.usecases.ports import SettlementStore, StoredEntry, UnprovenMoney

AT_ONCE = 1_000


def settlement_metrics(store: SettlementStore, shop: str, day: Day) -> list[SettlementMetric]:
    """A day's entries, and its money that was not paid, in an order that is always the same."""
    found = (_figure(one, day) for one in _all(store, shop, day))
    return sorted((one for one in found if one is not None), key=lambda one: (one.what, one.about))


def _all(store: SettlementStore, shop: str, day: Day) -> Iterator[StoredEntry | UnprovenMoney]:
    after: str | None = None
    while True:
        page = store.on_day(shop, day, AT_ONCE, after)
        yield from page.items
        after = page.next
        if after is None:
            return


def _figure(one: StoredEntry | UnprovenMoney, day: Day) -> SettlementMetric | None:
    if isinstance(one, UnprovenMoney):
        return SettlementMetric(day=day, what="not_paid", about=one.money, amount=one.amount, currency=one.currency)
    if one.state is None or one.state in NOT_COUNTED:
        return None
    amount = one.entry.amount
    return SettlementMetric(
        day=day, what=one.state, about=one.entry.place, amount=amount.amount, currency=amount.currency
    )
