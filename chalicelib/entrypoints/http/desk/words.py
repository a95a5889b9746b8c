"""The phrases of the desk in the reader's language, for texts that are put together before the template."""

from collections.abc import Iterable
from decimal import InvalidOperation
from typing import Any

from chalicelib.bootstrap import services
from chalicelib.domain.kernel.money import Money, is_whole, money_of
from chalicelib.domain.kernel.timestamps import Instant, format_local
from chalicelib.entrypoints.http.desk.context import Desk


class Words:
    """Phrases, names of values, and times in the shop's zone."""

    def __init__(self, desk: Desk) -> None:
        self.language = desk.language
        self.time_zone = desk.shop.time_zone
        self._words = services().desk_pages.words(desk.language)

    def say(self, phrase: str, /, **inserted: Any) -> str:
        """A phrase with these values inserted. KeyError if there is none."""
        return self._words[phrase].format(**inserted) if inserted else self._words[phrase]

    def named(self, group: str, value: Any) -> str:
        """The word for a value of a closed list; the value itself where there is none."""
        return self._words.get(f"{group}.{value}", str(value))

    def time(self, instant: Instant) -> str:
        """A time in the shop's zone, to the minute."""
        return format_local(instant, self.time_zone)

    def money(self, amount: Money) -> str:
        """An amount with its currency."""
        return f"{self.amount(amount)} {amount.currency}"

    def amount(self, amount: Money) -> str:
        """An amount with all decimals of its currency; one that no coins make up as it was reported."""
        try:
            is_exact = is_whole(amount.value, amount.currency)
        except InvalidOperation:
            return amount.amount
        return money_of(amount.value, amount.currency).amount if is_exact else amount.amount

    def labelled(self, label: str, text: str) -> str:
        """A text with its label before it."""
        return f"{label}{self._words['frame.colon']}{text}"

    def listed(self, texts: Iterable[str]) -> str:
        """Several texts as one."""
        return self._words["frame.listed"].join(texts)
