"""The phrases of the desk in the reader's language, for texts that are put together before the template."""

from collections.abc import Iterable
from typing import Any

from chalicelib.bootstrap import services
from chalicelib.domain.kernel.money import Money
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
        return f"{amount.amount} {amount.currency}"

    def listed(self, texts: Iterable[str]) -> str:
        """Several texts as one."""
        return ("、" if self.language == "zh" else ", ").join(texts)
