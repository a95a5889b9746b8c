"""Headers in readable characters: encoded words (RFC 2047), also where they are written wrongly."""

import binascii
import re
from collections.abc import Iterator

from chalicelib.domain.email.parsing.characters import read

WORD = re.compile(r"=\?([^?\s]{1,60}?)(?:\*[^?\s]{0,30})?\?([BbQq])\?([^?]{0,8000})\?=")
"""A charset, perhaps with a language (RFC 2231, 5), an encoding, and what is encoded, with spaces in it from some."""

DIRECTIONS = str.maketrans(dict.fromkeys((0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))))


def decoded_words(text: str, charset: str | None = None) -> str:
    """A header's text with its encoded words read, and without signs that turn it around. Words of one charset that
    follow each other are joined before they are read: programs cut characters in the middle."""
    found: list[str] = []
    told, data, last = "", b"", 0
    for word in WORD.finditer(text):
        between = text[last : word.start()]
        follows = bool(data) and not between.strip()
        if not follows or word[1].lower() != told:
            found += [read(data, told, (charset,)), "" if follows else between]
            told, data = word[1].lower(), b""
        data += _bytes_of(word[2].lower(), word[3])
        last = word.end()
    return undirected("".join((*found, read(data, told, (charset,)), text[last:])))


def undirected(text: str) -> str:
    """A text without the signs that turn its direction (Unicode 15, UAX 9): `photo-gpj.exe` would read as a picture."""
    return text if text.isascii() else text.translate(DIRECTIONS)


def charsets_in(text: str) -> Iterator[str]:
    """The charsets a header's encoded words name."""
    return (word[1] for word in WORD.finditer(text))


def _bytes_of(encoding: str, word: str) -> bytes:
    if encoding == "q":
        return binascii.a2b_qp(word.replace("_", " ").encode("utf-8", "replace"))
    clean = re.sub(r"[^A-Za-z0-9+/]+", "", word)
    clean = clean[: len(clean) - (len(clean) % 4 == 1)]
    return binascii.a2b_base64(clean + "=" * (-len(clean) % 4))
