"""Amounts of money: decimal strings with their currency, computed exactly, split to the coin."""

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, ROUND_UP, Decimal, localcontext

from msgspec import Struct

from chalicelib.domain.kernel.currencies import minor_digits
from chalicelib.domain.kernel.errors import invalid

PRECISION = 60
"""Digits computed with: amounts have up to 21, quantities up to 7, and a product must not be rounded unseen."""


class Money(Struct, frozen=True):
    """An amount as a decimal string, and its ISO 4217 currency."""

    amount: str
    currency: str

    @property
    def value(self) -> Decimal:
        """The amount as a number."""
        return Decimal(self.amount)


class Line(Struct, frozen=True):
    """The part of an amount that is for one thing of the order."""

    sku: str
    amount: str


def coin_of(currency: str) -> Decimal:
    """The smallest amount of a currency: 0.01, 1, 0.001."""
    return Decimal(1).scaleb(-minor_digits(currency))


def is_whole(value: Decimal, currency: str) -> bool:
    """Whether an amount can be paid in coins; trailing zeros do not matter."""
    with localcontext(prec=PRECISION):
        return value % coin_of(currency) == 0


def check_coin(path: str, amount: Money) -> None:
    """Refuse an amount that cannot be paid: `Invalid` names its place and the currency's smallest amount."""
    if not is_whole(amount.value, amount.currency):
        coin = coin_of(amount.currency)
        raise invalid(path, f"{amount.amount} {amount.currency} cannot be paid: the smallest amount is {coin:f}")


def to_coin(value: Decimal, currency: str, rounding: str = ROUND_HALF_UP) -> Decimal:
    """The amount that can be paid that is nearest; half a coin is rounded away from nothing."""
    with localcontext(prec=PRECISION):
        return value.quantize(coin_of(currency), rounding=rounding)


def money_of(value: Decimal, currency: str) -> Money:
    """An amount, written with all digits of its currency."""
    return Money(f"{to_coin(value, currency):f}", currency)


def in_currency(value: Decimal, whole: Decimal, presented: Decimal, currency: str) -> Decimal:
    """A part of what was paid in the customer's own currency, in the shop's: `presented` is `whole` there. Rounded up,
    so that no part of it is given a second time."""
    with localcontext(prec=PRECISION):
        return min(whole, to_coin(value * whole / presented, currency, ROUND_UP))


def split(whole: Decimal, weights: Sequence[Decimal], currency: str) -> list[Decimal]:
    """A whole amount in parts by weight, each to the coin, in sum the whole: by the largest remainder (Hamilton's
    method); of equal remainders the first part gets the coin. Without any weight all parts weigh the same."""
    weights = weights if any(weights) else [Decimal(1)] * len(weights)
    if not weights:
        return []
    with localcontext(prec=PRECISION):
        coin, total = coin_of(currency), sum(weights, Decimal(0))
        coins = to_coin(whole, currency) / coin
        exact = [coins * weight / total for weight in weights]
        parts = [int(one) for one in exact]
        ranked = sorted(range(len(parts)), key=lambda place: (parts[place] - exact[place], place))
        for place in ranked[: int(coins) - sum(parts)]:
            parts[place] += 1
        return [coin * part for part in parts]


def sums(amounts: Iterable[Money]) -> tuple[Money, ...]:
    """Amounts added up, currency by currency."""
    found: dict[str, Decimal] = {}
    for one in amounts:
        found[one.currency] = found.get(one.currency, Decimal(0)) + one.value
    return tuple(Money(f"{value:f}", currency) for currency, value in sorted(found.items()))
