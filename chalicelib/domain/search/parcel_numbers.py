"""Tracking numbers in the form in which they are compared."""

import re
import unicodedata

TRACKING = re.compile(r"(?=(?:[A-Z]*\d){4})[A-Z0-9]{6,40}\Z")
"""Carriers' numbers have at least six symbols, four of them digits."""
_SPACES = re.compile(r"[\s-]+")


def plain_tracking(text: str) -> str | None:
    """A tracking number in capital letters without spaces and hyphens; None if the text cannot be one."""
    plain = _SPACES.sub("", unicodedata.normalize("NFKC", text)).upper()
    return plain if TRACKING.match(plain) else None
