"""The number of decimals of each currency.

Source: ISO 4217, List One ("Current currency & funds code list") of its maintenance agency SIX, published 2026-01-01.
Locale data (CLDR, and Babel, which uses it) describe what people write, which has fewer decimals for a dozen currencies
and is no source for money. A currency that is not in the list, or has no minor unit there, has two decimals, as most
do.
"""

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


def minor_digits(currency: str) -> int:
    """The number of decimals of the smallest amount of this currency."""
    return MINOR_DIGITS.get(currency, USUAL)
