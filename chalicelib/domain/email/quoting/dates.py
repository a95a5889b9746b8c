"""Dates and addresses in a line, in whatever language."""

import re

ADDRESS = re.compile(r"[^\s<>@\[\]()]{1,120}@[^\s<>@\[\]()]{1,120}")
ENCLOSED = re.compile(r"[<＜\[(（]\s?(mailto:)?[^\s<>@\[\]()]{1,120}@[^\s<>\[\]()]{1,150}\s?[>＞\])）]")
CLOSING = re.compile(r"@[^\s<>\[\]()]{1,150}\s?[>＞\])）]{1,3}$")
CLOCK = re.compile(r"\d{1,2}\s?[:.時时시h]\s?\d{2}")
NUMERIC = re.compile(r"\d{1,4}\s?[-/.]\s?\d{1,2}\s?[-/.]\s?\d{1,4}")
YEAR = re.compile(r"(?<!\d)(19|20|25)\d\d(?!\d)")
"""Of the Common Era, or of Buddha's."""
NUMBER = re.compile(r"\d{1,4}")


def has_date(text: str) -> bool:
    """Whether a day is told: as numbers, with its year, or with a time of the day."""
    rest = ADDRESS.sub(" ", text)
    if NUMERIC.search(rest):
        return True
    numbers = NUMBER.findall(rest)
    if YEAR.search(rest):
        return len(numbers) >= 2
    return bool(CLOCK.search(rest)) and len(numbers) >= 3


def is_person(who: str) -> bool:
    """Whether this is somebody with an address, and not a sentence that holds one: it is enclosed, or stands at an
    edge."""
    words = who.strip(" ,，、;\"'").split()
    enclosed = bool(ENCLOSED.search(who))
    return enclosed or any(ADDRESS.fullmatch(one.strip(",;")) for one in [*words[:1], *words[-1:]])
