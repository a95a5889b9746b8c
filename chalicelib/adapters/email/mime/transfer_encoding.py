"""Decode transfer encodings (RFC 2045, 6), whatever is wrong with the encoded text."""

import binascii
import re

BLOCK = re.compile(rb"(?:[A-Za-z0-9+/]+={0,2}[ \t]*(?:\r?\n|\Z)+)+")
"""Only lines of base64."""
SHORT = 16
"""A line this short may be a word."""
NO_BASE64 = re.compile(rb"[^A-Za-z0-9+/=\r\n]")


def from_base64(data: bytes) -> bytes:
    """Decode base64, even if its end is missing, or if something else or another block follows."""
    end = data.find(b"=") + 1
    behind = data[end:].lstrip(b"= \t\r\n") if end else b""
    if behind and (b"=" in behind or len(behind) > SHORT) and BLOCK.fullmatch(behind):
        return b"".join(map(_one_block, re.split(rb"=+", data)))
    return _one_block(data)


def _one_block(data: bytes) -> bytes:
    try:
        return binascii.a2b_base64(data)
    except binascii.Error:
        clean = re.sub(rb"[^A-Za-z0-9+/]+", b"", data)
        clean = clean[: len(clean) - (len(clean) % 4 == 1)]
        return binascii.a2b_base64(clean + b"=" * (-len(clean) % 4))


def is_not_base64(data: bytes) -> bool:
    """Whether a text is not encoded although it is declared as base64: other characters are in its first line, or in it
    and below."""
    start = data[:2_000].strip()
    first = start.partition(b"\n")[0].rstrip()
    if len(first) % 4 == 0:
        return bool(NO_BASE64.search(first))
    return len(NO_BASE64.findall(start)) * 20 > len(start)


def from_uuencode(data: bytes) -> bytes:
    """Decode uuencode."""
    decoded = bytearray()
    for line in re.finditer(rb"[^\r\n]+", data):
        if line[0] == b"end":
            break
        try:
            decoded += b"" if line[0].startswith(b"begin ") else binascii.a2b_uu(line[0])
        except binascii.Error:
            continue
    return bytes(decoded)
