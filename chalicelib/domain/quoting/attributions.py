"""Who is said to have written what stands below: `On Friday, Care <care@…> wrote:` in many languages.

A form is words around places for a date and a name. That the words fit is not enough, for people write such sentences
too: there must be a date and an address, or marks of a quote behind it.
"""

import re
from functools import cache
from typing import NamedTuple

from chalicelib.domain.quoting.forms.attributions import ATTRIBUTIONS
from chalicelib.domain.quoting.lines import LONGEST, is_blank, is_marked, is_quoted, plain

WRAPPED = 3
"""An attribution is wrapped over so many lines at most."""
ADDRESS = re.compile(r"[^\s<>@\[\]()]{1,120}@[^\s<>@\[\]()]{1,120}")
ENCLOSED = re.compile(r"[<＜\[(（]\s?(mailto:)?[^\s<>@\[\]()]{1,120}@[^\s<>\[\]()]{1,150}\s?[>＞\])）]")
CLOSING = re.compile(r"@[^\s<>\[\]()]{1,150}\s?[>＞\])）]{1,3}$")
CLOCK = re.compile(r"\d{1,2}\s?[:.時时시h]\s?\d{2}")
NUMERIC = re.compile(r"\d{1,4}\s?[-/.]\s?\d{1,2}\s?[-/.]\s?\d{1,4}")
YEAR = re.compile(r"(?<!\d)(19|20|25)\d\d(?!\d)")
NUMBER = re.compile(r"\d{1,4}")
BEGINS = re.compile(r"[\w.]{0,12},? ?\(?[\w.]{0,6}\)? ?\d")
"""Before the first digit of a date there is at most the day of the week."""
GENDER = re.compile(r"\(-?[^\W\d_]{1,2}\)")
"""`(a)` in `napisał(a)`: whether a man or a woman wrote."""
RULE = "-‐‑–—_= "
COLONS = ":："


class Pattern(NamedTuple):
    """The words of a form, and in which place between them date and name stand."""

    before: str
    middle: str
    after: str
    dated: int
    """In which of the two places the date stands: 0, 1, or -1 for nowhere."""
    named: int


class Line(NamedTuple):
    """A line that could be an attribution."""

    words: str
    colon: bool
    ruled: bool
    """Between dashes, as Zoho writes."""
    marked: bool
    """With a quote behind it."""


@cache
def _patterns() -> tuple[dict[str, tuple[Pattern, ...]], re.Pattern[str], tuple[str, ...]]:
    """Patterns by their telling word, one expression that finds such words, and the words that begin a form."""
    found: dict[str, list[Pattern]] = {}
    for row in ATTRIBUTIONS:
        pattern = _pattern(row.form)
        if telling := pattern.after or pattern.middle:
            found.setdefault(telling, []).append(pattern)
    words = sorted(found, key=len, reverse=True)
    leads = {pattern.before for patterns in found.values() for pattern in patterns if pattern.before}
    told = {word: tuple(patterns) for word, patterns in found.items()}
    told = {word: tuple(one for other in told if other in word for one in told[other]) for word in told}
    return told, re.compile("|".join(map(re.escape, words))), tuple(f"{lead} " for lead in leads)


def _pattern(form: str) -> Pattern:
    """A form's words, without the signs between them."""
    pieces = re.split(r"(\{date\}|\{who\})", GENDER.sub("", form.casefold()))
    words = [piece.strip(" ,，、:：()") for piece in pieces[::2]]
    first, second = (piece.strip("{}") for piece in pieces[1::2]) if len(pieces) > 3 else (pieces[1].strip("{}"), "")
    joined = bool(second) and not words[1]
    place = {first: 0, second: 0 if joined else 1}
    middle, after = ("", words[2]) if joined else (words[1], words[2]) if second else ("", words[1])
    return Pattern(words[0], middle, after, place.get("date", -1), place["who"])


def attributed(lines: list[str], place: int, most: int = WRAPPED) -> int:
    """Over how many lines from here somebody is said to have written; 0 where nobody is. The line before an attribution
    is not a part of it, even where both together would read like one."""
    joined = ""
    for count, line in enumerate(lines[place : place + most], 1):
        enclosed = joined.count("<") > joined.count(">")  # the address is wrapped: its sign is no quote's
        if is_blank(line) or (is_quoted(line) and not enclosed) or len(joined) + len(line) > LONGEST:
            return 0
        joined = f"{joined} {plain(line)}".strip()
        if is_attribution(joined, _quote_behind(lines, place + count)):
            later = (attributed(lines, place + skipped, count - skipped) for skipped in range(1, count))
            return 0 if any(later) else count
    return 0


def _quote_behind(lines: list[str], place: int) -> bool:
    """Whether the next line that can be read is marked as a quote."""
    behind = next((line for line in lines[place : place + 3] if not is_blank(line) or is_quoted(line)), "")
    return is_marked(behind)


def is_attribution(text: str, marked: bool) -> bool:
    """Whether a line says who wrote what stands below; `marked` tells that this bears marks of a quote."""
    bare = text.rstrip(RULE)
    words = bare.rstrip(COLONS + " ")
    line = Line(GENDER.sub("", words.lstrip(RULE).casefold()), bare != words, len(text) - len(bare) >= 2, marked)
    if not (line.colon or line.ruled or marked) or len(words) < 4:
        return False
    told, telling, _ = _patterns()
    for word in dict.fromkeys(telling.findall(line.words)):
        if any(_fits(pattern, line) for pattern in told[word]):
            return True
    return _verbless(line)


def _fits(pattern: Pattern, line: Line) -> bool:
    places = _places(pattern, line.words)
    if places is None:
        return False
    who = places[pattern.named]
    dated = pattern.dated >= 0 and has_date(places[pattern.dated])
    return (dated and _is_person(who)) or (line.marked and bool(who.strip())) or (line.ruled and dated)


def _places(pattern: Pattern, words: str) -> tuple[str, str] | None:
    """What stands in a pattern's two places, where its words fit."""
    if pattern.before and not words.startswith(f"{pattern.before} "):
        if not (pattern.before[0] > "\u2e80" and words.startswith(pattern.before)):
            return None
    end = words.rstrip(" ()") if pattern.after else words
    if pattern.after and not end.endswith(pattern.after):
        return None
    inner = end[len(pattern.before) : len(end) - len(pattern.after)]
    if not pattern.middle:
        return inner, ""
    at = inner.rfind(pattern.middle)
    return (inner[:at], inner[at + len(pattern.middle) :]) if at >= 0 else None


def _is_person(who: str) -> bool:
    """Whether this is somebody with an address, and not a sentence that holds one: it is enclosed, or stands at an
    edge."""
    trimmed = who.strip(" ,，、;\"'")
    return bool(ENCLOSED.search(trimmed)) or _at_edge(trimmed.split())


def _at_edge(words: list[str]) -> bool:
    return bool(words) and any(ADDRESS.fullmatch(one.strip(",;")) for one in (words[0], words[-1]))


def _verbless(line: Line) -> bool:
    """A date with its time, and somebody with an address: nothing says that they wrote."""
    _, _, leads = _patterns()
    if not BEGINS.match(line.words) or line.words.startswith(leads) or not CLOSING.search(line.words):
        return False
    rest = ADDRESS.sub(" ", line.words)
    return bool(YEAR.search(rest)) and (bool(CLOCK.search(rest)) or line.marked) and has_date(line.words)


def has_date(text: str) -> bool:
    """Whether a day is told: as numbers, with its year, or with a time of the day."""
    rest = ADDRESS.sub(" ", text)
    if NUMERIC.search(rest):
        return True
    numbers = NUMBER.findall(rest)
    if YEAR.search(rest):
        return len(numbers) >= 2
    return bool(CLOCK.search(rest)) and len(numbers) >= 3
