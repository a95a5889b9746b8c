"""Lines of a mail's text, and the marks that a quote bears."""

from collections.abc import Iterable

LONGEST = 400
"""A longer line is nobody's form, and is not looked at."""
SHORT = 160
"""A line of a signature is no longer."""
DROPPED, OPENED, SHUT = "\ufdd0", "\ufdd1", "\ufdd2"
"""Lines that stand for what was HTML: a quote that its client names, and the edges of an indented block that may be
one. They are noncharacters, which Unicode keeps for a program's own use: no mail says them."""
INDENTED = "\ufdd3"
"""Begins a line of an indented block."""
MARKS = (DROPPED, OPENED, SHUT, INDENTED)
QUOTING = (">", "＞", DROPPED)
BLANK = str.maketrans(
    dict.fromkeys(
        "\u200b\u200c\u200d\u2060\ufeff\u200e\u200f\u202a\u202c\u00ad\u202b\u202d\u202e\u2066\u2067\u2068\u2069\u061c"
    )
    | {"\xa0": " ", "\u3000": " "}
)


def lines_of(text: str) -> list[str]:
    """A text's lines; those of an indented block of HTML begin with a mark of their own."""
    found, deep = [], 0
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        if line.strip() in (OPENED, SHUT):
            deep = max(0, deep + (1 if line.strip() == OPENED else -1))
        else:
            found.append(INDENTED + line if deep else line)
    return found


def plain(line: str) -> str:
    """A line as it reads: without what cannot be seen, marks, and emphasis around it."""
    return line.strip(" \t*") if line.isascii() else line.translate(BLANK).lstrip(INDENTED).strip(" \t*")


def is_blank(line: str) -> bool:
    """Whether nothing can be read there."""
    text = line.strip()
    return not text or (not text.isascii() and not text.translate(BLANK).strip(" " + INDENTED))


def is_quoted(line: str) -> bool:
    """Whether a line says itself that it is quoted."""
    return line.lstrip().startswith(QUOTING)


def unquoted(line: str) -> str:
    """A line without the signs that quote it."""
    return line.lstrip(" \t>＞")


def is_marked(line: str) -> bool:
    """Whether a line is quoted, or indented in HTML."""
    return is_quoted(line) or line.startswith(INDENTED)


def says_something(lines: Iterable[str]) -> bool:
    """Whether any of the lines can be read, and is not quoted."""
    return any(not is_blank(line) and not is_quoted(line) for line in lines)
