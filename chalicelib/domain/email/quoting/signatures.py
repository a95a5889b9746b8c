"""Signatures at the end of a mail, or of what stands above a quote."""

import re

from chalicelib.domain.email.quoting.apps import is_app_line
from chalicelib.domain.email.quoting.dates import ADDRESS
from chalicelib.domain.email.quoting.footers import ENDED, RULER, greets, is_name, without_footers
from chalicelib.domain.email.quoting.lines import SHORT, is_blank, is_quoted, plain

LONGEST_SIGNATURE = 10
"""A signature has so many lines at most."""
MOST_SIGNATURES = 100
"""A text with more of them is no mail, and is looked at no further."""
STANDARD, BARE, DASH = "-- ", "--", "—"
PHONE = re.compile(r"(\+|\b00|\btel|\bphone|\bmob|电话|手机|電話|手機)[\s.:：]{0,4}\(?\d[\d\s()./-]{5,}", re.IGNORECASE)


def without_signature(lines: list[str], quotes: bool = False) -> list[str]:
    """Without what is no words at the end: blank lines, what apps wrote, signatures, and quotes too if told so."""
    end, found = len(lines), 0
    while end and found < MOST_SIGNATURES:
        line = lines[end - 1]
        if is_blank(line) or (quotes and is_quoted(line)) or is_app_line(line):
            end -= 1
            continue
        place = _signature_at(lines, end)
        if place is None:
            break
        end, found = place, found + 1
    return lines[:end]


def _signature_at(lines: list[str], end: int) -> int | None:
    """Where a signature begins that ends there: at most ten lines below what parts it from the mail."""
    said = 0
    for place in range(end - 1, max(-1, end - 3 * LONGEST_SIGNATURE), -1):
        line = lines[place].replace("\xa0", " ")
        if line in (STANDARD, BARE, DASH) or RULER.fullmatch(line.strip()):
            return place if _signs_off(lines, place, end) else None
        said += not is_blank(line)
        if said > LONGEST_SIGNATURE or is_quoted(line):
            return None
    return None


def without_block(lines: list[str]) -> list[str]:
    """Without a signature of any form, for lines below a quote, where two of a list's items are not to be feared."""
    for place, line in enumerate(lines[: 3 * LONGEST_SIGNATURE]):
        if line.strip() in (BARE, DASH) or RULER.fullmatch(line.strip()):
            below = sum(not is_blank(one) for one in lines[place:])
            return lines[:place] if below <= LONGEST_SIGNATURE + 1 else lines
    return lines


def _signs_off(lines: list[str], place: int, end: int) -> bool:
    """Whether a separator parts a signature from words, and not two of a list's items from each other. One without its
    blank is no standard's (RFC 3676, 4.3): what stands below must look like a signature; below a ruler only what
    servers and lists write is none of the mail's words."""
    above = [plain(line) for line in lines[max(0, place - LONGEST_SIGNATURE) : place] if not is_blank(line)]
    below = [plain(line) for line in lines[place + 1 : end] if not is_blank(line)]
    if not above:
        return False
    if below and not is_name(below[0]) and any(_alike(one, below[0]) for one in (above[0], above[-1])):
        return False
    if lines[place].strip() in (BARE, DASH):
        return lines[place] not in (BARE, DASH) or _looks_signed(above[-1], below)
    return not without_footers(below) or (lines[place].strip()[0] == DASH and is_name(below[0]) and _reaches(below))


def _alike(one: str, other: str) -> bool:
    """Whether two lines begin the same way but for their numbers, as items of a list do."""
    first, second = (re.sub(r"\d+", "0", text[:SHORT].casefold()) for text in (one, other))
    shared = 0
    while shared < min(len(first), len(second)) and first[shared] == second[shared]:
        shared += 1
    return shared >= (2 if first[:1] > "\u2e80" or first[:1] == "0" else 4)


def _looks_signed(above: str, below: list[str]) -> bool:
    """Whether lines tell who somebody is or how to reach them: a name first that is no list's item, no sentences."""
    if not below or any(len(line) > SHORT or line.endswith(ENDED) for line in below):
        return False
    listed = above.endswith((":", "：")) or (is_name(above) and not greets(above))
    return (is_name(below[0]) and not listed) or _reaches(below)


def _reaches(below: list[str]) -> bool:
    """Whether lines tell how to reach somebody."""
    return any(ADDRESS.search(line) or PHONE.search(line) for line in below[:4])
