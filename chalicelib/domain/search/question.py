"""What somebody may mean by the text they search for."""

import re
import unicodedata
from typing import Literal

from msgspec import Struct

from chalicelib.domain.customers.identity import mail_of, phone_of
from chalicelib.domain.kernel.ids import read_number
from chalicelib.domain.kernel.validation import folded
from chalicelib.domain.orders.order import plain_name
from chalicelib.domain.search.parcel_numbers import plain_tracking
from chalicelib.domain.search.words import asked_words, common_words, is_single_character

MAX_QUERY = 200
"""A longer text is not searched for."""
MAX_ASKED = 12
"""The words of a query that are looked for; the longest, because they are the rarest."""
LONGEST_ORDER = 64
PHONE = re.compile(r"\+?[\d\s().\-/]{6,}(?:\D{1,12}\d{1,7})?\Z")
Hint = Literal["type_two", "too_common"]
"""Why nothing is found: scripts without spaces need two characters at least; or all words are common ones."""


class Question(Struct, frozen=True, kw_only=True):
    """What a text may mean: all that is not None is looked for. `words`: without the common ones."""

    number: str | None = None
    order: str | None = None
    tracking: str | None = None
    mail: str | None = None
    phone: str | None = None
    words: tuple[str, ...] = ()
    hint: Hint | None = None


def read_question(text: str, region: str | None) -> Question:
    """What a text may mean. Phone numbers without a country code belong to `region`."""
    plain = unicodedata.normalize("NFKC", folded(text)).strip()[:MAX_QUERY]
    asked = asked_words(plain)
    words = [word for word in asked if word not in common_words()]
    rarest = sorted(words, key=len, reverse=True)[:MAX_ASKED]
    exact = {
        "number": read_number(plain),
        "order": _order_of(plain),
        "tracking": plain_tracking(plain),
        "mail": mail_of(plain) if "@" in plain else None,
        "phone": phone_of(plain, region) if PHONE.match(plain) else None,
    }
    hint: Hint | None = None
    if not words and not any(exact.values()):
        hint = "type_two" if is_single_character(plain) else "too_common" if asked else None
    return Question(**exact, words=tuple(rarest), hint=hint)


def _order_of(text: str) -> str | None:
    """The order number that the text may be: it has a digit and no space."""
    name = plain_name(text)
    is_name = any(symbol.isdigit() for symbol in name) and " " not in name and "@" not in name
    return name if is_name and len(name) <= LONGEST_ORDER else None
