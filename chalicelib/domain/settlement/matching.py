"""Which money of the cases each statement entry proves. An entry proves at most one money, and a money has one proof.

By the id of the money first; otherwise by order, amount, currency and time, and only where nothing else fits. An entry
that fits several is listed for people to check, never guessed. The order in which entries and money arrive does not
matter: all entries of an order are matched again each time, and what was proven stays proven.
"""

from collections.abc import Iterable
from typing import Literal, TypeVar

from msgspec import Struct

from chalicelib.domain.flows.compensation import ORDER_MONEY, MoneyState
from chalicelib.domain.kernel.timestamps import DAY_MS
from chalicelib.domain.orders.order import BY_STATEMENT, Dispute, Refund
from chalicelib.domain.settlement.entries import TAKES_BACK, Entry
from chalicelib.domain.settlement.fitting import (
    CaseMoney,
    case_money_amount,
    connected_sets,
    entry_amount,
    is_known_by_time,
    is_near,
    is_reported_as,
    matches_by_payment,
    pair_up,
    reverses,
    says_the_same,
)

State = Literal["settled", "known", "unknown", "ambiguous", "different", "reversed", "failed", "taken_back", "same"]
"""`settled`: it proves money of a case. `known`: the shop or its platform had reported it with the order. `unknown`:
nobody had reported it. `ambiguous`: it fits several, and which of them was paid is unclear. `different`: it has our id
but another amount or currency. `reversed`: the money was returned to the shop; `taken_back` is the entry that says so;
`failed` is such an entry about money that was never given. `same`: the service's other statement has it too, or it
repeats an id with the same content in other words."""
PAYABLE: tuple[MoneyState, ...] = ("approved", "requested", "unknown", "failed", "done")
"""Money that nobody approved was not paid by us: an entry that looks like it was paid by somebody else."""
Reported = TypeVar("Reported", Refund, Dispute)


class Outcome(Struct, frozen=True, kw_only=True):
    """The result for one entry: the case and money it is about, or the refund that was reported before."""

    entry: Entry
    state: State
    case: str | None = None
    money: str | None = None
    refund: str | None = None
    of: str | None = None
    """For `taken_back` and `failed`: the proof that no longer holds; for `reversed`: the key of the entry that says
    so."""
    repeats: bool = False
    """Whether another entry of the order already had this id: that entry is the one reported to the order."""


def match(
    entries: Iterable[Entry], given: Iterable[CaseMoney], refunds: Iterable[Refund], disputes: Iterable[Dispute] = ()
) -> list[Outcome]:
    """The outcome of each entry of one order, or of each entry without an order; `refunds` and `disputes` are those
    that the order record has."""
    return _Matching(entries, given, refunds, disputes).outcomes()


def _by_others(reported: Iterable[Reported]) -> list[Reported]:
    """The refunds or disputes that count and that somebody else than a statement reported, the oldest first."""
    counting = (item for item in reported if item.counts and not item.id.startswith(BY_STATEMENT))
    return sorted(counting, key=lambda item: (item.at or 0, item.id))


class _Matching:
    def __init__(
        self,
        entries: Iterable[Entry],
        given: Iterable[CaseMoney],
        refunds: Iterable[Refund],
        disputes: Iterable[Dispute],
    ) -> None:
        unique = {entry.place: entry for entry in entries}
        self.entries = sorted(unique.values(), key=lambda entry: (entry.at, entry.place))
        payable = {
            case_money.money.id: case_money
            for case_money in given
            if case_money.money.kind in ORDER_MONEY and case_money.money.state in PAYABLE
        }
        self.money = sorted(payable.values(), key=lambda case_money: (case_money.since, case_money.money.id))
        self.refunds = _by_others(refunds)
        self.disputes = _by_others(disputes)
        self.done: dict[str, Outcome] = {}
        self.used: set[str] = set()

    def outcomes(self) -> list[Outcome]:
        self._match_repetitions()
        self._match_returned()
        self._match_second_statement()
        self._match_proven()
        self._match_by_id()
        self._match_by_amount()
        self._match_reported()
        return [self.done[entry.place] for entry in self.entries]

    def _open(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.place not in self.done]

    def _open_refunds(self) -> list[Entry]:
        """Entries of money that the shop gave back; what the bank took is no money of a case."""
        return [entry for entry in self._open() if entry.kind == "refund"]

    def _finish(
        self,
        entry: Entry,
        state: State,
        given: CaseMoney | None = None,
        *,
        of: str | None = None,
        refund: str | None = None,
    ) -> None:
        case, money = (given.case, given.money.id) if given else (None, None)
        self.done[entry.place] = Outcome(entry=entry, state=state, case=case, money=money, of=of, refund=refund)

    def _match_repetitions(self) -> None:
        """If one id is repeated with another amount, the first entry is matched and the other is listed. A repetition
        with the same content adds nothing."""
        firsts: dict[tuple[str, str], Entry] = {}
        for entry in self.entries:
            first = firsts.setdefault((entry.kind, entry.proof), entry)
            if first is not entry:
                state: State = "same" if says_the_same(first, entry) else "different"
                self.done[entry.place] = Outcome(entry=entry, state=state, repeats=True)
        for entry in [entry for entry in self._open() if is_known_by_time(entry)]:
            if any(old.kind == entry.kind and matches_by_payment(old, entry) for old in self.entries):
                self._finish(entry, "same")

    def _match_returned(self) -> None:
        """Money that was returned to the shop is no proof, and no longer counts against what was paid."""
        for returned in [entry for entry in self._open() if entry.kind in TAKES_BACK]:
            original = next((entry for entry in self._open() if reverses(returned, entry)), None)
            if original is None:
                given = self._money_named_by(returned)
                self._finish(returned, "failed", given, of=given.money.proof if given else None)
                continue
            given = self._money_proven_by(original) or self._money_named_by(original)
            self._finish(original, "reversed", given, of=returned.place)
            self._finish(returned, "taken_back", given, of=original.proof)

    def _match_second_statement(self) -> None:
        """A refund appears in both statements of Alipay: the entry of 业务明细 (`trade`) is the one that counts."""
        trades = [entry for entry in self.entries if entry.form == "trade" and entry.kind == "refund"]
        for entry in [entry for entry in self._open() if entry.form == "account"]:
            amount = entry_amount(entry)
            near = (trade for trade in trades if entry_amount(trade) == amount and is_near(trade.at, entry.at, DAY_MS))
            twin = next(near, None)
            if twin is not None:
                trades.remove(twin)
                self._finish(entry, "same")

    def _match_proven(self) -> None:
        for entry in self._open_refunds():
            given = self._money_proven_by(entry)
            if given is not None and given.money.id not in self.used:
                self.used.add(given.money.id)
                self._finish(
                    entry, "settled" if entry_amount(entry) == case_money_amount(given) else "different", given
                )
        self.used |= {given.money.id for given in self.money if given.money.proof is not None}

    def _money_proven_by(self, entry: Entry) -> CaseMoney | None:
        return next((given for given in self.money if given.money.proof == entry.proof), None)

    def _money_named_by(self, entry: Entry) -> CaseMoney | None:
        """The money whose id, or whose reference at the payment service, the entry names."""
        names = {entry.refund_no, entry.order, entry.id, entry.payment if is_known_by_time(entry) else None} - {None}
        # the platform may have reported which money such a refund answers
        names |= {refund.money for refund in self.refunds if refund.money and refund.id in names}
        return next((given for given in self.money if {given.money.id, given.money.reference} & names), None)

    def _match_by_id(self) -> None:
        """Entries that name money, those with the right amount before the others."""
        candidates = [(entry, self._money_named_by(entry)) for entry in self._open_refunds()]
        for exactly in (True, False):
            for entry, given in candidates:
                if given is None or given.money.id in self.used or entry.place in self.done:
                    continue
                if exactly == (entry_amount(entry) == case_money_amount(given)):
                    self.used.add(given.money.id)
                    self._finish(entry, "settled" if exactly else "different", given)

    def _match_by_amount(self) -> None:
        """Entries and money that fit each other by amount and time, set by set. If every money of a set has an entry,
        all of it was paid, and it does not matter which entry paid which; otherwise the set is ambiguous."""
        entries = [entry for entry in self._open_refunds() if entry.order]
        unpaid = [given for given in self.money if given.money.id not in self.used]
        for set_entries, set_money in connected_sets(entries, unpaid):
            pairs = pair_up(set_entries, set_money)
            if len(pairs) == len(set_money):
                for entry, given in pairs:
                    self.used.add(given.money.id)
                    self._finish(entry, "settled", given)
                continue
            in_one_case = len({given.case for given in set_money}) == 1
            for entry in set_entries:
                self._finish(entry, "ambiguous", set_money[0] if in_one_case else None)

    def _match_reported(self) -> None:
        """What the order record has already. A platform also reports the refunds that we requested: those are left
        out."""
        self._match_known(self.disputes, [entry for entry in self._open() if entry.kind == "dispute"])
        reported = [refund for refund in self.refunds if refund.money is None]
        for entry in self._open():
            own = next((refund for refund in reported if refund.id in (entry.id, entry.refund_no)), None)
            if own is not None:
                reported.remove(own)
                self._finish(entry, "known", refund=own.id)
        for outcome in [outcome for outcome in self.done.values() if outcome.state in ("settled", "different")]:
            echo = next((refund for refund in reported if is_reported_as(refund, outcome.entry)), None)
            if echo is not None:
                reported.remove(echo)
        self._match_known(reported, self._open())

    def _match_known(self, reported: list[Reported], entries: list[Entry]) -> None:
        """Each of these entries with a reported refund or dispute of its own; the others are unknown."""
        left = list(reported)
        for entry in entries:
            record = next((item for item in left if item.id == entry.id or is_reported_as(item, entry)), None)
            left = [item for item in left if item is not record]
            self._finish(entry, "known" if record else "unknown", refund=record.id if record else None)
