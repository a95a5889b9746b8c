"""How fine each currency's coin is: the digits of its minor unit.

Source: ISO 4217, List One ("Current currency & funds code list") of its maintenance agency SIX, published 2026-01-01.
Locale data (CLDR, and Babel with it) say what people write, which is coarser for a dozen currencies: no source for
money. What the list does not name, and what has no minor unit there, is taken to have two digits, as most have.
"""

USUAL = 2
UNSTATED = ""
"""Of an amount whose currency was not told: it is its order's."""
MIXED = "XXX"
"""Of an amount that is the sum of several currencies (ISO 4217: no currency): nobody can convert it."""
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
    """The digits behind the point of the smallest amount of this currency."""
    return MINOR_DIGITS.get(currency, USUAL)
