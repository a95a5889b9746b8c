"""Find money that was requested, or reported as paid, and that no statement of that time lists."""

from typing import TYPE_CHECKING, Protocol

from msgspec.structs import replace

from chalicelib.domain.flows.compensation import NOT_GIVEN, ORDER_MONEY, Compensation, find
from chalicelib.domain.kernel.timestamps import DAY_MS, Day, Instant, day_of, next_day
from chalicelib.domain.settlement.coverage import PROOF_DAYS, covers
from chalicelib.domain.settlement.tasks import title_of_unpaid
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.ports.settlement import Check, SettlementStore, StoredEntry
from chalicelib.usecases.ports.shop_rules import shop_of
from chalicelib.usecases.settlement.prove_money import open_finance_task

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import HasCases, HasClock, HasRegistries, HasSettlements, HasShops

    class FindUnpaidServices(HasCases, HasClock, HasRegistries, HasSettlements, HasShops, Protocol):
        """The services that `find_unpaid` uses."""


AGAIN_DAYS = 7
"""An entry that nobody had reported is matched again for this many days: a platform may report it late."""
OPEN = ("unknown", "ambiguous")
MAX_PER_DAY = 1_000


def plan_checks(services: "HasSettlements", shop: Shop, day: Day, now: Instant) -> int:
    """When a day has ended, schedule checks of the money that all statements of its time leave out, and of recent
    entries that nobody had reported. The number of checks."""
    checks = [*_missing_money(services.settlements, shop, now), *_open_entries(services.settlements, shop, day)]
    for check in checks:
        services.settlements.schedule_check(shop.id, check, day, now)
    return len(checks)


def _missing_money(store: SettlementStore, shop: Shop, now: Instant) -> list[Check]:
    coverages = store.coverages(shop.id)
    if not coverages:
        return []
    limit_ms = PROOF_DAYS * DAY_MS
    waiting = (money for money in store.unproven_before(shop.id, now - limit_ms) if money.day is None)
    return [Check(money=money.money) for money in waiting if covers(coverages, money.at, money.at + limit_ms)]


def _open_entries(store: SettlementStore, shop: Shop, day: Day) -> list[Check]:
    """One check for each group that has an open entry of the last days."""
    entries = {}
    for days_back in range(AGAIN_DAYS):
        for item in store.on_day(shop.id, next_day(day, -days_back), MAX_PER_DAY, None).items:
            if isinstance(item, StoredEntry) and item.state in OPEN:
                entries[item.entry.group] = item.entry
    return [Check(group=group, place=entry.place) for group, entry in sorted(entries.items())]


def check_unpaid(services: "FindUnpaidServices", shop_id: str, money: str) -> bool:
    """Whether this money is still missing from the statements: then finance gets a task, and the money is listed as not
    paid on its day. Money that needs no proof any more no longer waits for one."""
    shop = shop_of(services, shop_id, fresh=False)
    unproven = services.settlements.load_unproven(shop_id, money)
    case = services.cases.load(unproven.case).case if unproven else None
    if unproven is None or case is None:
        return False
    given = find(case.money, money)
    if given is None or not _needs_proof(given):
        services.settlements.delete_unproven(shop.id, money)
        return False
    if unproven.day is not None:
        return True
    open_finance_task(services, shop, case.id, f"unpaid/{money}", title_of_unpaid(given))
    day = day_of(unproven.at, shop.time_zone)
    missing = {"about": case.id, "amount": given.amount.amount, "currency": given.amount.currency}
    services.settlements.save_unpaid(shop.id, replace(unproven, day=day, **missing))
    services.settlements.mark_day(shop.id, day, money)
    return True


def _needs_proof(given: Compensation) -> bool:
    return given.proof is None and given.state not in NOT_GIVEN and given.kind in ORDER_MONEY
