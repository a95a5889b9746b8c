"""What Outlook packs into a `winmail.dat` (MS-OXTNEF).

tnefparse believes the numbers that stand in a file: a small one can ask for more time and memory than there is
(docs/decisions/0011). So the file is gone through first: what is claimed must be there. Only its attachments are handed
on, and of those no list of properties that claims more than it holds.
"""

import struct
from collections.abc import Iterator

from chalicelib.domain.kernel.validation import one_line

SIGNATURE, HEAD = 0x223E9F78, 6
ATTACHMENT_LEVEL, PROPERTIES, CODE_PAGE = 2, 0x9005, 0x9007
MOST_OBJECTS, MOST_COPIED = 2_000, 4_000_000_000
"""tnefparse copies what is left of the file for each object: objects times bytes are bounded."""
MOST_PROPERTIES = 1_000
FIXED = {
    0x0002: 4,
    0x000B: 4,
    0x0003: 4,
    0x0004: 4,
    0x000A: 4,
    0x0005: 8,
    0x0006: 8,
    0x0007: 8,
    0x0014: 8,
    0x0040: 8,
    0x0048: 16,
}
"""Bytes of a value by its type (MS-OXTNEF 2.1.3.4); the others say how long they are."""
VARIABLE = {0x0000, 0x000D, 0x001E, 0x001F, 0x0102}
MESSAGE = b"\x07\x03\x02\x00\x00\x00\x00\x00\xc0\x00\x00\x00\x00\x00\x00\x46"
"""What begins a mail packed into the mail: it is a package of its own, and not gone into."""


def is_packed(kind: str, name: str) -> bool:
    """Whether a file is one of Outlook's packages."""
    return kind in ("application/ms-tnef", "application/vnd.ms-tnef") or name.lower() == "winmail.dat"


def unpacked(data: bytes) -> Iterator[tuple[str, str, bytes]]:
    """The files in a package: name, kind, and what they hold; none where it cannot be read."""
    from tnefparse import TNEF

    sound = b"".join(_sound(data))
    try:
        found = TNEF(sound, do_checksum=False).attachments if sound else []
        told = [(one_line(one.long_filename() or one.name) or "", bytes(one.data)) for one in found]
    except Exception:  # bytes of strangers break a parser in ways no list names; the mail itself stays
        told = []
    yield from ((name, "application/octet-stream", one) for name, one in told if one)


def _sound(data: bytes) -> Iterator[bytes]:
    """The package with what is needed of it, and nothing that claims more than is there."""
    if len(data) < HEAD or struct.unpack_from("<I", data)[0] != SIGNATURE:
        return
    objects = list(_objects(data))
    if len(objects) > MOST_OBJECTS or len(objects) * len(data) > MOST_COPIED:
        return
    yield data[:HEAD]
    for level, name, start, end in objects:
        is_wanted = level == ATTACHMENT_LEVEL or name == CODE_PAGE
        if is_wanted and (name != PROPERTIES or is_sound_list(data[start + 9 : end - 2])):
            yield data[start:end]


def _objects(data: bytes) -> Iterator[tuple[int, int, int, int]]:
    """Level, name and place of each object, as long as they are there whole (MS-OXTNEF 2.1.3.3)."""
    place, count = HEAD, 0
    while place + 11 <= len(data) and count <= MOST_OBJECTS:
        level, name, _, length = struct.unpack_from("<BHHI", data, place)
        end = place + 11 + length
        if end > len(data):
            return
        yield level, name, place, end
        place, count = end, count + 1


def is_sound_list(data: bytes) -> bool:
    """Whether a list of properties holds as many as it claims, each as long as it claims."""
    try:
        (count,) = struct.unpack_from("<I", data)
        place = 4
        if count > MOST_PROPERTIES:
            return False
        for _ in range(count):
            place = _behind_property(data, place)
    except (struct.error, ValueError):
        return False
    return place <= len(data)


def _behind_property(data: bytes, place: int) -> int:
    """Where a property ends; ValueError where it claims more than there is."""
    kind, name = struct.unpack_from("<HH", data, place)
    place += 4
    if name >= 0x8000:
        (named,) = struct.unpack_from("<I", data, place + 16)
        place += 20
        place += 4 if named == 0 else _padded(data, place)
    values, single = 1, not kind & 0x1000
    if not single or kind in VARIABLE:
        (values,) = struct.unpack_from("<I", data, place)
        place += 4
    kind &= ~0x1000
    if values > MOST_PROPERTIES or (kind not in FIXED and kind not in VARIABLE):
        raise ValueError(kind)
    for _ in range(values):
        place += _padded(data, place) if kind in VARIABLE else FIXED[kind]
    return place


def _padded(data: bytes, place: int) -> int:
    """How many bytes a value takes with its length and its filling."""
    (length,) = struct.unpack_from("<I", data, place)
    if place + 4 + length > len(data) or data[place + 4 : place + 20] == MESSAGE:
        raise ValueError(length)
    return 4 + int(length + (-length % 4))
