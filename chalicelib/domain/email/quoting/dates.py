"""Dates and addresses in a line, in any language."""

import re

ADDRESS = re.compile(r"[^\s<>@\[\]()]{1,120}@[^\s<>@\[\]()]{1,120}")
ENCLOSED = re.compile(r"[<＜\[(（]\s?(mailto:)?[^\s<>@\[\]()]{1,120}@[^\s<>\[\]()]{1,150}\s?[>＞\])）]")
CLOSING = re.compile(r"@[^\s<>\[\]()]{1,150}\s?[>＞\])）]{1,3}$")
CLOCK = re.compile(r"\d{1,2}\s?[:.時时시h]\s?\d{2}")
NUMERIC = re.compile(r"\d{1,4}\s?[-/.]\s?\d{1,2}\s?[-/.]\s?\d{1,4}")
YEAR = re.compile(r"(?<!\d)(19|20|25)\d\d(?!\d)")
"""A year of the Common Era, or of the Buddhist calendar."""
NUMBER = re.compile(r"\d{1,4}")


def has_date(text: str) -> bool:
    """Whether a text has a date: in numbers, with its year, or with a time of the day."""
    rest = ADDRESS.sub(" ", text)
    if NUMERIC.search(rest):
        return True
    numbers = NUMBER.findall(rest)
    if YEAR.search(rest):
        return len(numbers) >= 2
    return bool(CLOCK.search(rest)) and len(numbers) >= 3


def is_person(text: str) -> bool:
    """Whether a text names somebody with an address, which is in brackets or at an edge. A sentence with an address in
    it does not."""
    if ENCLOSED.search(text):
        return True
    words = text.strip(" ,，、;\"'").split()
    return any(ADDRESS.fullmatch(word.strip(",;")) for word in [*words[:1], *words[-1:]])
