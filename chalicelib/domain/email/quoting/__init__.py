"""Find the new part of an email: its text without the emails it quotes, and without the sender's signature.

Lines are examined one by one, or a few together, and only short ones, so no text makes this slow. In doubt a line
stays, since the whole text is stored beside the new part anyway (docs/decisions/0011). The forms that are recognised
are data, in `forms/`.
"""

import re
from typing import NamedTuple

from chalicelib.domain.email.quoting.attributions import attribution_confidence, attribution_start, match_attribution
from chalicelib.domain.email.quoting.footers import only_signs_off, without_footers, without_ruler
from chalicelib.domain.email.quoting.headers import (
    Announced,
    announced_kind,
    begins_head,
    is_forward,
    label_meaning,
    read_head,
)
from chalicelib.domain.email.quoting.lines import (
    DROPPED,
    NO_MARKS,
    has_own_text,
    is_blank,
    is_quoted,
    is_quoted_or_indented,
    lines_of,
    unquoted,
    visible_text,
)
from chalicelib.domain.email.quoting.signatures import without_block, without_signature

__all__ = ["begins_with_forward", "fresh_part", "is_forward"]
MOST_LINES = 4_000
"""A quote that begins further down is not looked for: nobody writes that much above one."""
AT_LEAST = re.compile(r"\s*[>＞]\s?\d")
"""Begins a quoted line, or somebody's own line such as `> 5 pieces`: the only such line is their own."""


class _Quote(NamedTuple):
    """A quote in an email."""

    start: int
    """The first line of its announcement, attribution or head."""
    kind: Announced
    text: int
    """The first line of the quoted text."""


MOST_CUTS = 3
"""How often the rest of an email is read again at most."""


def fresh_part(text: str, subject: str = "", marked: bool = False) -> str:
    """What the sender of an email wrote now.

    An email with answers between the lines it quotes is returned whole, and so is one that forwards another, by its
    subject or a line in it. `marked` text was HTML and has marks where there were quotes. What is cut off may have
    hidden another quote, so the rest is read again.
    """
    fresh = _fresh_part(text, subject, marked)
    for _ in range(MOST_CUTS):
        if (shorter := _fresh_part(fresh, subject, marked=False)) == fresh:
            break
        fresh = shorter
    return fresh


def _fresh_part(text: str, subject: str, marked: bool) -> str:
    lines = _split_shared_lines(lines_of(text if marked else text.translate(NO_MARKS)))
    if is_forward(subject, text):
        return _tidy(lines)
    body = without_signature(lines)
    places = range(min(len(body), MOST_LINES))
    quote = next((quote for place in places if (quote := _quote_at(body, place))), None)
    forwards = quote.kind == "forwarded" if quote else _forwards_quoted(body)
    if forwards:
        return _tidy(lines)
    fresh = _without_quote(body, quote) if quote else _without_unannounced_quote(body)
    fresh = without_signature(fresh)  # a quote may have stood inside the signature
    return _tidy(fresh if has_own_text(fresh) else body)


def _forwards_quoted(lines: list[str]) -> bool:
    """Whether the first quoted line announces a forwarded email, as Apple Mail writes it."""
    first = next((line for line in lines if is_quoted(line)), "")
    return announced_kind([unquoted(first)], 0) == "forwarded"


def begins_with_forward(text: str) -> bool:
    """Whether a text begins with the line that announces a forwarded email."""
    lines = lines_of(text)
    first = next((place for place, line in enumerate(lines) if not is_blank(line)), None)
    return first is not None and announced_kind(lines, first) == "forwarded"


def _split_shared_lines(lines: list[str]) -> list[str]:
    """The lines, with each attribution that follows other words in its line on a line of its own."""
    split: list[str] = []
    for place, line in enumerate(lines):
        start = attribution_start(lines, place) if place < MOST_LINES else 0
        split += [line[:start].rstrip(" -"), line[start:]] if start else [line]
    return split


def _quote_at(lines: list[str], place: int) -> _Quote | None:
    """The quote that begins at a line."""
    if is_blank(lines[place]) or is_quoted(lines[place]):
        return None
    if kind := announced_kind(lines, place):
        return _Quote(place, kind, _below_head(lines, place + 1))
    if begins_head(lines, place) and not _is_introduced(lines, place):
        return _Quote(place, "quoted", _below_head(lines, place))
    count, _ = match_attribution(lines, place)
    return _Quote(place, "quoted", place + count) if count else None


def _is_introduced(lines: list[str], place: int) -> bool:
    """Whether the line above introduces what somebody pasted themselves: `Your shop sent me this:`."""
    above = next((line for line in reversed(lines[max(0, place - 3) : place]) if not is_blank(line)), "")
    text = visible_text(above)
    return text[-1:] in (":", "：") and label_meaning(text) is None and not attribution_confidence(text, marked=True)


def _below_head(lines: list[str], place: int) -> int:
    """The first line of a quoted email's text, below its head if it has one."""
    for start in range(place, min(place + 3, len(lines))):
        _, end = read_head(lines, start)
        if end > start:
            return end
    return place


def _without_quote(lines: list[str], quote: _Quote) -> list[str]:
    """The lines without a quote. If the quoted lines are marked as such, what is between or under them is an answer."""
    top = without_signature(without_ruler(lines[: quote.start]), quotes=True)
    below = lines[quote.text :]
    first = next((line for line in below if not is_blank(line)), "")
    fresh = _with_answers(lines, top, below) if is_quoted_or_indented(first) else top
    return fresh if fresh is lines else _without_unannounced_quote(fresh)


def _without_unannounced_quote(lines: list[str]) -> list[str]:
    """The lines without a quote that only has marks, and nothing that announces it."""
    start = next((place for place, line in enumerate(lines) if is_quoted(line)), len(lines))
    if start == len(lines):
        return lines
    if AT_LEAST.match(lines[start]) and not any(map(is_quoted, lines[start + 1 :])):
        return lines
    return _with_answers(lines, without_signature(lines[:start]), lines[start:])


def _with_answers(lines: list[str], top: list[str], quote: list[str]) -> list[str]:
    """All lines if somebody answers between or under the lines they quote; else those above the quote.

    Regards under a quote are no answer and are kept; what servers and lists add is dropped.
    """
    last = max(place for place, line in enumerate(quote) if is_quoted_or_indented(line))
    between = [
        line
        for place, line in enumerate(quote[:last])
        if not is_quoted_or_indented(line) and not _is_torn_off(quote[place - 1], line)
    ]
    under = _own_text_under(quote[last + 1 :], has_own_text(top))
    if has_own_text(between) or not only_signs_off(under):
        return lines
    regards = "\n".join(under).strip("\n")
    return [*top, "", regards] if regards and has_own_text(top) else top


def _own_text_under(lines: list[str], answered: bool) -> list[str]:
    """What somebody wrote under a quote, without footers and signatures, of which one may be above another. If
    something is `answered` above the quote, signatures of any form are dropped."""
    while True:
        rest = without_footers(without_signature(lines))
        rest = without_block(rest) if answered else rest
        if len(rest) == len(lines):
            return rest
        lines = rest


def _is_torn_off(above: str, line: str) -> bool:
    """Whether a line is the rest of a quoted link, which lost its mark when a client wrapped the line."""
    is_open = is_quoted(above) and any(above.count(start) > above.count(end) for start, end in ("()", "[]"))
    return " " not in line.strip(" \t>") and (is_open or line.rstrip().endswith(" >"))


def _tidy(lines: list[str]) -> str:
    """The lines as text: without marks, without blank lines around it, and with at most two blank lines in a row."""
    text = "\n".join(line.translate(NO_MARKS).rstrip() for line in lines if line.strip() != DROPPED)
    return re.sub(r"\n{4,}", "\n\n\n", text).strip("\n").strip()
