"""The part of a text that shows why it was found."""

import re
from collections.abc import Sequence

from msgspec import Struct

from chalicelib.domain.kernel.validation import folded

BEFORE, LENGTH = 30, 120


class Snippet(Struct, frozen=True):
    """A part of a text, in one line; `marks`: where the words that were looked for stand in it, from and to."""

    text: str
    marks: tuple[tuple[int, int], ...] = ()


def snippet_of(texts: Sequence[str], words: Sequence[str]) -> Snippet | None:
    """The part of the first text with one of these words that surrounds it; the start of the first text if none has, as
    for words that are written with accents there. None if there is no text."""
    pattern = _pattern(words)
    lines = [folded(text).strip() for text in texts if text.strip()]
    for line in lines:
        match = pattern.search(line) if pattern else None
        if match is not None:
            return _around(line, match.start(), pattern)
    return _around(lines[0], 0, pattern) if lines else None


def _pattern(words: Sequence[str]) -> "re.Pattern[str] | None":
    """Finds the words as people write them: numbers with signs in them, neighbouring pairs as one."""
    written = ("[-_./]?".join(map(re.escape, word)) if word.isascii() else re.escape(word) for word in words)
    longest_first = sorted(written, key=len, reverse=True)
    return re.compile("|".join(longest_first), re.I) if longest_first else None


def _around(line: str, place: int, pattern: "re.Pattern[str] | None") -> Snippet:
    start = max(0, place - BEFORE)
    text = line[start : start + LENGTH]
    marks: list[tuple[int, int]] = []
    for match in pattern.finditer(text) if pattern else ():
        if marks and match.start() <= marks[-1][1]:
            marks[-1] = (marks[-1][0], match.end())
        else:
            marks.append(match.span())
    return Snippet(text, tuple(marks))
