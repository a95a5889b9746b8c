"""Settle the statement entries of an order: money that an entry proves is done, and what nobody had reported counts
against what was paid for the order.

All entries of the order are matched again each time, however often and in whatever order they arrive; what is done for
an entry can be repeated without effect.
"""

from collections import Counter
from typing import TYPE_CHECKING

from msgspec.structs import replace

from chalicelib.domain.kernel.money import Money
from chalicelib.domain.kernel.timestamps import day_of
from chalicelib.domain.settlement.entries import GIVES
from chalicelib.domain.settlement.matching import Outcome, match
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.ports.cases import ATTEMPTS, Busy
from chalicelib.usecases.ports.settlement import StoredEntry
from chalicelib.usecases.ports.shop_rules import shop_of
from chalicelib.usecases.settlement.order_context import OrderContext, load_order_context
from chalicelib.usecases.settlement.prove_money import (
    CaseChanged,
    ask_finance_about_money,
    mark_not_received,
    prove,
)
from chalicelib.usecases.settlement.report_to_order import report_to_order

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import (
        HasCases,
        HasClock,
        HasCustomers,
        HasIdentities,
        HasOrderRecords,
        HasRegistries,
        HasSettlements,
        HasShops,
        HasVault,
        HasWords,
    )

    class SettleEntriesServices(
        HasCases,
        HasClock,
        HasCustomers,
        HasIdentities,
        HasOrderRecords,
        HasRegistries,
        HasSettlements,
        HasShops,
        HasVault,
        HasWords,
        Protocol,
    ):
        """The services that `settle_entries` uses."""


MAX_GROUP = 200
"""No order has more refunds than this. If more entries have the same order number, it is not a number of an order, and
each entry is matched by its ids alone."""
FOR_FINANCE = ("different", "ambiguous", "reversed", "failed", "unknown")
"""Outcomes that finance is to check, if there is a case."""


def settle_entries(services: "SettleEntriesServices", shop_id: str, group: str, place: str) -> Counter[str]:
    """Match and settle the entries of an order, one of which has this sort key; the number of entries by outcome.
    `Busy` if others keep changing its cases."""
    shop = shop_of(services, shop_id, fresh=False)
    for attempt in range(ATTEMPTS):
        stored = _load_entries(services, shop, group, place)
        entries = [stored_entry.entry for stored_entry in stored.values()]
        context = load_order_context(services, shop, entries)
        outcomes = match(entries, context.case_money, context.refunds, context.disputes)
        try:
            for outcome in outcomes:
                _apply_outcome(services, shop, outcome, context, _most_under_id(outcome, outcomes))
        except CaseChanged:
            services.pause(attempt)
            continue
        for outcome in outcomes:
            _save_outcome(services, shop, outcome, stored[outcome.entry.place])
        return Counter(outcome.state for outcome in outcomes)
    raise Busy(f"the cases of entries {group!r} were written by others {ATTEMPTS} times in a row")


def _load_entries(services: "SettleEntriesServices", shop: Shop, group: str, place: str) -> dict[str, StoredEntry]:
    """The entries of the group by their sort keys; of a group that is too large, only the one with this key."""
    rows = services.settlements.load_group(shop.id, group, MAX_GROUP + 1)
    if len(rows) > MAX_GROUP:
        row = services.settlements.load_entry(shop.id, group, place)
        rows = [replace(row, entry=replace(row.entry, order=None))] if row else []
    return {row.entry.place: row for row in rows}


def _most_under_id(outcome: Outcome, outcomes: list[Outcome]) -> Money:
    """The largest amount of the entries with the same id and currency: this much may have been given back."""
    entry = outcome.entry
    name = (entry.kind, entry.proof, entry.amount.currency)
    same = (other.entry for other in outcomes)
    amounts = [other.amount for other in same if (other.kind, other.proof, other.amount.currency) == name]
    return max(amounts, key=lambda amount: amount.value)


def _apply_outcome(
    services: "SettleEntriesServices", shop: Shop, outcome: Outcome, context: OrderContext, most: Money
) -> None:
    """Change the case's money, give finance a task, and report to the order, as the outcome requires."""
    entry = outcome.entry
    case = outcome.case or (context.cases[-1].id if context.cases else None)
    if outcome.state == "settled":
        prove(services, shop, outcome)
    if outcome.state in ("reversed", "failed") and outcome.case and outcome.money:
        mark_not_received(services, shop, outcome)
    if outcome.state in FOR_FINANCE and case:
        ask_finance_about_money(services, shop, case, f"{outcome.state}/{entry.place}", outcome)
    if entry.order and entry.kind in GIVES and not outcome.repeats:
        order = context.record.external_id if context.record else entry.order
        report_to_order(services, shop, order, outcome, context, most)


def _save_outcome(services: "SettleEntriesServices", shop: Shop, outcome: Outcome, before: StoredEntry) -> None:
    """Store the outcome if it is a new one, and have the metrics of the days it concerns computed again."""
    after = replace(before, state=outcome.state, case=outcome.case, money=outcome.money, refund=outcome.refund)
    if after == before:
        return
    services.settlements.save_outcome(shop.id, after)
    _mark_past_day(services, shop, day_of(before.entry.at, shop.time_zone), before.entry.place)
    if outcome.state == "settled" and outcome.money:
        unproven = services.settlements.load_unproven(shop.id, outcome.money)
        services.settlements.delete_unproven(shop.id, outcome.money)
        if unproven is not None and unproven.day is not None:
            _mark_past_day(services, shop, unproven.day, outcome.money)


def _mark_past_day(services: "SettleEntriesServices", shop: Shop, day: str, why: str) -> None:
    """Have the metrics of a day computed again, unless the day has not ended."""
    if day < day_of(services.now(), shop.time_zone):
        services.settlements.mark_day(shop.id, day, why)
