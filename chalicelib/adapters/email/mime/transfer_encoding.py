"""What the letters of an encoding stand for (RFC 2045, 6), whatever is wrong with them."""

import binascii
import re

BLOCK = re.compile(rb"(?:[A-Za-z0-9+/]+={0,2}[ \t]*(?:\r?\n|\Z)+)+")
"""Lines of base64, and nothing else."""
SHORT = 16
"""So short a line of letters may be a word."""
NO_BASE64 = re.compile(rb"[^A-Za-z0-9+/=\r\n]")


def from_base64(data: bytes) -> bytes:
    """What base64 stands for, also where its end is missing, or something else or another block follows."""
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


def is_plain(data: bytes) -> bool:
    """Whether words only say that they are base64: other signs stand in their first line, or there and below."""
    start = data[:2_000].strip()
    first = start.partition(b"\n")[0].rstrip()
    others = len(NO_BASE64.findall(start)) * 20 > len(start)
    return bool(NO_BASE64.search(first)) if len(first) % 4 == 0 else others


def from_uu(data: bytes) -> bytes:
    """What lines of uuencode stand for."""
    found = bytearray()
    for line in re.finditer(rb"[^\r\n]+", data):
        if line[0] == b"end":
            break
        try:
            found += b"" if line[0].startswith(b"begin ") else binascii.a2b_uu(line[0])
        except binascii.Error:
            continue
    return bytes(found)
