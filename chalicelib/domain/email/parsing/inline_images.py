"""Tell apart the images an email shows in its text: a customer's photograph of a crack, or their office's letterhead.

The rule (docs/decisions/0011, our judgement): an image of less than 20 KB is letterhead if it is shown in a signature
or in a quoted email, is shown more than once, is shown small, or is small or long and narrow itself. Every other image
is evidence, and so is one that cannot be measured: an agent can ignore an image too many, but one too few costs a
customer their claim.
"""

from typing import NamedTuple

EVIDENCE_BYTES = 20_000
"""An image of this many bytes is never letterhead."""
ICON_PIXELS = 100
"""The shorter side of an icon is no longer than this."""
BANNER_RATIO = 4
"""A banner is at least this many times as long as it is high."""
TINY_BYTES = 1_000
"""A photograph is never as small as this."""


class ImageDisplay(NamedTuple):
    """How HTML shows an image."""

    width: int | None = None
    """The width in pixels for which it asks."""
    height: int | None = None
    aside: bool = False
    """The image is in a signature or a quote."""
    again: bool = False
    """The HTML shows it more than once."""


def is_letterhead(size: int, pixels: tuple[int, int] | None, display: ImageDisplay) -> bool:
    """Whether an image in the text of an email is letterhead. `size` is in bytes, `pixels` its width and height."""
    if size >= EVIDENCE_BYTES:
        return False
    if display.aside or display.again or size < TINY_BYTES:
        return True
    shown = [side for side in (display.width, display.height) if side is not None]
    if shown and min(shown) <= ICON_PIXELS:
        return True
    if pixels is None or size > 4 * pixels[0] * pixels[1] + TINY_BYTES:
        return False  # the size in its header cannot be right
    return min(pixels) <= ICON_PIXELS or max(pixels) >= BANNER_RATIO * min(pixels)


def image_pixels(data: bytes) -> tuple[int, int] | None:
    """The width and height of an image in pixels by its own header (PNG, GIF, JPEG); None if it has none."""
    if data.startswith(b"\x89PNG\r\n\x1a\n") and len(data) >= 24:
        return int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")
    if data.startswith(b"GIF8") and len(data) >= 10:
        return int.from_bytes(data[6:8], "little"), int.from_bytes(data[8:10], "little")
    return _jpeg_pixels(data) if data.startswith(b"\xff\xd8") else None


def _jpeg_pixels(data: bytes) -> tuple[int, int] | None:
    """The width and height in a frame header (ITU T.81, B.2.2)."""
    place = 2
    while place + 9 <= len(data) and data[place] == 0xFF:
        marker = data[place + 1]
        length = int.from_bytes(data[place + 2 : place + 4], "big")
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height = int.from_bytes(data[place + 5 : place + 7], "big")
            width = int.from_bytes(data[place + 7 : place + 9], "big")
            return width, height
        place += 2 + max(2, length)
    return None
