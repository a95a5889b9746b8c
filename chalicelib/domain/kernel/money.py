"""Amounts of money: decimal strings with their currency, computed exactly, and split into amounts that can be paid.

The number of decimals of each currency is that of ISO 4217, List One ("Current currency & funds code list") of its
maintenance agency SIX, published 2026-01-01. Locale data (CLDR, and Babel, which uses it) describe what people write,
which has fewer decimals for a dozen currencies and is no source for money. A currency that is not in the list, or has
no minor unit there, has two decimals, as most do.
"""

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, ROUND_UP, Decimal, localcontext

from msgspec import Struct

from chalicelib.domain.kernel.errors import invalid

PRECISION = 60
"""The digits of computations: amounts have up to 21, quantities up to 7, and a product must not be rounded silently."""
USUAL = 2
UNSTATED = ""
"""The currency of an amount that was reported without one: it is the currency of the order."""
MIXED = "XXX"
"""The currency of a sum of several currencies (ISO 4217: no currency): it cannot be converted."""
MINOR_DIGITS: dict[str, int] = {
    **dict.fromkeys(
        (
            "BIF",
            "CLP",
            "DJF",
            "GNF",
            "ISK",
            "JPY",
            "KMF",
            "KRW",
            "PYG",
            "RWF",
            "UGX",
            "UYI",
            "VND",
            "VUV",
            "XAF",
            "XOF",
            "XPF",
        ),
        0,
    ),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}


class Money(Struct, frozen=True):
    """An amount as a decimal string, and its ISO 4217 currency."""

    amount: str
    currency: str

    @property
    def value(self) -> Decimal:
        """The amount as a number."""
        return Decimal(self.amount)


class Line(Struct, frozen=True):
    """The part of an amount that is for one item of the order."""

    sku: str
    amount: str


def minor_digits(currency: str) -> int:
    """The number of decimals of the smallest amount of this currency."""
    return MINOR_DIGITS.get(currency, USUAL)


def coin_of(currency: str) -> Decimal:
    """The smallest amount of a currency: 0.01, 1, 0.001."""
    return Decimal(1).scaleb(-minor_digits(currency))


def is_whole(value: Decimal, currency: str) -> bool:
    """Whether an amount can be paid in coins of its currency; trailing zeros do not matter."""
    with localcontext(prec=PRECISION):
        return value % coin_of(currency) == 0


def check_coin(path: str, amount: Money) -> None:
    """`Invalid`, with the path and the smallest amount of the currency, if an amount cannot be paid in coins."""
    if not is_whole(amount.value, amount.currency):
        coin = coin_of(amount.currency)
        raise invalid(path, f"{amount.amount} {amount.currency} cannot be paid: the smallest amount is {coin:f}")


def to_coin(value: Decimal, currency: str, rounding: str = ROUND_HALF_UP) -> Decimal:
    """The nearest amount that can be paid; half a coin is rounded away from zero."""
    with localcontext(prec=PRECISION):
        return value.quantize(coin_of(currency), rounding=rounding)


def money_of(value: Decimal, currency: str) -> Money:
    """An amount, written with all digits of its currency."""
    return Money(f"{to_coin(value, currency):f}", currency)


def in_currency(value: Decimal, whole: Decimal, presented: Decimal, currency: str) -> Decimal:
    """A part of a payment, converted from the customer's currency to the shop's: `presented` is the whole payment in
    the former, `whole` in the latter. Rounded up, so that no part is given twice."""
    with localcontext(prec=PRECISION):
        return min(whole, to_coin(value * whole / presented, currency, ROUND_UP))


def split(whole: Decimal, weights: Sequence[Decimal], currency: str) -> list[Decimal]:
    """An amount split into parts by weight that can be paid and add up to it: by the largest remainder (Hamilton's
    method); of equal remainders the first part gets the coin. If all weights are zero, the parts are equal."""
    weights = weights if any(weights) else [Decimal(1)] * len(weights)
    if not weights:
        return []
    with localcontext(prec=PRECISION):
        coin = coin_of(currency)
        total = sum(weights, Decimal(0))
        coins = to_coin(whole, currency) / coin
        exact = [coins * weight / total for weight in weights]
        parts = [int(share) for share in exact]
        ranked = sorted(range(len(parts)), key=lambda index: (parts[index] - exact[index], index))
        for index in ranked[: int(coins) - sum(parts)]:
            parts[index] += 1
        return [coin * part for part in parts]


def sums(amounts: Iterable[Money]) -> tuple[Money, ...]:
    """The sum of the amounts of each currency, sorted by currency."""
    totals: dict[str, Decimal] = {}
    for amount in amounts:
        totals[amount.currency] = totals.get(amount.currency, Decimal(0)) + amount.value
    return tuple(Money(f"{value:f}", currency) for currency, value in sorted(totals.items()))
