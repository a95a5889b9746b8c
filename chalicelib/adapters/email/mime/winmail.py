"""Unpack the files that Outlook packs into a `winmail.dat` (MS-OXTNEF).

tnefparse believes the numbers in a file, so a small file can make it use more time and memory than there is
(docs/decisions/0011). Therefore the file is checked first: what it announces must be there. Only its attachments are
passed on, and of those no list of properties that announces more than it has.
"""

import struct
from collections.abc import Iterator

from chalicelib.domain.kernel.validation import one_line

SIGNATURE = 0x223E9F78
HEAD_BYTES = 6
OBJECT_BYTES = 11
"""The bytes of an object besides its content."""
ATTACHMENT_LEVEL = 2
PROPERTIES = 0x9005
CODE_PAGE = 0x9007
MOST_OBJECTS = 2_000
MOST_COPIED_BYTES = 4_000_000_000
"""tnefparse copies the rest of the file for each object, so objects times bytes are bounded."""
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
"""The bytes of a value by its type (MS-OXTNEF 2.1.3.4); values of other types have a length."""
VARIABLE = {0x0000, 0x000D, 0x001E, 0x001F, 0x0102}
MESSAGE = b"\x07\x03\x02\x00\x00\x00\x00\x00\xc0\x00\x00\x00\x00\x00\x00\x46"
"""The beginning of an email packed into the email: it is a package of its own, and is not unpacked."""


def is_winmail(kind: str, name: str) -> bool:
    """Whether a file is a `winmail.dat`, by its media type or its name."""
    return kind in ("application/ms-tnef", "application/vnd.ms-tnef") or name.lower() == "winmail.dat"


def unpack_winmail(data: bytes) -> Iterator[tuple[str, str, bytes]]:
    """The name, media type and content of each packed file; none if the package cannot be read."""
    from tnefparse import TNEF

    checked = b"".join(_checked(data))
    try:
        attachments = TNEF(checked, do_checksum=False).attachments if checked else []
        files = [(one_line(file.long_filename() or file.name) or "", bytes(file.data)) for file in attachments]
    except Exception:  # strangers' bytes break a parser in ways no list names; the email itself is still read
        files = []
    yield from ((name, "application/octet-stream", content) for name, content in files if content)


def _checked(data: bytes) -> Iterator[bytes]:
    """The needed objects of a package, without any that announces more than is there."""
    if len(data) < HEAD_BYTES or struct.unpack_from("<I", data)[0] != SIGNATURE:
        return
    objects = list(_objects(data))
    if len(objects) > MOST_OBJECTS or len(objects) * len(data) > MOST_COPIED_BYTES:
        return
    yield data[:HEAD_BYTES]
    for level, name, start, end in objects:
        is_needed = level == ATTACHMENT_LEVEL or name == CODE_PAGE
        if is_needed and (name != PROPERTIES or is_sound_list(data[start + 9 : end - 2])):
            yield data[start:end]


def _objects(data: bytes) -> Iterator[tuple[int, int, int, int]]:
    """The level, name, start and end of each object, up to the first that is not complete (MS-OXTNEF 2.1.3.3)."""
    place = HEAD_BYTES
    count = 0
    while place + OBJECT_BYTES <= len(data) and count <= MOST_OBJECTS:
        level, name, _, length = struct.unpack_from("<BHHI", data, place)
        end = place + OBJECT_BYTES + length
        if end > len(data):
            return
        yield level, name, place, end
        place = end
        count += 1


def is_sound_list(data: bytes) -> bool:
    """Whether a list of properties has as many as it announces, each as long as it announces."""
    try:
        (count,) = struct.unpack_from("<I", data)
        if count > MOST_PROPERTIES:
            return False
        place = 4
        for _ in range(count):
            place = _behind_property(data, place)
    except (struct.error, ValueError):
        return False
    return place <= len(data)


def _behind_property(data: bytes, place: int) -> int:
    """The place behind a property; ValueError if it announces more than there is."""
    kind, name = struct.unpack_from("<HH", data, place)
    place += 4
    if name >= 0x8000:
        (name_kind,) = struct.unpack_from("<I", data, place + 16)
        place += 20
        place += 4 if name_kind == 0 else _padded_length(data, place)
    has_many = bool(kind & 0x1000)
    count = 1
    if has_many or kind in VARIABLE:
        (count,) = struct.unpack_from("<I", data, place)
        place += 4
    kind &= ~0x1000
    if count > MOST_PROPERTIES or (kind not in FIXED and kind not in VARIABLE):
        raise ValueError(kind)
    for _ in range(count):
        place += _padded_length(data, place) if kind in VARIABLE else FIXED[kind]
    return place


def _padded_length(data: bytes, place: int) -> int:
    """How many bytes a value has with its length and its padding."""
    (length,) = struct.unpack_from("<I", data, place)
    if place + 4 + length > len(data) or data[place + 4 : place + 20] == MESSAGE:
        raise ValueError(length)
    return 4 + int(length + (-length % 4))
