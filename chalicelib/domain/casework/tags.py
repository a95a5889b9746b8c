"""Tags: short words that staff put on cases. They are no place for personal data, because they are not encrypted."""

import unicodedata

MAX_TAGS = 20
"""The most tags of a case."""
MAX_LENGTH = 40
"""The most characters of a tag."""


def clean_tag(text: str) -> str:
    """The tag as it is stored: composed (NFC), without spaces around it, in lower case."""
    return unicodedata.normalize("NFC", text).strip().lower()


def fault_of(tag: str) -> str | None:
    """What is wrong with a clean tag; None if nothing is."""
    if not tag:
        return "is empty"
    if len(tag) > MAX_LENGTH:
        return f"is longer than {MAX_LENGTH} characters"
    return None if tag.isprintable() else "has a control character"
