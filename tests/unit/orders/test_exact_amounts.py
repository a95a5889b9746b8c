"""Amounts are read as numbers of 64 bits where these hold them, and are the same as if all were read as wider ones."""

from decimal import ROUND_HALF_UP, Decimal

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters.orders.exact_amounts import exact_amount

READ = f"SELECT {exact_amount('amount')} FROM (SELECT $amount AS amount)"
database = duckdb.connect()


def read(amount: str) -> Decimal:
    row = database.execute(READ, {"amount": amount}).fetchone()
    assert row is not None
    return Decimal(row[0])


@given(st.decimals(min_value=-(10**17), max_value=10**17, allow_nan=False, places=8))
def test_no_digit_is_lost_up_to_the_sixth_behind_the_point(amount: Decimal) -> None:
    assert read(format(amount, "f")) == amount.quantize(Decimal("0.000001"), ROUND_HALF_UP)


@pytest.mark.parametrize("amount", ["999999999999.999999", "999999999999.9999996", "1000000000000", "-0.0000005", "0"])
def test_amounts_at_the_edge_of_64_bits_are_exact(amount: str) -> None:
    assert read(amount) == Decimal(amount).quantize(Decimal("0.000001"), ROUND_HALF_UP)


def test_what_is_no_amount_is_refused() -> None:
    with pytest.raises(duckdb.ConversionException):
        read("x")
