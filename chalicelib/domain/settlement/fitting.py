"""What fits what: entries, money and refunds of one order, by kind, amount and time."""

from collections.abc import Sequence

from msgspec import Struct

from chalicelib.domain.flows.compensation import Compensation
from chalicelib.domain.kernel.timestamps import DAY_MS, HOUR_MS, Instant
from chalicelib.domain.orders.order import Dispute, Refund
from chalicelib.domain.settlement.entries import TAKES_BACK, Entry

EARLY, LATE = HOUR_MS, 30 * DAY_MS
"""Clocks differ by an hour at most; a bank takes a month at most to give money back."""
NEAR = 3 * DAY_MS
"""So far apart a platform and a payment service date the same refund."""


class Given(Struct, frozen=True):
    """Money of a case; `since`: when it was proposed."""

    case: str
    money: Compensation
    since: Instant


def reverses(back: Entry, gave: Entry) -> bool:
    """Whether an entry says that another came back again."""
    if gave.kind != TAKES_BACK[back.kind] or gave.provider != back.provider:
        return False
    by_payment = back.reverses is not None and gave.payment == back.reverses and amount_of(back) == amount_of(gave)
    return gave.id in (back.id, back.reverses) or by_payment


def sets(entries: Sequence[Entry], money: Sequence[Given]) -> list[tuple[list[Entry], list[Given]]]:
    """Entries and money that hang together by what fits what: each set stands by itself."""
    sets: list[tuple[list[Entry], list[Given]]] = []
    for entry in entries:
        fitting = [one for one in money if fits(entry, one)]
        if not fitting:
            continue
        joined: tuple[list[Entry], list[Given]] = ([entry], fitting)
        apart = []
        for some, those in sets:
            if any(one in fitting for one in those):
                joined = ([*some, *joined[0]], [*those, *(one for one in joined[1] if one not in those)])
            else:
                apart.append((some, those))
        sets = [*apart, joined]
    return [(sorted(some, key=lambda one: (one.at, one.place)), those) for some, those in sets]


def paired(entries: Sequence[Entry], money: Sequence[Given]) -> list[tuple[Entry, Given]]:
    """As many pairs as there can be: each entry in turn takes the fitting money that was proposed first, for its time
    is over first (Glover, "Maximum matching in a convex bipartite graph", 1967)."""
    left = sorted(money, key=lambda one: (one.since, one.money.id))
    pairs = []
    for entry in entries:
        given = next((one for one in left if fits(entry, one)), None)
        if given is not None:
            left.remove(given)
            pairs.append((entry, given))
    return pairs


def fits(entry: Entry, given: Given) -> bool:
    """Whether an entry may be the payment of this money, by amount and time."""
    return amount_of(entry) == money_of(given) and given.since - EARLY <= entry.at <= given.since + LATE


def is_told(refund: Refund | Dispute, entry: Entry) -> bool:
    """Whether an order was told of what an entry gives back."""
    same = (refund.amount.value, refund.amount.currency) == amount_of(entry)
    return same and (refund.at is None or near(refund.at, entry.at, NEAR))


def is_same(one: Entry, other: Entry) -> bool:
    """Whether two entries of one id say the same, in whatever words."""
    return (amount_of(one), one.refund_no, one.reverses) == (amount_of(other), other.refund_no, other.reverses)


def is_by_time(entry: Entry) -> bool:
    """Whether the service numbers no refunds, so that a refund is known by its payment and its time."""
    return entry.form == "trade" and entry.refund_no is None and entry.id != entry.payment


def is_by_payment(old: Entry, entry: Entry) -> bool:
    """Whether an entry that was kept under its payment alone, as such refunds once were, is this one."""
    same = (old.provider, old.id, old.at) == (entry.provider, entry.payment, entry.at)
    return same and old.form == "trade" and amount_of(old) == amount_of(entry)


def near(one: Instant, other: Instant, most: Instant) -> bool:
    """Whether two moments are no further apart than this."""
    return abs(one - other) <= most


def amount_of(entry: Entry) -> tuple[object, str]:
    """What an entry gives, to be compared."""
    return entry.amount.value, entry.amount.currency


def money_of(given: Given) -> tuple[object, str]:
    """What money gives, to be compared."""
    return given.money.amount.value, given.money.amount.currency
