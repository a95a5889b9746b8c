"""Unwrap the email inside an opaque S/MIME signature (RFC 8551, 3.5.2), which is signed but not encrypted.

The signature is not checked: DMARC says who sent an email.
"""

SIGNED_DATA = bytes.fromhex("2a864886f70d010702")
"""1.2.840.113549.1.7.2 (RFC 5652, 5.1)."""
KINDS = ("application/pkcs7-mime", "application/x-pkcs7-mime")
MOST_PIECES = 100_000


class _NotSigned(Exception):
    """The data is not signed content in its proper form."""


def signed_content(data: bytes) -> bytes | None:
    """The signed content; None for other data, for instance encrypted, and for data that cannot be read."""
    try:
        content = _content(data, 0, 0x30)  # ContentInfo
        if content[:2] != b"\x06\x09" or content[2:11] != SIGNED_DATA:
            return None
        signed = _content(_content(content, 11, 0xA0), 0, 0x30)  # SignedData
        place = _end(signed, 0)  # version
        place = _end(signed, place)  # digestAlgorithms
        wrapped = _content(signed, place, 0x30)  # encapContentInfo
        return _octets(_content(wrapped, _end(wrapped, 0), 0xA0))
    except (_NotSigned, IndexError):
        return None


def _head(data: bytes, place: int) -> tuple[int, int, int | None]:
    """The tag of a value, the place of its content, and its length; None for an indefinite one (X.690, 8.1.3)."""
    tag = data[place]
    length = data[place + 1]
    if length < 0x80:
        return tag, place + 2, length
    count = length & 0x7F
    if count > 4:
        raise _NotSigned
    return tag, place + 2 + count, int.from_bytes(data[place + 2 : place + 2 + count], "big") if count else None


def _end(data: bytes, place: int) -> int:
    """The place behind a value. One of indefinite length ends with two zero bytes, behind all values in it."""
    depth = 0
    pieces = 0
    while True:
        tag, start, length = _head(data, place)
        pieces += 1
        if pieces > MOST_PIECES:
            raise _NotSigned
        if length is None:
            depth += 1
            place = start
        else:
            depth -= tag == 0 and length == 0
            place = start + length
        if depth <= 0:
            if place > len(data):
                raise _NotSigned
            return place


def _content(data: bytes, place: int, wanted_tag: int) -> bytes:
    """The content of a value, which must have this tag."""
    tag, start, length = _head(data, place)
    if tag != wanted_tag:
        raise _NotSigned
    end = _end(data, place)
    return data[start:end] if length is not None else data[start : end - 2]


def _octets(data: bytes) -> bytes:
    """The bytes of an octet string, in one piece or several."""
    tag, start, length = _head(data, 0)
    if tag == 0x04 and length is not None:
        return data[start : start + length]
    inner = _content(data, 0, 0x24)
    pieces: list[bytes] = []
    place = 0
    while place < len(inner):
        tag, start, length = _head(inner, place)
        if tag != 0x04 or length is None:
            raise _NotSigned
        pieces.append(inner[start : start + length])
        place = start + length
    return b"".join(pieces)
