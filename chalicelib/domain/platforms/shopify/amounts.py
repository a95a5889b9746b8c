"""Shopify's amounts: each in the shop's currency and in the one the customer saw (`*_set`); ours is the shop's."""

from collections.abc import Iterable
from decimal import Decimal

from msgspec import Struct

from chalicelib.domain.kernel.validation import MoneyIn
from chalicelib.domain.platforms.payload_reader import code, money, number, of

ZERO = Decimal(0)


class Amount(Struct):
    """An amount in one currency."""

    amount: str | float | None = None
    currency_code: str | None = None

    @property
    def value(self) -> Decimal:
        """The amount as a number; nothing where it is none."""
        return number(self.amount) or ZERO


class Both(Struct):
    """An amount in both currencies."""

    shop_money: Amount | None = None
    presentment_money: Amount | None = None

    @property
    def shop(self) -> MoneyIn | None:
        """The amount in the shop's currency."""
        return money(self.shop_money.amount, self.shop_money.currency_code or "") if self.shop_money else None


def shop_value(both: Both | None, plain: str | float | None) -> Decimal | None:
    """An amount in the shop's currency, from the set or else as it stands beside it; None where neither is told."""
    told = both.shop_money.amount if both and both.shop_money else None
    return number(told) if told is not None else number(plain)


def presented(both: Both | None, shop: str) -> MoneyIn | None:
    """What the customer saw, where it is another currency than the shop's."""
    seen = both.presentment_money if both else None
    return money(seen.amount, seen.currency_code or "") if seen and code(seen.currency_code) != shop else None


def in_shop_money(amount: MoneyIn, sets: Iterable[Both | None]) -> MoneyIn:
    """An amount of a payment in the shop's currency, by the rate of the sets beside it; as it is where they say none,
    or where it is in the shop's currency already."""
    pairs = [
        (one.shop_money, one.presentment_money)
        for one in sets
        if one
        and one.shop_money
        and one.presentment_money
        and code(one.presentment_money.currency_code) == amount.currency
    ]
    shop_sum, seen_sum = sum((shop.value for shop, _ in pairs), ZERO), sum((seen.value for _, seen in pairs), ZERO)
    currency = next((code(shop.currency_code) for shop, _ in pairs), "")
    if not seen_sum or currency in ("", amount.currency):
        return amount
    return of(amount.money().value * shop_sum / seen_sum, currency) or amount
