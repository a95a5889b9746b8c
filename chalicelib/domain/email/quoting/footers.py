"""What servers, lists and polite people write below a mail."""

import re
from functools import cache

from chalicelib.domain.email.quoting.apps import is_app_line
from chalicelib.domain.email.quoting.forms.footers import FOOTERS, GREETINGS
from chalicelib.domain.email.quoting.lines import SHORT, is_blank, plain

RULER = re.compile(r"[-_=*—]{3,60}|__")
ENDED = (".", "!", "?", "。", "！", "？", ",", "，", ";", "；")
PARTICLES = frozenset(
    {"von", "van", "de", "der", "den", "da", "di", "del", "la", "le", "el", "bin", "al", "and", "&", "und"}
)
MOST_LINES = 200
"""What has more lines is no footer, and nobody's regards."""


@cache
def _phrases() -> tuple[re.Pattern[str], frozenset[str]]:
    """What servers write, and how people end a mail."""
    footers = "|".join(re.escape(phrase) for row in FOOTERS for phrase in row.form.split("|"))
    return re.compile(footers), frozenset(phrase for row in GREETINGS for phrase in row.form.split("|"))


def without_ruler(lines: list[str]) -> list[str]:
    """Without the ruler that a client draws above what it quotes."""
    end = len(lines)
    while end and (is_blank(lines[end - 1]) or RULER.fullmatch(lines[end - 1].strip(" *"))):
        end -= 1
    return lines[:end]


def without_footers(lines: list[str]) -> list[str]:
    """Without what servers and lists add: from the first paragraph that says so."""
    footers, _ = _phrases()
    begin = 0
    for place, line in enumerate(lines[:MOST_LINES]):
        if is_blank(line):
            begin = place + 1
        elif footers.search(line[:2_000].casefold()):
            return lines[:begin]
    return lines


def only_signs_off(lines: list[str]) -> bool:
    """Whether lines are no more than the end of a mail: regards, and a name."""
    if len(lines) > MOST_LINES:
        return False
    said = [plain(line) for line in lines if not is_blank(line) and not is_app_line(line)]
    greeted = bool(said) and greets(said[0])
    named = said[1:] if greeted else said
    if not named:
        return True
    if len(named) > (6 if greeted else 2) or any(len(line) > SHORT or line.endswith(ENDED) for line in named):
        return False
    return is_name(named[0])


def greets(line: str) -> bool:
    """Whether a line is regards, with or without a name behind them."""
    _, greetings = _phrases()
    words, _, name = line.partition(",")
    return words.casefold().strip(" !.！。，") in greetings and (not name or is_name(name.strip()))


def is_name(line: str) -> bool:
    """Whether a line could be a person's or a company's name: few words, each with a capital, or four signs."""
    line = re.split(r"\s?[|,/•·]", line, maxsplit=1)[0]
    words = [word for one in line.split() if (word := one.strip(".,()")) and not word.startswith("@")]
    if any(sign.isdigit() or sign in ":：" for sign in line) or "@" in "".join(words) or not 0 < len(words) <= 4:
        return False
    if line[0] > "\u2e80":
        return len(line.replace(" ", "")) <= 4
    return len(words) == 1 or all(word[0].isupper() or word.casefold() in PARTICLES for word in words)
