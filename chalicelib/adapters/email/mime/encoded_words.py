"""Decode encoded words in headers (RFC 2047), even if they are written wrongly."""

import binascii
import re
from collections.abc import Iterator

from chalicelib.domain.email.parsing.characters import decode_text

WORD = re.compile(r"=\?([^?\s]{1,60}?)(?:\*[^?\s]{0,30})?\?([BbQq])\?([^?]{0,8000})\?=")
"""A charset, perhaps with a language (RFC 2231, 5), an encoding, and the encoded text, which may have spaces in it."""
DIRECTIONS = str.maketrans(dict.fromkeys((0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))))


def decode_words(text: str, charset: str | None = None) -> str:
    """The text of a header with its encoded words decoded, and without characters that turn its direction.

    Consecutive words of one charset are joined before they are decoded, since programs split them within characters.
    `charset` is a hint for words that declare none.
    """
    pieces: list[str] = []
    declared = ""
    data = b""
    end = 0
    for word in WORD.finditer(text):
        between = text[end : word.start()]
        is_consecutive = bool(data) and not between.strip()
        if not is_consecutive or word[1].lower() != declared:
            pieces += [decode_text(data, declared, (charset,)), "" if is_consecutive else between]
            declared = word[1].lower()
            data = b""
        data += _bytes_of(word[2].lower(), word[3])
        end = word.end()
    return without_direction_marks("".join((*pieces, decode_text(data, declared, (charset,)), text[end:])))


def without_direction_marks(text: str) -> str:
    """A text without the characters that turn its direction (Unicode 15, UAX 9), with which `photo-gpj.exe` can look
    like an image."""
    return text if text.isascii() else text.translate(DIRECTIONS)


def charsets_in(text: str) -> Iterator[str]:
    """The charsets that the encoded words of a header name."""
    return (word[1] for word in WORD.finditer(text))


def _bytes_of(encoding: str, word: str) -> bytes:
    if encoding == "q":
        return binascii.a2b_qp(word.replace("_", " ").encode("utf-8", "replace"))
    clean = re.sub(r"[^A-Za-z0-9+/]+", "", word)
    clean = clean[: len(clean) - (len(clean) % 4 == 1)]
    return binascii.a2b_base64(clean + "=" * (-len(clean) % 4))
