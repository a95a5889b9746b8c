"""Which entries, money and refunds of one order fit each other, by kind, amount and time."""

from collections.abc import Sequence
from decimal import Decimal

from msgspec import Struct

from chalicelib.domain.flows.compensation import Compensation
from chalicelib.domain.kernel.timestamps import DAY_MS, HOUR_MS, Instant
from chalicelib.domain.orders.order import Dispute, Refund
from chalicelib.domain.settlement.entries import TAKES_BACK, Entry

EARLY_MS = HOUR_MS
"""Clocks differ by an hour at most."""
LATE_MS = 30 * DAY_MS
"""A bank takes a month at most to give money back."""
NEAR_MS = 3 * DAY_MS
"""A platform and a payment service date the same refund at most this far apart."""
ComparableAmount = tuple[Decimal, str]
"""An amount as a number, and its currency."""


class CaseMoney(Struct, frozen=True):
    """Money of a case; `since`: when it was proposed."""

    case: str
    money: Compensation
    since: Instant


EntrySet = tuple[list[Entry], list[CaseMoney]]


def reverses(returned: Entry, original: Entry) -> bool:
    """Whether the first entry says that the money of the second was returned to the shop."""
    if original.kind != TAKES_BACK[returned.kind] or original.provider != returned.provider:
        return False
    if original.id in (returned.id, returned.reverses):
        return True
    by_payment = returned.reverses is not None and original.payment == returned.reverses
    return by_payment and entry_amount(returned) == entry_amount(original)


def connected_sets(entries: Sequence[Entry], money: Sequence[CaseMoney]) -> list[EntrySet]:
    """Entries and money that are connected by what fits what: the sets have nothing in common with each other."""
    sets: list[EntrySet] = []
    for entry in entries:
        fitting = [case_money for case_money in money if fits(entry, case_money)]
        if fitting:
            sets = _with_entry(sets, entry, fitting)
    return [(sorted(joined, key=lambda entry: (entry.at, entry.place)), fitting) for joined, fitting in sets]


def _with_entry(sets: list[EntrySet], entry: Entry, fitting: list[CaseMoney]) -> list[EntrySet]:
    """The sets with one more entry: all sets that have some of its money become one."""
    joined: EntrySet = ([entry], fitting)
    apart = []
    for set_entries, set_money in sets:
        if any(case_money in fitting for case_money in set_money):
            added = [case_money for case_money in joined[1] if case_money not in set_money]
            joined = ([*set_entries, *joined[0]], [*set_money, *added])
        else:
            apart.append((set_entries, set_money))
    return [*apart, joined]


def pair_up(entries: Sequence[Entry], money: Sequence[CaseMoney]) -> list[tuple[Entry, CaseMoney]]:
    """As many pairs as possible: each entry in turn takes the fitting money that was proposed first, since the time of
    that money ends first (Glover, "Maximum matching in a convex bipartite graph", 1967)."""
    left = sorted(money, key=lambda case_money: (case_money.since, case_money.money.id))
    pairs = []
    for entry in entries:
        partner = next((case_money for case_money in left if fits(entry, case_money)), None)
        if partner is not None:
            left.remove(partner)
            pairs.append((entry, partner))
    return pairs


def fits(entry: Entry, case_money: CaseMoney) -> bool:
    """Whether an entry may be the payment of this money, by amount and time."""
    in_time = case_money.since - EARLY_MS <= entry.at <= case_money.since + LATE_MS
    return in_time and entry_amount(entry) == case_money_amount(case_money)


def is_reported_as(refund: Refund | Dispute, entry: Entry) -> bool:
    """Whether a refund or dispute of the order record may be what the entry gives back, by amount and time."""
    same = (refund.amount.value, refund.amount.currency) == entry_amount(entry)
    return same and (refund.at is None or is_near(refund.at, entry.at, NEAR_MS))


def says_the_same(first: Entry, second: Entry) -> bool:
    """Whether two entries with the same id have the same content, however it is written."""
    content = (entry_amount(first), first.refund_no, first.reverses)
    return content == (entry_amount(second), second.refund_no, second.reverses)


def is_known_by_time(entry: Entry) -> bool:
    """Whether the service does not number its refunds, so that a refund is identified by its payment and time."""
    return entry.form == "trade" and entry.refund_no is None and entry.id != entry.payment


def matches_by_payment(old: Entry, entry: Entry) -> bool:
    """Whether an entry that was stored under its payment alone, as earlier versions did, is this entry."""
    same = (old.provider, old.id, old.at) == (entry.provider, entry.payment, entry.at)
    return same and old.form == "trade" and entry_amount(old) == entry_amount(entry)


def is_near(first: Instant, second: Instant, most_ms: Instant) -> bool:
    """Whether two instants are at most this many milliseconds apart."""
    return abs(first - second) <= most_ms


def entry_amount(entry: Entry) -> ComparableAmount:
    """The amount of an entry, to be compared."""
    return entry.amount.value, entry.amount.currency


def case_money_amount(case_money: CaseMoney) -> ComparableAmount:
    """The amount of money of a case, to be compared."""
    return case_money.money.amount.value, case_money.money.amount.currency
