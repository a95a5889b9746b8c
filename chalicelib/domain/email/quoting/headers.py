"""Recognise the heads that clients put above an email they quote (`From:`, `Sent:` …), and the lines that announce
one."""

import re
from functools import cache
from typing import Literal

from chalicelib.domain.email.quoting.dates import ADDRESS, CLOCK, YEAR
from chalicelib.domain.email.quoting.forms.headers import AMBIGUOUS, DATES, FORWARDED, FORWARDING, HEADS, QUOTED
from chalicelib.domain.email.quoting.lines import LONGEST, is_blank, is_quoted, visible_text

LABEL = re.compile(r"([^:：\[<(@\"\d]{1,30})[:：]")
BORDER = re.compile(r"[-_=*─—‐]{10,}")
DECORATION = "-_=*~─—–‐· "
DASHES = re.compile(r"[-_=*~─—–‐]{2,}|[-_=*~─—–‐]$")
WRITTEN = re.compile(r"[^\W\d_]{3,}")
WRITTEN_EAST = re.compile(r" +\d{4}\s?[年년]")
ANSWERS = re.compile(r"[:：]\s?(?:re|aw|fwd?|回复|答复|回覆|答覆|转发|轉寄)\s?[:：]", re.IGNORECASE)
FEWEST_LABELS = 3
"""A head has labels with at least this many different meanings."""
MOST_LINES = 24
"""At most this many lines of a head are examined."""
MOST_WRAPPED = 2
"""A label's value is wrapped over at most this many more lines."""
Announced = Literal["quoted", "forwarded"]


@cache
def _labels() -> dict[str, str]:
    """The meanings of labels: author, sent, to, subject or other."""
    meanings: dict[str, str] = {}
    for head in HEADS:
        for meaning in ("other", "subject", "to", "sent", "author"):
            for label in getattr(head, meaning).split("|"):
                meanings.setdefault(_bare(label), meaning)
    return meanings


@cache
def _announcements() -> tuple[frozenset[str], frozenset[str]]:
    """The lines that announce a quoted email, and those that announce a forwarded one."""
    return frozenset(row.form.casefold() for row in QUOTED), frozenset(row.form.casefold() for row in FORWARDED)


@cache
def _forward_prefixes() -> re.Pattern[str]:
    prefixes = "|".join(re.escape(prefix) for row in FORWARDING for prefix in row.form.casefold().split("|"))
    return re.compile(rf"\s*\[?({prefixes})\s?[.\]]?\s?[:：]")


def is_forward(subject: str, text: str = "") -> bool:
    """Whether an email forwards another, by its subject. `Re: Fwd:` answers a forwarded email.

    If a prefix means different things in two languages, the text of the email decides.
    """
    start = subject.strip().casefold()[:60]
    if _forward_prefixes().match(start):
        return True
    ambiguous = (row.form.casefold().split("|") for row in AMBIGUOUS)
    return any(start.startswith(f"{prefix}:") and word in text[:20_000].casefold() for prefix, word in ambiguous)


def announced_kind(lines: list[str], place: int) -> Announced | None:
    """The kind of email that a line announces: the line is between dashes, before a colon, or above a head."""
    text = visible_text(lines[place]).casefold().strip("# ")
    rest = text.lstrip(DECORATION)
    words = DASHES.split(rest, maxsplit=1)[0].rstrip(DECORATION + ":：>")
    kind = _kind_of(words)
    if kind is None or not text:
        return None
    has_dashes = len(text) - len(rest) >= 2 or (rest != text and rest != words)
    has_colon = kind == "forwarded" and text[-1] in ":："
    return kind if has_dashes or has_colon or _is_head_below(lines, place) else None


def _kind_of(words: str) -> Announced | None:
    quoted, forwarded = _announcements()
    if words in forwarded:
        return "forwarded"
    return "quoted" if words in quoted else None


def _is_head_below(lines: list[str], place: int) -> bool:
    places = range(place + 1, min(place + 4, len(lines)))
    below = next((below for below in places if not is_blank(lines[below])), None)
    return below is not None and begins_head(lines, below)


def begins_head(lines: list[str], place: int) -> bool:
    """Whether the head of a quoted email begins at a line: from whom, to whom, and when or about what.

    It needs a subject or an address, else it is a waybill. A head among other labels is a form somebody filled in.
    """
    line = visible_text(lines[place])
    border = 1 if BORDER.fullmatch(line) else 0
    if not border and label_meaning(line) is None:
        return False
    values, end = read_head(lines, place + border)
    if not values.keys() >= {"author", "to"} or len(values.keys() - {"other"}) < FEWEST_LABELS:
        return _is_from_server(values)
    has_address = bool(ADDRESS.search(values["author"] + values["to"]))
    is_emails = has_address or _has_subject(values) or _has_time(values.get("sent", ""))
    return is_emails and not _is_in_form(lines, place, end)


def _has_subject(values: dict[str, str]) -> bool:
    """Whether a head has a subject.

    People fill in waybills with full-width colons and no space behind them, and those may have a subject as well. Such
    a subject counts only if it answers another.
    """
    subject = values.get("subject", "")
    is_typed = all("：" in line and not line.partition("：")[2].startswith(" ") for line in values.values())
    return bool(subject) and (not is_typed or ANSWERS.search(subject) is not None)


def _has_time(sent: str) -> bool:
    """Whether a line says to the minute when something was sent, with the day or month in words, as clients write it
    that leave out the subject. Waybills have numbers."""
    label, _, time = sent.partition(":")
    is_eastern = label[:1] >= "\u2e80"
    in_words = WRITTEN_EAST.match(time) if is_eastern else WRITTEN.search(time)
    if not in_words or _label(sent) in {_bare(date) for date in DATES}:
        return False
    return bool(YEAR.search(time) and CLOCK.search(time))


def _is_from_server(values: dict[str, str]) -> bool:
    """Whether a head has a date in the form of mail servers, and an address: that is Hotmail's, cut short."""
    return values.keys() >= {"sent", "to"} and bool(
        ADDRESS.search(values["to"]) and re.search(r"\d{2}:\d{2}:\d{2} [+-]\d{4}", values["sent"])
    )


def read_head(lines: list[str], place: int) -> tuple[dict[str, str], int]:
    """The labelled lines of a head that begins at a line, by the meanings of their labels, and the place behind them.

    The labels are below each other, with at most one blank line between two; values may be wrapped.
    """
    values: dict[str, str] = {}
    last = ""
    blank = 0
    wrapped = 0
    end = place
    for current in range(place, min(place + MOST_LINES, len(lines))):
        text = visible_text(lines[current])
        meaning = label_meaning(text)
        if not text:
            blank += 1
            if blank > 1:
                break
        elif meaning is not None:
            values.setdefault(meaning, text)
            last, blank, wrapped, end = meaning, 0, 0, current + 1
        elif last and values[last][-1] in ":：" and len(_label(text)) <= len("fwd"):  # the value is below its label
            values[last] += f" {text}"
            blank, end = 0, current + 1
        elif last and wrapped < MOST_WRAPPED and not _label(text):
            values[last] += f" {text}"
            wrapped, blank = wrapped + 1, 0
        else:
            break
    return values, end


def label_meaning(text: str) -> str | None:
    """The meaning of the label with which a line begins, if it is one of an email's head."""
    label = _label(text)
    return _labels().get(label) if label else None


def _label(text: str) -> str:
    """The label with which a line begins, without emphasis and inner blanks; empty if it has none."""
    if len(text) > LONGEST:
        return ""
    match = LABEL.match(text)
    return _bare(match[1]) if match else ""


def _bare(label: str) -> str:
    bare = label.strip(" *_|\t").casefold()
    return bare.replace(" ", "") if bare and bare[0] > "\u2e80" else " ".join(bare.split())


def _is_in_form(lines: list[str], place: int, end: int) -> bool:
    """Whether there are other labels directly above or below a head."""
    beside = [lines[neighbour] for neighbour in (place - 1, end) if 0 <= neighbour < len(lines)]
    labels = [_label(visible_text(line)) for line in beside if not is_blank(line) and not is_quoted(line)]
    return any(label and label not in _labels() and len(label) <= 20 for label in labels)
