"""Amounts have the decimals of their currency."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.kernel.money import coin_of, is_whole, split
from tests.support.orders.money import CURRENCIES

COINS = st.integers(0, 10**9)


@given(COINS, st.lists(COINS, min_size=1, max_size=9), CURRENCIES)
def test_parts_are_coins_come_to_the_whole_and_none_is_a_coin_from_its_share(
    coins: int, weights: list[int], currency: str
) -> None:
    coin, total = coin_of(currency), sum(weights) or len(weights)
    parts = split(coin * coins, [Decimal(one) for one in weights], currency)
    assert sum(parts) == coin * coins
    for part, weight in zip(parts, weights if any(weights) else [1] * len(weights), strict=True):
        assert is_whole(part, currency)
        assert abs(part / coin * total - coins * weight) < total


@pytest.mark.parametrize(
    ("amount", "currency", "fits"),
    [
        ("100.55", "JPY", False),
        ("100.00", "JPY", True),
        ("33.333333", "CNY", False),
        ("33.330000", "CNY", True),
        ("1.001", "KWD", True),
        ("1.0001", "KWD", False),
        ("1.0001", "CLF", True),
        ("5.5", "HUF", True),
    ],
)
def test_an_amount_is_as_fine_as_its_currencys_coin(amount: str, currency: str, fits: bool) -> None:
    assert is_whole(Decimal(amount), currency) is fits
