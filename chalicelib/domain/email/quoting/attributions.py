"""Who is said to have written what stands below: `On Friday, Care <care@…> wrote:` in many languages.

A form is words around places for a date and a name. That the words fit is not enough, for people write such sentences
too: there must be a date and an address, or marks of a quote behind it.
"""

import re
from functools import cache
from typing import NamedTuple

from chalicelib.domain.email.quoting.dates import ADDRESS, CLOCK, CLOSING, ENCLOSED, YEAR, has_date, is_person
from chalicelib.domain.email.quoting.forms.attributions import ATTRIBUTIONS
from chalicelib.domain.email.quoting.lines import LONGEST, is_blank, is_marked, is_quoted, plain

WRAPPED = 3
"""An attribution is wrapped over so many lines at most."""
MARKED, NAMED, DATED, ADDRESSED = 1, 2, 3, 4
BEGINS = re.compile(r"[\w.]{0,12},? ?\(?[\w.]{0,12}\)? ?\d")
"""Before the first digit of a date there are at most the day of the week and the month."""
SOON = 18
"""A date that begins a line shows its first digit within so many signs."""
GENDER = re.compile(r"\(-?[^\W\d_]{1,2}\)")
"""`(a)` in `napisał(a)`: whether a man or a woman wrote."""
BY = re.compile(r"\d:\d\d (?:by|von) [^\s<>@]{1,64}@[^\s<>@]{1,190}$")
"""As Tutanota writes."""
CHAT = re.compile(r"\d{4}-\d\d-\d\d \d{1,2}:\d\d(?::\d\d)? (?!gmt)")
"""How a line of a chat begins: without marks behind it somebody has pasted it."""
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
    first: bool
    """The date stands before the name."""


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
    return Pattern(words[0], middle, after, place.get("date", -1), place["who"], first == "date")


def attributed(lines: list[str], place: int, most: int = WRAPPED) -> tuple[int, int]:
    """Over how many lines from here somebody is said to have written, and how surely; 0 where nobody is. A line before
    an attribution is not a part of it, even where both together would read like one, unless they say more."""
    joined = ""
    for count, line in enumerate(lines[place : place + most], 1):
        enclosed = joined.count("<") > joined.count(">")  # the address is wrapped: its sign is no quote's
        if is_blank(line) or (is_quoted(line) and not enclosed) or len(joined) + len(line) > LONGEST:
            return 0, 0
        joined = f"{joined} {plain(line)}".strip()
        sure = surely(joined, _quote_behind(lines, place + count))
        if sure:
            later = max(
                (attributed(lines, place + skipped, count - skipped)[1] for skipped in range(1, count)), default=0
            )
            return (count, sure) if sure > later else (0, 0)
    return 0, 0


def shared(lines: list[str], place: int) -> int:
    """Where in a line an attribution begins that shares it with words before it; 0 where none does. Only above lines
    that are marked as quoted."""
    line = lines[place]
    if (
        is_quoted(line)
        or len(line) > LONGEST
        or line.rstrip()[-1:] not in COLONS
        or not _quote_behind(lines, place + 1)
    ):
        return 0
    _, _, leads = _patterns()
    if surely(plain(line), marked=True) >= DATED:
        return 0
    for at in sorted(
        {line.casefold().rfind(f" {lead}") for lead in leads} | {line.casefold().rfind(f"-{lead}") for lead in leads}
    ):
        if at > 0 and surely(line[at + 1 :].strip(), marked=True) >= DATED:
            return at + 1
    return 0


def _quote_behind(lines: list[str], place: int) -> bool:
    """Whether the next line that can be read is marked as a quote."""
    behind = next((line for line in lines[place : place + 3] if not is_blank(line) or is_quoted(line)), "")
    return is_marked(behind)


def surely(text: str, marked: bool) -> int:
    """How surely a line says who wrote what stands below: not at all (0), by the marks of a quote behind it alone, by
    these and an address, by these or rulers and a date, or by a date and an address. `marked` tells of such marks."""
    bare = text.rstrip(RULE)
    words = bare.rstrip(COLONS + " ")
    line = Line(GENDER.sub("", words.lstrip(RULE).casefold()), bare != words, len(text) - len(bare) >= 2, marked)
    if len(words) < 4:
        return 0
    told, telling, _ = _patterns()
    found = [_fits(pattern, line) for word in dict.fromkeys(telling.findall(line.words)) for pattern in told[word]]
    return max([*found, _verbless(line) if line.colon or marked else 0])


def _fits(pattern: Pattern, line: Line) -> int:
    places = _places(pattern, line.words)
    if places is None:
        return 0
    who = places[pattern.named]
    dated = pattern.dated >= 0 and has_date(places[pattern.dated])
    if dated and is_person(who):
        ended = line.colon or line.ruled or line.marked or (pattern.before and pattern.after and ENCLOSED.search(who))
        return ADDRESSED if ended else 0
    if (dated and line.marked) or (line.ruled and (dated or is_person(who))):
        return DATED
    if not line.marked or not who.strip():
        return 0
    return NAMED if pattern.before and is_person(who) else MARKED


def _places(pattern: Pattern, words: str) -> tuple[str, str] | None:
    """What stands in a pattern's two places, where its words fit."""
    joined = pattern.before[:1] > "\u2e80" or pattern.before.endswith("-")
    before = pattern.before if joined else f"{pattern.before} ".lstrip()
    if not words.startswith(before):
        return None
    end = words.rstrip(" ()") if pattern.after else words
    if pattern.after and not end.endswith(pattern.after):
        return None
    inner = end[len(pattern.before) : len(end) - len(pattern.after)]
    if not pattern.before and pattern.first and not any(sign.isdigit() for sign in inner[:SOON]):
        return None
    if not pattern.middle:
        return inner, ""
    at = inner.rfind(pattern.middle)
    return (inner[:at], inner[at + len(pattern.middle) :]) if at >= 0 else None


def _verbless(line: Line) -> int:
    """A date with its time, and somebody with an address: nothing says that they wrote."""
    _, _, leads = _patterns()
    somebody = CLOSING.search(line.words) or BY.search(line.words) or (line.marked and "gmt+" in line.words)
    if CHAT.match(line.words) and not line.marked:
        return 0
    if not BEGINS.match(line.words) or line.words.startswith(leads) or not somebody:
        return 0
    rest = ADDRESS.sub(" ", line.words)
    timed = YEAR.search(rest) and (CLOCK.search(rest) or line.marked) and has_date(line.words)
    return ADDRESSED if timed else 0
