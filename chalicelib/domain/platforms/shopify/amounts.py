"""Shopify's amounts: each in the shop's currency and in the customer's (`*_set`). We use the shop's currency."""

from collections.abc import Iterable
from decimal import Decimal

from msgspec import Struct

from chalicelib.domain.kernel.validation import MoneyIn
from chalicelib.domain.platforms.payload_reader import currency_code, money_of, parse_money, parse_number

ZERO = Decimal(0)


class Amount(Struct):
    """An amount in one currency."""

    amount: str | float | None = None
    currency_code: str | None = None

    @property
    def value(self) -> Decimal:
        """The amount as a number; zero if it is none."""
        return parse_number(self.amount) or ZERO


class AmountSet(Struct):
    """An amount in the shop's and in the customer's currency."""

    shop_money: Amount | None = None
    presentment_money: Amount | None = None

    @property
    def shop(self) -> MoneyIn | None:
        """The amount in the shop's currency."""
        return parse_money(self.shop_money.amount, self.shop_money.currency_code or "") if self.shop_money else None


def shop_amount(amounts: AmountSet | None, plain: str | float | None) -> Decimal | None:
    """An amount in the shop's currency, from the set or else from the plain field; None if both are missing."""
    amount = amounts.shop_money.amount if amounts and amounts.shop_money else None
    return parse_number(amount) if amount is not None else parse_number(plain)


def presentment_amount(amounts: AmountSet | None, shop_currency: str) -> MoneyIn | None:
    """The amount that the customer saw, if it is not in the shop's currency."""
    presented = amounts.presentment_money if amounts else None
    if presented is None or currency_code(presented.currency_code) == shop_currency:
        return None
    return parse_money(presented.amount, presented.currency_code or "")


def convert_to_shop_currency(amount: MoneyIn, amount_sets: Iterable[AmountSet | None]) -> MoneyIn:
    """The amount of a payment, converted to the shop's currency at the rate of these amount sets; unchanged if they
    have no rate for it, or if it is in the shop's currency already."""
    pairs = [
        (amounts.shop_money, amounts.presentment_money)
        for amounts in amount_sets
        if amounts
        and amounts.shop_money
        and amounts.presentment_money
        and currency_code(amounts.presentment_money.currency_code) == amount.currency
    ]
    shop_sum = sum((shop.value for shop, _ in pairs), ZERO)
    presented_sum = sum((presented.value for _, presented in pairs), ZERO)
    currency = next((currency_code(shop.currency_code) for shop, _ in pairs), "")
    if not presented_sum or currency in ("", amount.currency):
        return amount
    return money_of(amount.money().value * shop_sum / presented_sum, currency) or amount
