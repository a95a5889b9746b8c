"""Recognise what is written below an email: footers of servers and lists, and regards."""

import re
from functools import cache

from chalicelib.domain.email.quoting.apps import is_app_line
from chalicelib.domain.email.quoting.forms.footers import FOOTERS, GREETINGS
from chalicelib.domain.email.quoting.lines import SHORT, is_blank, visible_text

RULER = re.compile(r"[-_=*—]{3,60}|__")
ENDED = (".", "!", "?", "。", "！", "？", ",", "，", ";", "；")
PARTICLES = frozenset(
    {"von", "van", "de", "der", "den", "da", "di", "del", "la", "le", "el", "bin", "al", "and", "&", "und"}
)
MOST_LINES = 200
"""More lines than this are neither a footer nor regards."""


@cache
def _footers() -> re.Pattern[str]:
    """Finds what servers and lists write."""
    return re.compile("|".join(re.escape(phrase) for row in FOOTERS for phrase in row.form.split("|")))


@cache
def _greetings() -> frozenset[str]:
    """The words with which people end an email."""
    return frozenset(phrase for row in GREETINGS for phrase in row.form.split("|"))


def without_ruler(lines: list[str]) -> list[str]:
    """The lines without the ruler that a client draws above a quote."""
    end = len(lines)
    while end and (is_blank(lines[end - 1]) or RULER.fullmatch(lines[end - 1].strip(" *"))):
        end -= 1
    return lines[:end]


def without_footers(lines: list[str]) -> list[str]:
    """The lines without footers of servers and lists: those above the first paragraph that has words of one."""
    footers = _footers()
    paragraph = 0
    for place, line in enumerate(lines[:MOST_LINES]):
        if is_blank(line):
            paragraph = place + 1
        elif footers.search(line[:2_000].casefold()):
            return lines[:paragraph]
    return lines


def only_signs_off(lines: list[str]) -> bool:
    """Whether lines are only the end of an email: regards, and a name."""
    if len(lines) > MOST_LINES:
        return False
    texts = [visible_text(line) for line in lines if not is_blank(line) and not is_app_line(line)]
    has_regards = bool(texts) and is_regards(texts[0])
    signature = texts[1:] if has_regards else texts
    if not signature:
        return True
    if len(signature) > (6 if has_regards else 2):
        return False
    if any(len(text) > SHORT or text.endswith(ENDED) for text in signature):
        return False
    return is_name(signature[0])


def is_regards(line: str) -> bool:
    """Whether a line is regards, with or without a name behind them."""
    words, _, name = line.partition(",")
    return words.casefold().strip(" !.！。，") in _greetings() and (not name or is_name(name.strip()))


def is_name(line: str) -> bool:
    """Whether a line could be the name of a person or company: few words with capitals, or four Eastern characters."""
    line = re.split(r"\s?[|,/•·]", line, maxsplit=1)[0]
    words = [word for part in line.split() if (word := part.strip(".,()")) and not word.startswith("@")]
    if any(sign.isdigit() or sign in ":：" for sign in line) or "@" in "".join(words) or not 0 < len(words) <= 4:
        return False
    if line[0] > "\u2e80":
        return len(line.replace(" ", "")) <= 4
    return len(words) == 1 or all(word[0].isupper() or word.casefold() in PARTICLES for word in words)
