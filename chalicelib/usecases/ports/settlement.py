"""The store of statements: their entries, the time they cover, and the money that is still to be proven."""

from collections.abc import Iterator
from typing import Protocol

from msgspec import Struct

from chalicelib.domain.kernel.timestamps import Day, Instant
from chalicelib.domain.settlement.coverage import Coverage
from chalicelib.domain.settlement.entries import Entry
from chalicelib.domain.settlement.matching import State
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.ports.cases import Page


class StoredEntry(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An entry and the outcome of matching it. `case`: the id of the case; `refund`: the id of the refund that had been
    reported with the order before."""

    entry: Entry
    state: State | None = None
    case: str | None = None
    money: str | None = None
    refund: str | None = None


class UnprovenMoney(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Money that was requested, or reported as paid, and that no statement has proven yet. `day`: the day on which it
    is listed as not paid."""

    money: str
    case: str
    """The key of its case."""
    at: Instant
    day: Day | None = None
    about: str = ""
    """The id of its case; empty until the money is listed as not paid, as are the amount and currency."""
    amount: str = ""
    currency: str = ""


class Check(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is to be checked again: money that should be proven by now, or an entry that nobody had reported."""

    money: str = ""
    group: str = ""
    place: str = ""


class SettlementStore(Protocol):
    """Statements' entries by order and by day, and the money that waits for a proof."""

    def add(self, shop: Shop, entry: Entry) -> bool:
        """Store an entry, once, and have the relay send it to be settled. False if it was stored before."""

    def add_coverage(self, shop: str, coverage: Coverage) -> bool:
        """Store the time that a statement covers. False if that was stored before."""

    def coverages(self, shop: str) -> list[Coverage]:
        """The times that the shop's statements cover, in no particular order."""

    def load_group(self, shop: str, group: str, most: int) -> list[StoredEntry]:
        """The entries of an order (`Entry.group`), at most this many."""

    def load_entry(self, shop: str, group: str, place: str) -> StoredEntry | None:
        """The entry with this sort key (`Entry.place`) in its group; None if there is none."""

    def save_outcome(self, shop: str, stored: StoredEntry) -> None:
        """Store the outcome of an entry in place of the one before."""

    def mark_day(self, shop: str, day: Day, why: str) -> None:
        """Have the nightly job compute the metrics of this past day again. The same mark twice has no effect."""

    def load_unproven(self, shop: str, money: str) -> UnprovenMoney | None:
        """The money with this id that waits for its proof; None if it does not wait."""

    def unproven_before(self, shop: str, before: Instant) -> Iterator[UnprovenMoney]:
        """Money that was proposed before this instant and waits for its proof, the oldest first."""

    def save_unpaid(self, shop: str, unproven: UnprovenMoney) -> None:
        """List money as not paid on its day. It still waits for its proof."""

    def delete_unproven(self, shop: str, money: str) -> None:
        """The money no longer waits for its proof; no effect if it does not wait."""

    def on_day(self, shop: str, day: Day, limit: int, after: str | None) -> Page:
        """A page of the day's entries in the order of their times, followed by the money that is listed as not paid.
        `after`: the cursor of the page before."""

    def schedule_check(self, shop: str, check: Check, day: Day, now: Instant) -> None:
        """Have the relay send money or an entry to be checked again, at most once a day."""

    def check(self, shop: str, place: str) -> Check | None:
        """A scheduled check by its sort key among the checks of the shop; None if it expired."""
