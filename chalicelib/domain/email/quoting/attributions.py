"""Recognise attributions, the lines that say who wrote the quote below: `On Friday, Care <care@…> wrote:`.

A form has words in one of many languages around places for a date and a name. That the words fit is not enough, since
people write such sentences, too: there must be a date and an address, or the marks of a quote behind it.
"""

import re
from functools import cache
from typing import NamedTuple

from chalicelib.domain.email.quoting.dates import ADDRESS, CLOCK, CLOSING, ENCLOSED, YEAR, has_date, is_person
from chalicelib.domain.email.quoting.forms.attributions import ATTRIBUTIONS
from chalicelib.domain.email.quoting.lines import (
    LONGEST,
    is_blank,
    is_quoted,
    is_quoted_or_indented,
    visible_text,
)

WRAPPED = 3
"""An attribution is wrapped over at most this many lines."""
MARKED = 1
"""How certain an attribution is: by the marks of a quote behind it alone,"""
NAMED = 2
"""by these marks and an address,"""
DATED = 3
"""by a date and either these marks or dashes around it,"""
ADDRESSED = 4
"""or by a date and an address."""
BEGINS = re.compile(r"[\w.]{0,12},? ?\(?[\w.]{0,12}\)? ?\d")
"""A line with a date at its start: at most the day of the week and the month are before its first digit."""
DATE_START = 18
"""A date at the start of a line has its first digit within this many characters."""
GENDER = re.compile(r"\(-?[^\W\d_]{1,2}\)")
"""The `(a)` in `napisał(a)`, for women."""
BY = re.compile(r"\d:\d\d (?:by|von) [^\s<>@]{1,64}@[^\s<>@]{1,190}$")
"""The form that Tutanota writes."""
CHAT = re.compile(r"\d{4}-\d\d-\d\d \d{1,2}:\d\d(?::\d\d)? (?!gmt)")
"""The beginning of a line of a chat log: without marks behind it, somebody has pasted it."""
RULE = "-‐‑–—_= "
COLONS = ":："


class Pattern(NamedTuple):
    """The words of a form, and in which place between them the date and the name are."""

    before: str
    middle: str
    after: str
    dated: int
    """The place of the date: 0, 1, or -1 if the form has none."""
    named: int
    """The place of the name: 0 or 1."""
    first: bool
    """The date comes before the name."""


class CandidateLine(NamedTuple):
    """A line that could be an attribution."""

    words: str
    colon: bool
    ruled: bool
    """It is between dashes, as Zoho writes it."""
    marked: bool
    """A quote is behind it."""


class _Forms(NamedTuple):
    """The forms of attributions, ready for searching."""

    by_verb: dict[str, tuple[Pattern, ...]]
    """The patterns by the words behind the names, mostly a verb. A longer verb has those of verbs within it as well."""
    verbs: re.Pattern[str]
    """Finds these words."""
    leads: tuple[str, ...]
    """The words with which a form begins."""


@cache
def _forms() -> _Forms:
    patterns: dict[str, list[Pattern]] = {}
    for row in ATTRIBUTIONS:
        pattern = _pattern(row.form)
        if verb := pattern.after or pattern.middle:
            patterns.setdefault(verb, []).append(pattern)
    longest_first = sorted(patterns, key=len, reverse=True)
    leads = {pattern.before for group in patterns.values() for pattern in group if pattern.before}
    by_verb = {
        verb: tuple(pattern for part, group in patterns.items() if part in verb for pattern in group)
        for verb in patterns
    }
    verbs = re.compile("|".join(map(re.escape, longest_first)))
    return _Forms(by_verb, verbs, tuple(f"{lead} " for lead in leads))


def _pattern(form: str) -> Pattern:
    """A form's words, without the punctuation between them."""
    pieces = re.split(r"(\{date\}|\{who\})", GENDER.sub("", form.casefold()))
    words = [piece.strip(" ,，、:：()") for piece in pieces[::2]]
    names = [piece.strip("{}") for piece in pieces[1::2]]
    if len(names) == 1:
        place = {names[0]: 0}
        middle = ""
        after = words[1]
    elif words[1]:
        place = {names[0]: 0, names[1]: 1}
        middle = words[1]
        after = words[2]
    else:
        place = dict.fromkeys(names, 0)
        middle = ""
        after = words[2]
    return Pattern(words[0], middle, after, place.get("date", -1), place["who"], names[0] == "date")


def match_attribution(lines: list[str], place: int, most: int = WRAPPED) -> tuple[int, int]:
    """How many lines the attribution has that begins at a line, and how certain it is; zeros if none begins there.

    A line before an attribution is not a part of it, even if both together read like one, unless that is more certain.
    """
    joined = ""
    for count, line in enumerate(lines[place : place + most], 1):
        in_address = joined.count("<") > joined.count(">")  # the address is wrapped, so a `>` quotes nothing
        if is_blank(line) or (is_quoted(line) and not in_address) or len(joined) + len(line) > LONGEST:
            return 0, 0
        joined = f"{joined} {visible_text(line)}".strip()
        confidence = attribution_confidence(joined, _is_quote_behind(lines, place + count))
        if confidence:
            later = (match_attribution(lines, place + skipped, count - skipped)[1] for skipped in range(1, count))
            return (count, confidence) if confidence > max(later, default=0) else (0, 0)
    return 0, 0


def attribution_start(lines: list[str], place: int) -> int:
    """Where in a line an attribution begins that follows other words in it; 0 if none does. Only lines above marked
    quotes can have one."""
    line = lines[place]
    if is_quoted(line) or len(line) > LONGEST:
        return 0
    if line.rstrip()[-1:] not in COLONS or not _is_quote_behind(lines, place + 1):
        return 0
    if attribution_confidence(visible_text(line), marked=True) >= DATED:
        return 0
    lower = line.casefold()
    gaps = {lower.rfind(f"{separator}{lead}") for lead in _forms().leads for separator in " -"}
    for gap in sorted(gaps):
        if gap > 0 and attribution_confidence(line[gap + 1 :].strip(), marked=True) >= DATED:
            return gap + 1
    return 0


def _is_quote_behind(lines: list[str], place: int) -> bool:
    """Whether the next visible line is marked as a quote."""
    behind = next((line for line in lines[place : place + 3] if not is_blank(line) or is_quoted(line)), "")
    return is_quoted_or_indented(behind)


def attribution_confidence(text: str, marked: bool) -> int:
    """How certain it is that a line is an attribution: 0 if it is none, else MARKED, NAMED, DATED or ADDRESSED.
    `marked` says that the marks of a quote are behind it."""
    without_rule = text.rstrip(RULE)
    words = without_rule.rstrip(COLONS + " ")
    if len(words) < 4:
        return 0
    line = CandidateLine(
        words=GENDER.sub("", words.lstrip(RULE).casefold()),
        colon=without_rule != words,
        ruled=len(text) - len(without_rule) >= 2,
        marked=marked,
    )
    forms = _forms()
    verbs = dict.fromkeys(forms.verbs.findall(line.words))
    confidences = [_confidence(pattern, line) for verb in verbs for pattern in forms.by_verb[verb]]
    return max([*confidences, _confidence_without_verb(line) if line.colon or marked else 0])


def _confidence(pattern: Pattern, line: CandidateLine) -> int:
    """How certain it is that a line is an attribution of this pattern."""
    places = _places(pattern, line.words)
    if places is None:
        return 0
    who = places[pattern.named]
    is_dated = pattern.dated >= 0 and has_date(places[pattern.dated])
    if is_dated and is_person(who):
        is_enclosed = pattern.before and pattern.after and ENCLOSED.search(who)
        return ADDRESSED if line.colon or line.ruled or line.marked or is_enclosed else 0
    if (is_dated and line.marked) or (line.ruled and (is_dated or is_person(who))):
        return DATED
    if not line.marked or not who.strip():
        return 0
    return NAMED if pattern.before and is_person(who) else MARKED


def _places(pattern: Pattern, words: str) -> tuple[str, str] | None:
    """The text in a pattern's two places, if its words fit."""
    is_joined = pattern.before[:1] > "\u2e80" or pattern.before.endswith("-")
    before = pattern.before if is_joined else f"{pattern.before} ".lstrip()
    if not words.startswith(before):
        return None
    end = words.rstrip(" ()") if pattern.after else words
    if pattern.after and not end.endswith(pattern.after):
        return None
    inner = end[len(pattern.before) : len(end) - len(pattern.after)]
    if not pattern.before and pattern.first and not any(sign.isdigit() for sign in inner[:DATE_START]):
        return None
    if not pattern.middle:
        return inner, ""
    middle = inner.rfind(pattern.middle)
    return (inner[:middle], inner[middle + len(pattern.middle) :]) if middle >= 0 else None


def _confidence_without_verb(line: CandidateLine) -> int:
    """How certain it is that a line is an attribution that has only a date with its time, and somebody's address."""
    has_somebody = CLOSING.search(line.words) or BY.search(line.words) or (line.marked and "gmt+" in line.words)
    if CHAT.match(line.words) and not line.marked:
        return 0
    if not BEGINS.match(line.words) or line.words.startswith(_forms().leads) or not has_somebody:
        return 0
    rest = ADDRESS.sub(" ", line.words)
    has_time = YEAR.search(rest) and (CLOCK.search(rest) or line.marked) and has_date(line.words)
    return ADDRESSED if has_time else 0
