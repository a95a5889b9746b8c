"""Pictures a mail shows in its text: the crack a customer took a photograph of, or the letterhead of their office.

The rule (docs/decisions/0011, judgement): a picture of less than 20 KB is letterhead when it is shown in a signature or
in a quoted mail, is shown more than once, is drawn small, or is small or long and narrow itself. Everything else is
evidence, and so is what cannot be measured: a picture too many is looked at and put aside, one too few is a claim lost.
"""

from typing import NamedTuple

DECORATION = 20_000
"""Bytes from which on a picture is never letterhead."""
SMALL, LONG = 100, 4
"""The shorter side of an icon in pixels, at most; how many times as long as high a banner is, at least."""
TINY = 1_000
"""A picture of so few bytes shows nothing anybody took a photograph of."""


class Drawn(NamedTuple):
    """How HTML shows a picture: the size it asks for in pixels, whether in a signature or quote, whether once more."""

    width: int | None = None
    height: int | None = None
    aside: bool = False
    again: bool = False


def is_letterhead(bytes_of_it: int, size: tuple[int, int] | None, drawn: Drawn) -> bool:
    """Whether a picture that is shown in the text is decoration."""
    if bytes_of_it >= DECORATION:
        return False
    if drawn.aside or drawn.again or bytes_of_it < TINY:
        return True
    asked = [one for one in (drawn.width, drawn.height) if one is not None]
    if asked and min(asked) <= SMALL:
        return True
    if size is None or bytes_of_it > 4 * size[0] * size[1] + TINY:
        return False  # its head does not say what it holds
    return min(size) <= SMALL or max(size) >= LONG * min(size)


def size_of(data: bytes) -> tuple[int, int] | None:
    """Width and height in pixels by a picture's own head (PNG, GIF, JPEG); None where it cannot be told."""
    if data.startswith(b"\x89PNG\r\n\x1a\n") and len(data) >= 24:
        return int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")
    if data.startswith(b"GIF8") and len(data) >= 10:
        return int.from_bytes(data[6:8], "little"), int.from_bytes(data[8:10], "little")
    return _jpeg_size(data) if data.startswith(b"\xff\xd8") else None


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    """The size a frame's header tells (ITU T.81, B.2.2)."""
    place = 2
    while place + 9 <= len(data) and data[place] == 0xFF:
        marker, length = data[place + 1], int.from_bytes(data[place + 2 : place + 4], "big")
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = data[place + 5 : place + 7], data[place + 7 : place + 9]
            return int.from_bytes(width, "big"), int.from_bytes(height, "big")
        place += 2 + max(2, length)
    return None
