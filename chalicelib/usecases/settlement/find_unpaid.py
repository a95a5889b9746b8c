"""Find money that was asked for, or said to be paid, and stands in no statement of the time it should."""

from typing import Protocol

from msgspec.structs import replace

from chalicelib.domain.flows.compensation import NOT_GIVEN, OF_THE_ORDER, find
from chalicelib.domain.kernel.timestamps import DAY_MS, Day, Instant, day_of, next_day
from chalicelib.domain.settlement.coverage import PROOF_DAYS, covers
from chalicelib.domain.settlement.tasks import title_of_unpaid
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.ports import Check, Kept, SettlementStore
from chalicelib.usecases.ports.services import Services, shop_of
from chalicelib.usecases.settlement.prove_money import open_finance_task

AGAIN_DAYS = 7
"""What nobody knew is matched anew for so long: a platform may tell of it late."""
OPEN = ("unknown", "ambiguous")
MOST_A_DAY = 1_000


class Settlements(Protocol):
    """Where the store stands at night."""

    @property
    def settlements(self) -> SettlementStore: ...


def plan_checks(services: Settlements, shop: Shop, day: Day, now: Instant) -> int:
    """Have looked at, when a day has ended: money that every statement there should be leaves out, and entries nobody
    knew lately. How many there are."""
    checks = [*_unproven(services.settlements, shop, now), *_unknown(services.settlements, shop, day)]
    for check in checks:
        services.settlements.look_again(shop.id, check, day, now)
    return len(checks)


def _unproven(store: SettlementStore, shop: Shop, now: Instant) -> list[Check]:
    coverages = store.coverages(shop.id)
    if not coverages:
        return []
    waits = (one for one in store.awaiting(shop.id, now - PROOF_DAYS * DAY_MS) if one.day is None)
    return [Check(money=one.money) for one in waits if covers(coverages, one.at, one.at + PROOF_DAYS * DAY_MS)]


def _unknown(store: SettlementStore, shop: Shop, day: Day) -> list[Check]:
    days = (next_day(day, -back) for back in range(AGAIN_DAYS))
    found = (one for some in days for one in store.on_day(shop.id, some, MOST_A_DAY, None).items)
    entries = {one.entry.group: one.entry for one in found if isinstance(one, Kept) and one.state in OPEN}
    return [Check(group=group, place=entry.place) for group, entry in sorted(entries.items())]


def check_unpaid(services: Services, shop_id: str, money: str) -> bool:
    """Whether this money is in no statement that it should be in: finance is asked, and it is listed on its day."""
    shop, awaited = shop_of(services, shop_id, fresh=False), services.settlements.awaited(shop_id, money)
    case = services.cases.load(awaited.case).case if awaited else None
    if awaited is None or case is None:
        return False
    given = find(case.money, money)
    if given is None or given.proof is not None or given.state in NOT_GIVEN or given.kind not in OF_THE_ORDER:
        services.settlements.let_go(shop.id, money)
        return False
    if awaited.day is not None:
        return True
    open_finance_task(services, shop, case.id, f"unpaid/{money}", title_of_unpaid(given))
    day = day_of(awaited.at, shop.time_zone)
    missing = {"about": case.id, "amount": given.amount.amount, "currency": given.amount.currency}
    services.settlements.note_unpaid(shop.id, replace(awaited, day=day, **missing))
    services.settlements.mark(shop.id, day, money)
    return True
