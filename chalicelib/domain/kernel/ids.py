"""Identifiers that are computed: they sort by time, and contain a key made of what they identify.

An id has the form of a ULID: 10 characters of time, and 16 (80 bits) that are a hash of what the object *is* (a shop
and its external id, a delivery). So the same object always has the same key, wherever and however often it is received,
and no look-up is needed to get from an id to its item.
"""

import hashlib
import unicodedata

from chalicelib.domain.kernel.timestamps import Instant

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
# No 0/O, 1/I/L, 2/Z, 5/S, 8/B, U/V and no M/N: unambiguous by eye and by phone.
SPOKEN = "34679ACDEFGHJKPQRTWXY"
KEY_LENGTH = 16
MIN_SYMBOLS, MAX_SYMBOLS = 6, 9
"""How many symbols a case's number has."""
_PAIRS = [first + second for first in CROCKFORD for second in CROCKFORD]


def _base32(number: int, length: int) -> str:
    return "".join([_PAIRS[number >> shift & 1023] for shift in range(5 * length - 10, -1, -10)])


def key_of(*parts: str) -> str:
    """The 80-bit key of the object that these parts identify, as 16 characters."""
    digest = hashlib.sha256("\x1f".join(parts).encode()).digest()
    return _base32(int.from_bytes(digest[:10], "big"), KEY_LENGTH)


def place_of_key(key: str) -> float:
    """Where a key lies among all keys there can be, from 0 to 1. Keys are hashes, so that they are spread evenly."""
    number = 0
    for symbol in key:
        number = number * 32 + CROCKFORD.index(symbol)
    return number / float(32 ** len(key))


def new_id(created_at: Instant, key: str) -> str:
    """The id of the object with this key that was created at this instant."""
    return _base32(max(created_at, 0), 10) + key


def key_of_id(identifier: str) -> str:
    """The key in an id; a text that is no id has the key `-`, which no object has."""
    return identifier[-KEY_LENGTH:] if len(identifier) == 10 + KEY_LENGTH else "-"


def number_of(key: str, attempt: int = 0) -> str:
    """A short number for people, such as `7KQ-4XP`: six symbols, the last one a check on the others.

    The five before it give 4,084,101 numbers per shop; `attempt` picks another number if one is taken, and every third
    attempt is one symbol longer. The check is a weighted sum modulo 21 whose weights are coprime to 21, so that a
    single misheard symbol is always detected.
    """
    length = 5 + attempt // 3
    value = int.from_bytes(hashlib.sha256(f"{key}{attempt}".encode()).digest()[:8], "big")
    digits = [value // len(SPOKEN) ** place % len(SPOKEN) for place in range(length)]
    text = "".join(SPOKEN[digit] for digit in [*digits, _check(digits)])
    return f"{text[:3]}-{text[3:]}"


def _check(digits: list[int]) -> int:
    weights = (1, 2, 4, 5, 8, 10, 11, 13, 16, 17, 19, 20)  # all coprime to 21
    return sum(weight * digit for weight, digit in zip(weights, digits, strict=False)) % len(SPOKEN)


def read_number(text: str) -> str | None:
    """The number of a case that somebody typed, such as `7kq 4xp`; None if it is none.

    One symbol that no number has, such as O or 0, was misread: the check symbol says which symbol stands there.
    """
    plain = "".join(unicodedata.normalize("NFKC", text).upper().replace("-", "").split()).lstrip("#")
    if not MIN_SYMBOLS <= len(plain) <= MAX_SYMBOLS or not (plain.isascii() and plain.isalnum()):
        return None
    misread = [place for place, symbol in enumerate(plain) if symbol not in SPOKEN]
    if len(misread) > 1:
        return None
    place = misread[0] if misread else 0
    candidates = SPOKEN if misread else plain[0]
    texts = (plain[:place] + symbol + plain[place + 1 :] for symbol in candidates)
    number = next(
        (each for each in texts if SPOKEN[_check([SPOKEN.index(symbol) for symbol in each[:-1]])] == each[-1]), None
    )
    return f"{number[:3]}-{number[3:]}" if number else None


def time_of(identifier: str) -> Instant | None:
    """When the object with this id was created; None if the text is no id of ours."""
    if len(identifier) != 10 + KEY_LENGTH or any(symbol not in CROCKFORD for symbol in identifier):
        return None
    created_at = 0
    for symbol in identifier[:10]:
        created_at = created_at * 32 + CROCKFORD.index(symbol)
    return created_at


def case_key(shop: str, external_id: str) -> str:
    """The key of the case that a shop knows by this external id."""
    return key_of("case", shop, external_id)
