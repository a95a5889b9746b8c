"""The heads that clients put above a mail they quote, and the lines that announce one."""

import re
from functools import cache

from chalicelib.domain.email.quoting.dates import ADDRESS, CLOCK, YEAR
from chalicelib.domain.email.quoting.forms.headers import AMBIGUOUS, DATES, FORWARDED, FORWARDING, HEADS, QUOTED
from chalicelib.domain.email.quoting.lines import LONGEST, is_blank, is_quoted, plain

LABEL = re.compile(r"([^:：\[<(@\"\d]{1,30})[:：]")
BORDER = re.compile(r"[-_=*─—‐]{10,}")
DECORATION = "-_=*~─—–‐· "
DASHES = re.compile(r"[-_=*~─—–‐]{2,}|[-_=*~─—–‐]$")
WRITTEN = re.compile(r"[^\W\d_]{3,}")
WRITTEN_EAST = re.compile(r" +\d{4}\s?[年년]")
ANSWERS = re.compile(r"[:：]\s?(?:re|aw|fwd?|回复|答复|回覆|答覆|转发|轉寄)\s?[:：]", re.IGNORECASE)
LEAST = 3
"""So many different things a head tells, at least."""
DEEP, FOLDED = 24, 2
"""So many lines of a head are looked at; a label's value is wrapped over so many more lines."""


@cache
def _labels() -> dict[str, str]:
    """What a label means: author, sent, to, subject, other."""
    found: dict[str, str] = {}
    for head in HEADS:
        for meaning in ("other", "subject", "to", "sent", "author"):
            for label in getattr(head, meaning).split("|"):
                found.setdefault(_bare(label), meaning)
    return found


@cache
def _announcing() -> tuple[frozenset[str], frozenset[str]]:
    """What announces a quoted mail, and a forwarded one."""
    return frozenset(row.form.casefold() for row in QUOTED), frozenset(row.form.casefold() for row in FORWARDED)


@cache
def _prefixes() -> re.Pattern[str]:
    told = "|".join(re.escape(one) for row in FORWARDING for one in row.form.casefold().split("|"))
    return re.compile(rf"\s*\[?({told})\s?[.\]]?\s?[:：]")


def forwards(subject: str, text: str = "") -> bool:
    """Whether a subject says that a mail is forwarded; `Re: Fwd:` answers one. Where prefixes of two languages are the
    same, the mail's text decides."""
    start = subject.strip().casefold()[:60]
    unsure = (row.form.casefold().split("|") for row in AMBIGUOUS)
    return bool(_prefixes().match(start)) or any(
        start.startswith(f"{prefix}:") and word in text[:20_000].casefold() for prefix, word in unsure
    )


def announces(lines: list[str], place: int) -> str | None:
    """`quoted` or `forwarded` where a line announces such a mail: between dashes, before a colon, or above a head."""
    text = plain(lines[place]).casefold().strip("# ")
    rest = text.lstrip(DECORATION)
    words = DASHES.split(rest, maxsplit=1)[0].rstrip(DECORATION + ":：>")
    quoted, forwarded = _announcing()
    kind = "forwarded" if words in forwarded else "quoted" if words in quoted else None
    if kind is None or not text:
        return None
    ruled = len(text) - len(rest) >= 2 or (rest != text and rest != words)
    return kind if ruled or (kind == "forwarded" and text[-1] in ":：") or _head_below(lines, place) else None


def _head_below(lines: list[str], place: int) -> bool:
    below = next((at for at in range(place + 1, min(place + 4, len(lines))) if not is_blank(lines[at])), None)
    return below is not None and begins_head(lines, below)


def begins_head(lines: list[str], place: int) -> bool:
    """Whether the head of a quoted mail begins here: who, to whom, and when or what about. It needs a subject or an
    address, else it is a waybill; a head among other labels is a form that somebody filled in."""
    line = plain(lines[place])
    border = 1 if BORDER.fullmatch(line) else 0
    if not border and meaning(line) is None:
        return False
    told, end = head_at(lines, place + border)
    if not told.keys() >= {"author", "to"} or len(told.keys() - {"other"}) < LEAST:
        return _is_machine_made(told)
    addressed = bool(ADDRESS.search(told["author"] + told["to"])) or _is_titled(told) or _is_timed(told.get("sent", ""))
    return addressed and not _is_form(lines, place, end)


def _is_titled(told: dict[str, str]) -> bool:
    """Whether a head tells a subject. People fill in waybills with full-width colons and nothing behind them, and those
    may name a subject as well: then it must be one that answers."""
    subject = told.get("subject", "")
    typed = all("：" in one and not one.partition("：")[2].startswith(" ") for one in told.values())
    return bool(subject) and (not typed or ANSWERS.search(subject) is not None)


def _is_timed(sent: str) -> bool:
    """Whether a line tells when something was sent, to the minute and with the day or month in words, as clients write
    it that leave the subject out: a waybill tells numbers."""
    label, _, when = sent.partition(":")
    eastern = label[:1] >= "\u2e80"
    written = WRITTEN_EAST.match(when) if eastern else WRITTEN.search(when)
    said = written and _label(sent) not in {_bare(one) for one in DATES}
    return bool(said and YEAR.search(when) and CLOCK.search(when))


def _is_machine_made(told: dict[str, str]) -> bool:
    """A date as mail servers write it, and an address: Hotmail's head, cut short."""
    return told.keys() >= {"sent", "to"} and bool(
        ADDRESS.search(told["to"]) and re.search(r"\d{2}:\d{2}:\d{2} [+-]\d{4}", told["sent"])
    )


def head_at(lines: list[str], place: int) -> tuple[dict[str, str], int]:
    """What the labels that stand here say, by their meaning, and where they end. They stand one below the other but
    for one blank line; a value may be wrapped."""
    told: dict[str, str] = {}
    last, blank, folded, end = "", 0, 0, place
    for at in range(place, min(place + DEEP, len(lines))):
        line = lines[at]
        text = plain(line)
        what = meaning(text)
        if not text:
            blank += 1
            if blank > 1:
                break
        elif what is not None:
            told.setdefault(what, text)
            last, blank, folded, end = what, 0, 0, at + 1
        elif last and told[last][-1] in ":：" and len(_label(text)) <= len("fwd"):  # the value stands below
            told[last] += f" {text}"
            blank, end = 0, at + 1
        elif last and folded < FOLDED and not _label(text):
            told[last] += f" {text}"
            folded, blank = folded + 1, 0
        else:
            break
    return told, end


def meaning(text: str) -> str | None:
    """What a line's label means, if it is one of a mail's head."""
    label = _label(text)
    return _labels().get(label) if label else None


def _label(text: str) -> str:
    """The label that begins a line, without emphasis and inner blanks; empty where none does."""
    if len(text) > LONGEST:
        return ""
    found = LABEL.match(text)
    return _bare(found[1]) if found else ""


def _bare(label: str) -> str:
    bare = label.strip(" *_|\t").casefold()
    return bare.replace(" ", "") if bare and bare[0] > "\u2e80" else " ".join(bare.split())


def _is_form(lines: list[str], place: int, end: int) -> bool:
    """Whether other labels stand right beside a head."""
    beside = [lines[at] for at in (place - 1, end) if 0 <= at < len(lines)]
    labels = [_label(plain(one)) for one in beside if not is_blank(one) and not is_quoted(one)]
    return any(label and label not in _labels() and len(label) <= 20 for label in labels)
