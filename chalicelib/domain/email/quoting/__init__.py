"""What is new in a mail: its text without the mails it quotes, and without the sender's signature.

Lines are looked at one by one, or a few together, and only short ones: no text makes this slow. When in doubt a line
stays, for the whole text is kept beside it all the same (docs/decisions/0011). What is recognised is data, in `forms/`.
"""

import re

from chalicelib.domain.email.quoting.attributions import attributed, shared, surely
from chalicelib.domain.email.quoting.footers import only_signs_off, without_footers, without_ruler
from chalicelib.domain.email.quoting.headers import announces, begins_head, forwards, head_at, meaning
from chalicelib.domain.email.quoting.lines import (
    DROPPED,
    MARKS,
    is_blank,
    is_marked,
    is_quoted,
    lines_of,
    plain,
    says_something,
    unquoted,
)
from chalicelib.domain.email.quoting.signatures import without_block, without_signature

__all__ = ["forwards", "forwards_below", "fresh_part"]
MOST_LINES = 4_000
"""A quote that begins further below is not looked for: nobody writes so much above one."""
MORE_THAN = re.compile(r"\s*[>＞]\s?\d")
"""Begins a line that is quoted, or says how much at least: alone it is somebody's words."""
NO_MARKS = str.maketrans(dict.fromkeys(MARKS))


def fresh_part(text: str, subject: str = "", marked: bool = False) -> str:
    """What its sender wrote now. A mail that answers between the lines it quotes is given whole, and so is one that
    forwards another, as its subject or a line says. `marked` text was HTML, with marks where quotes stood."""
    lines = _parted(lines_of(text if marked else text.translate(NO_MARKS)))
    if forwards(subject, text):
        return _trimmed(lines)
    body = without_signature(lines)
    begin = next((found for place in range(min(len(body), MOST_LINES)) if (found := _begins(body, place))), None)
    if (begin is not None and begin[1] == "forwarded") or (begin is None and _forwards_quoted(body)):
        return _trimmed(lines)
    kept = _kept(body, *(begin[0], begin[2])) if begin else _unannounced(body)
    return _trimmed(kept if says_something(kept) else body)


def _forwards_quoted(lines: list[str]) -> bool:
    """Whether the first quoted line announces a forwarded mail, as Apple Mail quotes it."""
    first = next((line for line in lines if is_quoted(line)), "")
    return announces([unquoted(first)], 0) == "forwarded"


def forwards_below(text: str) -> bool:
    """Whether a text begins with the line that announces a forwarded mail."""
    lines = lines_of(text)
    first = next((at for at, line in enumerate(lines) if not is_blank(line)), None)
    return first is not None and announces(lines, first) == "forwarded"


def _parted(lines: list[str]) -> list[str]:
    """The lines, with an attribution on a line of its own where it shares one with words before it."""
    found: list[str] = []
    for place, line in enumerate(lines):
        at = shared(lines, place) if place < MOST_LINES else 0
        found += [line[:at].rstrip(" -"), line[at:]] if at else [line]
    return found


def _begins(lines: list[str], place: int) -> tuple[int, str, int] | None:
    """Whether a quote begins here: where, of which kind, and where what it quotes begins."""
    if is_blank(lines[place]) or is_quoted(lines[place]):
        return None
    if kind := announces(lines, place):
        return place, kind, _below_head(lines, place + 1)
    if begins_head(lines, place) and not _is_introduced(lines, place):
        return place, "quoted", _below_head(lines, place)
    count, _ = attributed(lines, place)
    return (place, "quoted", place + count) if count else None


def _is_introduced(lines: list[str], place: int) -> bool:
    """Whether the line above says what somebody pasted below it: `Your shop sent me this:`."""
    above = plain(next((line for line in reversed(lines[max(0, place - 3) : place]) if not is_blank(line)), ""))
    return above[-1:] in (":", "：") and meaning(above) is None and not surely(above, marked=True)


def _below_head(lines: list[str], place: int) -> int:
    """Where the words of a quoted mail begin, below its head if it has one."""
    for at in range(place, min(place + 3, len(lines))):
        _, end = head_at(lines, at)
        if end > at:
            return end
    return place


def _kept(lines: list[str], place: int, words: int) -> list[str]:
    """What is kept of a mail whose quote begins at a place, with the quoted words further below. Where these are
    marked as quoted, what stands between or under them is an answer."""
    top, below = without_signature(without_ruler(lines[:place]), quotes=True), lines[words:]
    first = next((line for line in below if not is_blank(line)), "")
    kept = _with_answers(lines, top, below) if is_marked(first) else top
    return kept if kept is lines else _unannounced(kept)


def _unannounced(lines: list[str]) -> list[str]:
    """The same where nothing but the marks tells of a quote."""
    place = next((at for at, line in enumerate(lines) if is_quoted(line)), len(lines))
    if MORE_THAN.match(lines[place] if place < len(lines) else "") and not any(map(is_quoted, lines[place + 1 :])):
        return lines
    top = without_signature(lines[:place])
    return _with_answers(lines, top, lines[place:]) if place < len(lines) else lines


def _with_answers(lines: list[str], top: list[str], quote: list[str]) -> list[str]:
    """Everything where somebody answers between or under the lines they quote; else what stands above them. Regards
    under a quote answer nothing and are kept; what servers and lists add is not."""
    last = max(at for at, line in enumerate(quote) if is_marked(line))
    between = [
        line for at, line in enumerate(quote[:last]) if not is_marked(line) and not _is_torn(quote[at - 1], line)
    ]
    under = _words_under(quote[last + 1 :], says_something(top))
    if says_something(between) or not only_signs_off(under):
        return lines
    regards = "\n".join(under).strip("\n")
    return [*top, "", regards] if regards and says_something(top) else top


def _words_under(lines: list[str], answered: bool) -> list[str]:
    """What of the lines below a quote is somebody's words: one kind of what is none may stand above another. Where
    something is `answered` above the quote, a signature of any form is none."""
    while True:
        kept = without_footers(without_signature(lines))
        kept = without_block(kept) if answered else kept
        if len(kept) == len(lines):
            return kept
        lines = kept


def _is_torn(above: str, line: str) -> bool:
    """Whether this is the rest of a quoted link, whose mark a client lost when it wrapped the line."""
    opened = is_quoted(above) and any(above.count(a) > above.count(b) for a, b in ("()", "[]"))
    return " " not in line.strip(" \t>") and (opened or line.rstrip().endswith(" >"))


def _trimmed(lines: list[str]) -> str:
    """Without marks, without blank lines around, and with at most two in a row."""
    told = "\n".join(line.translate(NO_MARKS).rstrip() for line in lines if line.strip() != DROPPED)
    return re.sub(r"\n{4,}", "\n\n\n", told).strip("\n").strip()
