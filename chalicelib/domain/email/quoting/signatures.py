"""Recognise signatures at the end of an email, or at the end of what is above a quote."""

import re

from chalicelib.domain.email.quoting.apps import is_app_line
from chalicelib.domain.email.quoting.dates import ADDRESS
from chalicelib.domain.email.quoting.footers import ENDED, RULER, is_name, is_regards, without_footers
from chalicelib.domain.email.quoting.lines import SHORT, is_blank, is_quoted, visible_text

LONGEST_SIGNATURE = 10
"""A signature has at most this many lines."""
MOST_SIGNATURES = 100
"""A text with more of them is no email, and is examined no further."""
STANDARD = "-- "
BARE = "--"
DASH = "—"
PHONE = re.compile(r"(\+|\b00|\btel|\bphone|\bmob|电话|手机|電話|手機)[\s.:：]{0,4}\(?\d[\d\s()./-]{5,}", re.IGNORECASE)


def without_signature(lines: list[str], quotes: bool = False) -> list[str]:
    """The lines without signatures, lines of apps and blank lines at their end. With `quotes`, quoted lines are dropped
    as well."""
    end = len(lines)
    count = 0
    while end and count < MOST_SIGNATURES:
        line = lines[end - 1]
        if is_blank(line) or (quotes and is_quoted(line)) or is_app_line(line):
            end -= 1
            continue
        start = _signature_start(lines, end)
        if start is None:
            break
        end = start
        count += 1
    return lines[:end]


def _signature_start(lines: list[str], end: int) -> int | None:
    """The first line of the signature that ends at a place: the separator above at most ten lines."""
    visible = 0
    for place in range(end - 1, max(-1, end - 3 * LONGEST_SIGNATURE), -1):
        line = lines[place].replace("\xa0", " ")
        if line in (STANDARD, BARE, DASH) or RULER.fullmatch(line.strip()):
            return place if _separates_signature(lines, place, end) else None
        visible += not is_blank(line)
        if visible > LONGEST_SIGNATURE or is_quoted(line):
            return None
    return None


def without_block(lines: list[str]) -> list[str]:
    """The lines without a signature of any form. For lines below a quote, where a dash hardly ever begins the item of a
    list."""
    for place, line in enumerate(lines[: 3 * LONGEST_SIGNATURE]):
        if line.strip() in (BARE, DASH) or RULER.fullmatch(line.strip()):
            below = sum(not is_blank(other) for other in lines[place:])
            return lines[:place] if below <= LONGEST_SIGNATURE + 1 else lines
    return lines


def _separates_signature(lines: list[str], place: int, end: int) -> bool:
    """Whether a line separates a signature from the text, and not two items of a list from each other.

    Without its blank at the end a separator is not the standard one (RFC 3676, 4.3); then the lines below it must look
    like a signature. Below a ruler, only footers of servers and lists are not part of the text.
    """
    above = [visible_text(line) for line in lines[max(0, place - LONGEST_SIGNATURE) : place] if not is_blank(line)]
    below = [visible_text(line) for line in lines[place + 1 : end] if not is_blank(line)]
    if not above:
        return False
    if below and not is_name(below[0]) and any(_begin_alike(line, below[0]) for line in (above[0], above[-1])):
        return False
    separator = lines[place].strip()
    if separator in (BARE, DASH):
        return lines[place] not in (BARE, DASH) or _looks_signed(above[-1], below)
    return not without_footers(below) or (separator[0] == DASH and is_name(below[0]) and _has_contact(below))


def _begin_alike(line: str, other: str) -> bool:
    """Whether two lines begin the same way but for their numbers, as items of a list do."""
    first, second = (re.sub(r"\d+", "0", text[:SHORT].casefold()) for text in (line, other))
    shared = 0
    while shared < min(len(first), len(second)) and first[shared] == second[shared]:
        shared += 1
    return shared >= (2 if first[:1] > "\u2e80" or first[:1] == "0" else 4)


def _looks_signed(above: str, below: list[str]) -> bool:
    """Whether lines say who somebody is or how to reach them: a name first that is no item of a list, no sentences."""
    if not below or any(len(line) > SHORT or line.endswith(ENDED) for line in below):
        return False
    is_list = above.endswith((":", "：")) or (is_name(above) and not is_regards(above))
    return (is_name(below[0]) and not is_list) or _has_contact(below)


def _has_contact(lines: list[str]) -> bool:
    """Whether lines say how to reach somebody."""
    return any(ADDRESS.search(line) or PHONE.search(line) for line in lines[:4])
