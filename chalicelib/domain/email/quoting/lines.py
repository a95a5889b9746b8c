"""The lines of an email's text, and the marks that quotes have."""

from collections.abc import Iterable

LONGEST = 400
"""A line longer than this matches no form, and is not examined."""
SHORT = 160
"""The lines of a signature are no longer than this."""
DROPPED = "\ufdd0"
"""A line that stands for a quote in HTML, which its client marked as one. Like the marks below it is a noncharacter,
which Unicode reserves for a program's own use: no email contains it."""
OPENED = "\ufdd1"
"""A line that begins an indented block of HTML, which may be a quote."""
SHUT = "\ufdd2"
"""A line that ends an indented block."""
INDENTED = "\ufdd3"
"""Begins each line of an indented block."""
MARKS = (DROPPED, OPENED, SHUT, INDENTED)
NO_MARKS = str.maketrans(dict.fromkeys(MARKS))
QUOTING = (">", "＞", DROPPED)
BLANK = str.maketrans(
    dict.fromkeys(
        "\u200b\u200c\u200d\u2060\ufeff\u200e\u200f\u202a\u202c\u00ad\u202b\u202d\u202e\u2066\u2067\u2068\u2069\u061c"
    )
    | {"\xa0": " ", "\u3000": " "}
)


def lines_of(text: str) -> list[str]:
    """The lines of a text. Those of an indented block of HTML begin with a mark."""
    lines: list[str] = []
    depth = 0
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        if line.strip() in (OPENED, SHUT):
            depth = max(0, depth + (1 if line.strip() == OPENED else -1))
        else:
            lines.append(INDENTED + line if depth else line)
    return lines


def visible_text(line: str) -> str:
    """The visible text of a line: without invisible characters, marks, and the emphasis around it."""
    return line.strip(" \t*") if line.isascii() else line.translate(BLANK).lstrip(INDENTED).strip(" \t*")


def is_blank(line: str) -> bool:
    """Whether a line has no visible text."""
    text = line.strip()
    return not text or (not text.isascii() and not text.translate(BLANK).strip(" " + INDENTED))


def is_quoted(line: str) -> bool:
    """Whether a line has the sign of a quoted line."""
    return line.lstrip().startswith(QUOTING)


def unquoted(line: str) -> str:
    """A line without the signs of a quoted line."""
    return line.lstrip(" \t>＞")


def is_quoted_or_indented(line: str) -> bool:
    """Whether a line is quoted, or indented in HTML."""
    return is_quoted(line) or line.startswith(INDENTED)


def has_own_text(lines: Iterable[str]) -> bool:
    """Whether any of the lines has visible text that is not quoted."""
    return any(not is_blank(line) and not is_quoted(line) for line in lines)
