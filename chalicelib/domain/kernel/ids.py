"""Identifiers that can be computed: time-ordered outside, keyed by content inside.


An id has the shape of a ULID: 10 characters of time and 16 (80 bits) that are a hash of what the thing *is*
(a shop and its external id, a delivery). So the same thing always has the same key, wherever and however often
it is seen, and no look-up stands between an id and its item.
"""

import hashlib

from chalicelib.domain.kernel.timestamps import Instant

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
# No 0/O, 1/I/L, 2/Z, 5/S, 8/B, U/V and no M/N: unambiguous by eye and by phone.
SPOKEN = "34679ACDEFGHJKPQRTWXY"
KEY_LENGTH = 16


_PAIRS = [first + second for first in CROCKFORD for second in CROCKFORD]


def _base32(number: int, length: int) -> str:
    return "".join([_PAIRS[number >> shift & 1023] for shift in range(5 * length - 10, -1, -10)])


def key_of(*parts: str) -> str:
    """The 80-bit key of a thing named by these parts, as 16 characters."""
    digest = hashlib.sha256("\x1f".join(parts).encode()).digest()
    return _base32(int.from_bytes(digest[:10], "big"), KEY_LENGTH)


def new_id(at: Instant, key: str) -> str:
    """The id of the thing with this key that came to be at this instant."""
    return _base32(max(at, 0), 10) + key


def key_of_id(identifier: str) -> str:
    """The key inside an id; any text has one, an unknown one finds nothing."""
    return identifier[-KEY_LENGTH:] if len(identifier) == 10 + KEY_LENGTH else "-"


def number_of(key: str, attempt: int = 0) -> str:
    """A short number for people, such as `7KQ-4XP`: six symbols, the last one a check on the others.

    The five before it give 4,084,101 numbers a shop; `attempt` picks another when one is taken, and every third
    attempt is one symbol longer. The check is a weighted sum modulo 21, its weights coprime to 21, so a single
    misheard symbol never passes.
    """
    length = 5 + attempt // 3
    value = int.from_bytes(hashlib.sha256(f"{key}{attempt}".encode()).digest()[:8], "big")
    digits = [value // len(SPOKEN) ** place % len(SPOKEN) for place in range(length)]
    text = "".join(SPOKEN[digit] for digit in [*digits, _check(digits)])
    return f"{text[:3]}-{text[3:]}"


def _check(digits: list[int]) -> int:
    weights = (1, 2, 4, 5, 8, 10, 11, 13, 16, 17, 19, 20)  # all coprime to 21
    return sum(weight * digit for weight, digit in zip(weights, digits, strict=False)) % len(SPOKEN)


def time_of(identifier: str) -> Instant | None:
    """When the thing of this id came to be; None for what is no id of ours."""
    if len(identifier) != 10 + KEY_LENGTH or any(letter not in CROCKFORD for letter in identifier):
        return None
    at = 0
    for letter in identifier[:10]:
        at = at * 32 + CROCKFORD.index(letter)
    return at


def case_key(shop: str, external_id: str) -> str:
    """The key of the case a shop calls by this external id."""
    return key_of("case", shop, external_id)
