"""How DuckDB reads amounts without losing a digit."""

EXACT = "DECIMAL(24,6)"
"""The type of amounts: more digits than any shop's."""
QUICK = "DECIMAL(18,6)"
"""As many digits as a number of 64 bits has."""


def exact_amount(column: str) -> str:
    """The expression that reads a column of text as exact amounts.

    DuckDB reads text as a number of 64 bits many times faster than as one of 128 bits, so only what has more digits is
    read as the latter (`findings/duckdb_wide_decimals.sh`). Both round alike behind the sixth digit.
    """
    return f'coalesce(CAST(TRY_CAST("{column}" AS {QUICK}) AS {EXACT}), CAST("{column}" AS {EXACT}))'
