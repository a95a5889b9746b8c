"""Which money of the desk an entry of a statement proves. An entry proves one money at most, and a money has one proof.

By the money's id first; else by order, amount, currency and time, and then only where nothing else fits. What fits
several is listed, never guessed. It does not matter in which order entries and money come to be known: all of an order
is matched anew each time, and what was proven stays.
"""

from collections.abc import Iterable
from typing import Literal

from msgspec import Struct

from chalicelib.domain.flows.compensation import OF_THE_ORDER, MoneyState
from chalicelib.domain.kernel.timestamps import DAY_MS
from chalicelib.domain.orders.order import BY_STATEMENT, Dispute, Refund
from chalicelib.domain.settlement.entries import TAKES_BACK, Entry
from chalicelib.domain.settlement.fitting import (
    Given,
    amount_of,
    is_by_payment,
    is_by_time,
    is_same,
    is_told,
    money_of,
    near,
    paired,
    reverses,
    sets,
)

State = Literal["settled", "known", "unknown", "ambiguous", "different", "reversed", "failed", "taken_back", "same"]
"""`settled`: it proves money of the desk. `known`: the shop or its platform told the order of it. `unknown`: nobody
here knows it. `ambiguous`: it fits several, and which was paid cannot be told. `different`: it bears our id with
another amount or currency. `reversed`: it came back again; `taken_back` is the entry that says so, `failed` one that
says of money that was never given. `same`: the service's other statement has it, too, or the same id in
other words."""
PAYABLE: tuple[MoneyState, ...] = ("approved", "requested", "unknown", "failed", "done")
"""Money that nobody approved was not paid by us: what looks like it was paid by somebody else."""


class Outcome(Struct, frozen=True, kw_only=True):
    """What came of one entry: the case and the money it is about, or the refund that was told already."""

    entry: Entry
    state: State
    case: str | None = None
    money: str | None = None
    refund: str | None = None
    of: str | None = None
    """Of what was taken back: the proof it had been; of what came back: the name of the entry that says so."""
    repeats: bool = False
    """Whether it tells an id that another entry of the order told first: what is told of that one stands."""


def match(
    entries: Iterable[Entry], given: Iterable[Given], told: Iterable[Refund], disputes: Iterable[Dispute] = ()
) -> list[Outcome]:
    """The outcome of each entry of an order, or of each that has no order; `told` and `disputes` are what its shop and
    its platform told of it."""
    return _Matching(entries, given, told, disputes).outcomes()


class _Matching:
    def __init__(
        self, entries: Iterable[Entry], given: Iterable[Given], told: Iterable[Refund], disputes: Iterable[Dispute]
    ) -> None:
        unique = {one.place: one for one in entries}
        self.entries = sorted(unique.values(), key=lambda one: (one.at, one.place))
        money = [one for one in given if one.money.kind in OF_THE_ORDER and one.money.state in PAYABLE]
        self.money = sorted({one.money.id: one for one in money}.values(), key=lambda one: (one.since, one.money.id))
        self.told = sorted(
            (one for one in told if one.counts and not one.id.startswith(BY_STATEMENT)),
            key=lambda one: (one.at or 0, one.id),
        )
        self.disputes = sorted(
            (one for one in disputes if one.counts and not one.id.startswith(BY_STATEMENT)),
            key=lambda one: (one.at or 0, one.id),
        )
        self.done: dict[str, Outcome] = {}
        self.used: set[str] = set()

    def outcomes(self) -> list[Outcome]:
        self._told_twice()
        self._take_back()
        self._same_again()
        self._proven()
        self._by_id()
        self._by_amount()
        self._told()
        return [self.done[one.place] for one in self.entries]

    def _open(self) -> list[Entry]:
        return [one for one in self.entries if one.place not in self.done]

    def _refunds(self) -> list[Entry]:
        """What the shop gave back; what the bank took is no money of the desk."""
        return [one for one in self._open() if one.kind == "refund"]

    def _end(
        self,
        entry: Entry,
        state: State,
        given: Given | None = None,
        *,
        of: str | None = None,
        refund: str | None = None,
    ) -> None:
        case, money = (given.case, given.money.id) if given else (None, None)
        self.done[entry.place] = Outcome(entry=entry, state=state, case=case, money=money, of=of, refund=refund)

    def _told_twice(self) -> None:
        """One id, told again with another amount: the first is the one that is matched, the other is looked at. What
        is the first in other words says nothing new."""
        first: dict[tuple[str, str], Entry] = {}
        for entry in self.entries:
            one = first.setdefault((entry.kind, entry.proof), entry)
            if one is not entry:
                state: State = "same" if is_same(one, entry) else "different"
                self.done[entry.place] = Outcome(entry=entry, state=state, repeats=True)
        for entry in [one for one in self._open() if is_by_time(one)]:
            if any(one.kind == entry.kind and is_by_payment(one, entry) for one in self.entries):
                self._end(entry, "same")

    def _take_back(self) -> None:
        """What came back again is no proof, and takes no room."""
        for back in [one for one in self._open() if one.kind in TAKES_BACK]:
            gave = next((one for one in self._open() if reverses(back, one)), None)
            if gave is None:
                given = self._named(back)
                self._end(back, "failed", given, of=given.money.proof if given else None)
                continue
            given = next((one for one in self.money if one.money.proof == gave.proof), None) or self._named(gave)
            self._end(gave, "reversed", given, of=back.place)
            self._end(back, "taken_back", given, of=gave.proof)

    def _same_again(self) -> None:
        """A refund stands in both statements of Alipay: the trade's entry is the one that counts."""
        trades = [one for one in self.entries if one.form == "trade" and one.kind == "refund"]
        for entry in [one for one in self._open() if one.form == "account"]:
            twin = next(
                (one for one in trades if amount_of(one) == amount_of(entry) and near(one.at, entry.at, DAY_MS)), None
            )
            if twin is not None:
                trades.remove(twin)
                self._end(entry, "same")

    def _proven(self) -> None:
        for entry in self._refunds():
            given = next((one for one in self.money if one.money.proof == entry.proof), None)
            if given is not None and given.money.id not in self.used:
                self.used.add(given.money.id)
                self._end(entry, "settled" if amount_of(entry) == money_of(given) else "different", given)
        self.used |= {one.money.id for one in self.money if one.money.proof is not None}

    def _named(self, entry: Entry) -> Given | None:
        """The money whose id, or the id the shop told of it, the entry bears."""
        names = {entry.refund_no, entry.order, entry.id, entry.payment if is_by_time(entry) else None} - {None}
        names |= {one.money for one in self.told if one.money and one.id in names}  # the platform said whose it is
        return next((one for one in self.money if {one.money.id, one.money.reference} & names), None)

    def _by_id(self) -> None:
        fits = [(one, self._named(one)) for one in self._refunds()]
        for exactly in (True, False):
            for entry, given in fits:
                if given is None or given.money.id in self.used or entry.place in self.done:
                    continue
                if exactly == (amount_of(entry) == money_of(given)):
                    self.used.add(given.money.id)
                    self._end(entry, "settled" if exactly else "different", given)

    def _by_amount(self) -> None:
        """Entries and money that fit each other by amount and time, set by set. Where every money of a set has an
        entry, all of it was paid, whichever is whose; else which was paid cannot be told."""
        entries = [one for one in self._refunds() if one.order]
        money = [one for one in self.money if one.money.id not in self.used]
        for some, those in sets(entries, money):
            pairs = paired(some, those)
            if len(pairs) == len(those):
                for entry, given in pairs:
                    self.used.add(given.money.id)
                    self._end(entry, "settled", given)
            else:
                for entry in some:
                    self._end(entry, "ambiguous", those[0] if len({one.case for one in those}) == 1 else None)

    def _told(self) -> None:
        """What the order was told of already. A platform tells of the desk's own refunds, too: those are left out."""
        self._known(list(self.disputes), [one for one in self._open() if one.kind == "dispute"])
        told = [one for one in self.told if one.money is None]
        for entry in self._open():
            own = next((one for one in told if one.id in (entry.id, entry.refund_no)), None)
            if own is not None:
                told.remove(own)
                self._end(entry, "known", refund=own.id)
        for one in [one for one in self.done.values() if one.state in ("settled", "different")]:
            echo = next((other for other in told if is_told(other, one.entry)), None)
            if echo is not None:
                told.remove(echo)
        self._known(told, self._open())

    def _known(self, told: list[Refund] | list[Dispute], entries: list[Entry]) -> None:
        for entry in entries:
            known = next((one for one in told if one.id == entry.id or is_told(one, entry)), None)
            told = [one for one in told if one is not known]  # type: ignore[assignment] # of the same kind
            self._end(entry, "known" if known else "unknown", refund=known.id if known else None)
