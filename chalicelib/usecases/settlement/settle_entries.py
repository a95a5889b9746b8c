"""Settle what statements say of an order: money it proves is done, and what nobody knew takes the order's room.

All entries of the order are matched anew, however often and in whatever order they come; what is done for each can be
done again and changes nothing then.
"""

from collections import Counter

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.cases.case import Case
from chalicelib.domain.kernel.ids import time_of
from chalicelib.domain.kernel.money import Money
from chalicelib.domain.kernel.timestamps import day_of, to_datetime
from chalicelib.domain.kernel.validation import MoneyIn
from chalicelib.domain.orders.order import Dispute, Refund
from chalicelib.domain.orders.order_payload import DisputeIn, OrderUpdate, RefundIn
from chalicelib.domain.orders.order_record import OrderRecord
from chalicelib.domain.settlement.entries import GIVES, Entry
from chalicelib.domain.settlement.fitting import Given
from chalicelib.domain.settlement.matching import Outcome, match
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.orders.count_order_money import names_of
from chalicelib.usecases.orders.record_order import record_order
from chalicelib.usecases.ports import Kept
from chalicelib.usecases.ports.cases import ATTEMPTS, Busy
from chalicelib.usecases.ports.services import Services, shop_of
from chalicelib.usecases.settlement.prove_money import CaseChanged, ask_finance_about_money, give_up, prove

MOST = 200
"""No order has more refunds than this; what stands under the same order more often is no order's number, and is
matched by its ids alone."""
LISTED = ("different", "ambiguous", "reversed", "failed", "unknown")
"""Finance is to look at these, where a case is known."""


class Known(Struct, frozen=True):
    """What is known of an order: what its shop told of it, and its cases, the newest last."""

    sale: OrderRecord | None
    cases: list[Case]

    @property
    def given(self) -> list[Given]:
        """All money of its cases."""
        return [
            Given(case.id, one, time_of(one.id) or one.asked_at or one.done_at or 0)
            for case in self.cases
            for one in case.money
        ]

    @property
    def told(self) -> tuple[Refund, ...]:
        """All refunds it was told of."""
        return self.sale.told_refunds if self.sale else ()

    @property
    def disputes(self) -> tuple[Dispute, ...]:
        """All disputes it was told of."""
        return self.sale.disputes if self.sale else ()


def settle_entries(services: Services, shop_id: str, group: str, place: str) -> Counter[str]:
    """Match and settle the entries of an order, one of which lies at that place; how many came to what. `Busy` when
    its cases move faster than that."""
    shop = shop_of(services, shop_id, fresh=False)
    for attempt in range(ATTEMPTS):
        kept = _entries(services, shop, group, place)
        known = _known(services, shop, [one.entry for one in kept.values()])
        outcomes = match([one.entry for one in kept.values()], known.given, known.told, known.disputes)
        try:
            for outcome in outcomes:
                _carry_out(services, shop, outcome, known, _most_of(outcome, outcomes))
        except CaseChanged:
            services.pause(attempt)
            continue
        for outcome in outcomes:
            _write_down(services, shop, outcome, kept[outcome.entry.place])
        return Counter(outcome.state for outcome in outcomes)
    raise Busy(f"the cases of entries {group!r} were written by others {ATTEMPTS} times in a row")


def _entries(services: Services, shop: Shop, group: str, place: str) -> dict[str, Kept]:
    found = services.settlements.group(shop.id, group, MOST + 1)
    if len(found) > MOST:
        one = services.settlements.entry(shop.id, group, place)
        found = [replace(one, entry=replace(one.entry, order=None))] if one else []
    return {one.entry.place: one for one in found}


def _known(services: Services, shop: Shop, entries: list[Entry]) -> Known:
    order = next((one.order for one in entries if one.order), None)
    sale = services.order_records.load(shop.id, order) if order else None
    names = {*((order,) if order else ()), *names_of(services, shop.id, sale)}
    keys = {key for name in names for key in services.cases.of_order(shop.id, name)}
    for name in {name for one in entries for name in (one.refund_no, one.order) if name}:
        awaited = services.settlements.awaited(shop.id, name)
        keys |= {awaited.case} if awaited else set()
    cases = [one.case for one in services.cases.load_many(sorted(keys)).values() if one.case]
    return Known(sale, sorted(cases, key=lambda case: (case.opened_at, case.id)))


def _most_of(outcome: Outcome, outcomes: list[Outcome]) -> Money:
    """The most that was told under an entry's id in its currency: so much may have gone back."""
    entry = outcome.entry
    told = [
        one.entry.amount
        for one in outcomes
        if (one.entry.kind, one.entry.proof, one.entry.amount.currency)
        == (entry.kind, entry.proof, entry.amount.currency)
    ]
    return max(told, key=lambda one: one.value)


def _carry_out(services: Services, shop: Shop, outcome: Outcome, known: Known, most: Money) -> None:
    entry, sale = outcome.entry, known.sale
    about = outcome.case or (known.cases[-1].id if known.cases else None)
    if outcome.state == "settled":
        prove(services, shop, outcome)
    if outcome.state in ("reversed", "failed") and outcome.case and outcome.money:
        give_up(services, shop, outcome)
    if outcome.state in LISTED and about:
        ask_finance_about_money(services, shop, about, f"{outcome.state}/{entry.place}", outcome)
    if entry.order and entry.kind in GIVES and not outcome.repeats:
        _tell(services, shop, sale.external_id if sale else entry.order, outcome, known, most)


def _tell(services: Services, shop: Shop, order: str, outcome: Outcome, known: Known, most: Money) -> None:
    """The order has a refund or a chargeback nobody knew, by the name of its proof, or one of another amount than was
    asked for by that id; or has it no more, since it is known by another name, or came back. It is told though nobody
    knows the order yet: whoever opens a case about it, however late, finds its money gone."""
    entry = outcome.entry
    answers = outcome.money if outcome.state == "different" or most.value > entry.amount.value else None
    counts = outcome.state == "unknown" or (answers is not None and outcome.state in ("different", "settled"))
    told = _told_before(entry, known)
    if told is not None and told.counts and (told.amount.currency != most.currency or told.amount.value > most.value):
        most = told.amount  # what an id took, no other word on it lessens: not even another group's, or currency's
    same = told is None or (told.amount == most and (isinstance(told, Dispute) or told.money == answers))
    if (told is not None and told.counts) == counts and (same or not counts):
        return
    amount, made = MoneyIn(most.amount, most.currency), to_datetime(entry.at)
    at = made if told is None else to_datetime(services.now())
    if entry.kind == "dispute":
        taken = DisputeIn(id=entry.told_as, amount=amount, state="open" if counts else "won", disputed_at=made)
        news = OrderUpdate(external_id=order, disputes=(taken,), occurred_at=at)
    else:
        refund = RefundIn(
            id=entry.told_as, amount=amount, money=answers, state="done" if counts else "failed", refunded_at=made
        )
        news = OrderUpdate(external_id=order, refunds=(refund,), occurred_at=at)
    record_order(services, shop, news, services.now())


def _told_before(entry: Entry, known: Known) -> Refund | Dispute | None:
    listed: tuple[Refund | Dispute, ...] = known.disputes if entry.kind == "dispute" else known.told
    return next((one for one in listed if one.id == entry.told_as), None)


def _write_down(services: Services, shop: Shop, outcome: Outcome, kept: Kept) -> None:
    after = replace(kept, state=outcome.state, case=outcome.case, money=outcome.money, refund=outcome.refund)
    if after == kept:
        return
    services.settlements.settle(shop.id, after)
    _restate(services, shop, day_of(kept.entry.at, shop.time_zone), kept.entry.place)
    if outcome.state == "settled" and outcome.money:
        awaited = services.settlements.awaited(shop.id, outcome.money)
        services.settlements.let_go(shop.id, outcome.money)
        if awaited is not None and awaited.day is not None:
            _restate(services, shop, awaited.day, outcome.money)


def _restate(services: Services, shop: Shop, day: str, why: str) -> None:
    """A past day has other figures now."""
    if day < day_of(services.now(), shop.time_zone):
        services.settlements.mark(shop.id, day, why)
