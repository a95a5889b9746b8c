"""What is needed of statements: the entries that were read, what time they tell of, and the money to be proven."""

from collections.abc import Iterator
from typing import Protocol

from msgspec import Struct

from chalicelib.domain.kernel.timestamps import Day, Instant
from chalicelib.domain.settlement.coverage import Coverage
from chalicelib.domain.settlement.entries import Entry
from chalicelib.domain.settlement.matching import State
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.ports.cases import Page


class Kept(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An entry and what came of it; `case` is the id of the case, `refund` what the order was told before."""

    entry: Entry
    state: State | None = None
    case: str | None = None
    money: str | None = None
    refund: str | None = None


class UnprovenMoney(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Money that was asked for or said to be paid, and is not proven. `day`: the day it is listed on as not paid."""

    money: str
    case: str
    """The key of its case."""
    at: Instant
    day: Day | None = None
    about: str = ""
    """The id of its case, and what is missing, once it is listed."""
    amount: str = ""
    currency: str = ""


class Check(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is to be looked at again: money that should be proven by now, or an entry nobody knew."""

    money: str = ""
    group: str = ""
    place: str = ""


class SettlementStore(Protocol):
    """Statements' entries by order and by day, and the money that waits for one."""

    def add(self, shop: Shop, entry: Entry) -> bool: ...
    def cover(self, shop: str, coverage: Coverage) -> bool: ...
    def coverages(self, shop: str) -> list[Coverage]: ...
    def group(self, shop: str, group: str, most: int) -> list[Kept]: ...
    def entry(self, shop: str, group: str, place: str) -> Kept | None: ...
    def settle(self, shop: str, kept: Kept) -> None: ...
    def mark(self, shop: str, day: Day, why: str) -> None: ...
    def awaited(self, shop: str, money: str) -> UnprovenMoney | None: ...
    def awaiting(self, shop: str, before: Instant) -> Iterator[UnprovenMoney]: ...
    def note_unpaid(self, shop: str, awaited: UnprovenMoney) -> None: ...
    def let_go(self, shop: str, money: str) -> None: ...
    def on_day(self, shop: str, day: Day, limit: int, after: str | None) -> Page: ...
    def look_again(self, shop: str, check: Check, day: Day, now: Instant) -> None: ...
    def check(self, shop: str, place: str) -> Check | None: ...
