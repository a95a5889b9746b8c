"""Shingles: the short pieces by which texts are compared (Broder 1997)."""

from unicodedata import normalize

LENGTH = 3


def shingles(text: str) -> set[str]:
    """The pieces of three characters of a text, without case, width, space and punctuation; a shorter text is one."""
    plain = "".join(each for each in normalize("NFKC", text).casefold() if each.isalnum())
    return {plain[place : place + LENGTH] for place in range(max(1, len(plain) - LENGTH + 1))} - {""}
