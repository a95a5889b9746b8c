"""The mail inside an opaque S/MIME signature (RFC 8551, 3.5.2): anybody can read it, only not as text.

The signature is not looked at: who sent a mail is told by DMARC.
"""

SIGNED_DATA = bytes.fromhex("2a864886f70d010702")
"""1.2.840.113549.1.7.2 (RFC 5652, 5.1)."""
KINDS = ("application/pkcs7-mime", "application/x-pkcs7-mime")
MOST_PIECES = 100_000


class _Unread(Exception):
    """It is no signed content as it should be."""


def signed_content(data: bytes) -> bytes | None:
    """What was signed; None where it is something else, encrypted for instance, or cannot be read."""
    try:
        content = _inside(data, 0, 0x30)  # ContentInfo
        if content[:2] != b"\x06\x09" or content[2:11] != SIGNED_DATA:
            return None
        signed = _inside(_inside(content, 11, 0xA0), 0, 0x30)  # SignedData
        place = _behind(signed, 0)  # version
        place = _behind(signed, place)  # digestAlgorithms
        wrapped = _inside(signed, place, 0x30)  # encapContentInfo
        return _octets(_inside(wrapped, _behind(wrapped, 0), 0xA0))
    except (_Unread, IndexError):
        return None


def _head(data: bytes, place: int) -> tuple[int, int, int | None]:
    """Tag, place of the content and its length; None for a length that is not told beforehand (X.690, 8.1.3)."""
    tag, length = data[place], data[place + 1]
    if length < 0x80:
        return tag, place + 2, length
    count = length & 0x7F
    if count > 4:
        raise _Unread
    return tag, place + 2 + count, int.from_bytes(data[place + 2 : place + 2 + count], "big") if count else None


def _behind(data: bytes, place: int) -> int:
    """Where a value ends: one of untold length ends with two zeros, behind all it holds."""
    depth, pieces = 0, 0
    while True:
        tag, start, length = _head(data, place)
        pieces += 1
        if pieces > MOST_PIECES:
            raise _Unread
        if length is None:
            depth, place = depth + 1, start
        else:
            place = start + length
            depth -= tag == 0 and length == 0
        if depth <= 0:
            if place > len(data):
                raise _Unread
            return place


def _inside(data: bytes, place: int, tag: int) -> bytes:
    found, start, length = _head(data, place)
    if found != tag:
        raise _Unread
    end = _behind(data, place)
    return data[start:end] if length is not None else data[start : end - 2]


def _octets(data: bytes) -> bytes:
    """The bytes of an octet string, in one piece or several."""
    found, start, length = _head(data, 0)
    if found == 0x04 and length is not None:
        return data[start : start + length]
    inner, pieces, place = _inside(data, 0, 0x24), [], 0
    while place < len(inner):
        tag, start, length = _head(inner, place)
        if tag != 0x04 or length is None:
            raise _Unread
        pieces.append(inner[start : start + length])
        place = start + length
    return b"".join(pieces)
