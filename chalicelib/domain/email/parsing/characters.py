"""Decode the bytes of an email into text.

The signs of a charset in the order in which they are trusted (docs/decisions/0011): a byte order mark; escape
sequences, which nothing else has; the declared charset, even with a few bad bytes; UTF-8, which text in other charsets
hardly ever looks like; the charsets of the rest of the email; and the charset that makes the likeliest words.
"""

import codecs
import re
from collections.abc import Iterable

from chalicelib.domain.email.parsing.charsets import SEVEN_BITS, clean_label, codec_of
from chalicelib.domain.email.parsing.likelihood import CANDIDATES, likelihood

MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
JIS = re.compile(rb"\x1b(\$[@B]|\$\([@BD]|\([BHIJ])")
KOREAN = b"\x1b$)C"
"""The bytes with which ISO-2022-KR begins (RFC 1557)."""
SURROGATES = re.compile("[\ud800-\udfff]")
BAD = "\ufffd"
SAMPLE_BEFORE = 100
SAMPLE = 4_000
"""The charset is guessed from this many bytes, before and after the first that is not ASCII."""
GOOD_PER_BAD = 6
"""One bad character among this many good ones beyond ASCII is damage; more bad ones mean another charset."""
MAX_BAD_IN_A_ROW = 4
"""A lost byte makes at most this many bad characters in a row."""
SURE = 3
"""With this many characters beyond ASCII, valid UTF-8 is hardly ever another charset."""
MOST_PAIRS = 12
"""A short text in another charset can be valid UTF-8 by chance, with fewer characters of two bytes than this."""
MEANT = ("cp1252", "cp1250", "cp1251", "cp1253", "cp1255", "cp1256", "gb18030")
STRANGE = re.compile(
    "[\u0180-\u019f\u01a2-\u01ae\u01b1-\u01cc\u01dd-\u0217\u021c-\u0258\u025a-\u02ba\u02bd-\u02ff\u0346-\u0385"
    "\u0460-\u048f\u04bb-\u04d7\u04da-\u04e7\u04ea-\u052f\u0700-\u08ff]"
)
"""Characters that two bytes of other charsets make when read as UTF-8, and that living languages hardly use."""
RUNS = re.compile(f"{BAD}+")
WESTERN = ("cp1252", "iso8859-15", "cp1254")
"""Charsets that programs declare for whatever they send."""
EASTERN = ("gb18030", "big5hkscs", "cp932", "euc_jp", "cp949")
UNIFIED = {*SEVEN_BITS, "utf-8"}


def decode_text(data: bytes, declared: str | None = None, hints: Iterable[str | None] = ()) -> str:
    """Decode bytes into text; never an error.

    `declared` is the charset that is declared for them, `hints` are the charsets of the rest of the email.
    """
    text = _decode(data, declared, hints)
    if SURROGATES.search(text):  # UTF-7 can contain half a pair, which is no character
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def _decode(data: bytes, declared: str | None, hints: Iterable[str | None]) -> str:
    for mark, name in MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(name, "replace")
    if JIS.search(data) and (data.isascii() or clean_label(declared).startswith("iso-2022-jp")):
        return decode_jis(data)
    codec = codec_of(declared) if declared is not None else None
    if data.isascii() and KOREAN in data:
        return data.decode("iso2022_kr", "replace")
    if data.isascii() and codec not in SEVEN_BITS:
        return data.decode("ascii")
    return _as_declared(data, codec) or _guess(data, codec, hints)


def decode_jis(data: bytes) -> str:
    """Decode ISO-2022-JP as clients write it: with ① and the like, and with half-width kana, which the standard lacks.
    Pairs of bytes are read by Microsoft's table (cp932), since that is where they come from."""
    pieces: list[str] = []
    mode = b"(B"
    for place, piece in enumerate(JIS.split(data)):
        if place % 2:
            mode = piece
        elif mode[:1] == b"$":
            pieces.append(_decode_jis_pairs(piece, supplementary=mode == b"$(D"))
        elif mode == b"(I":
            kana = bytes(byte | 0x80 if 0x21 <= byte <= 0x5F else byte for byte in piece)
            pieces.append(kana.decode("cp932", "replace"))
        else:
            pieces.append(piece.decode("cp932", "replace"))
    return "".join(pieces)


def _decode_jis_pairs(data: bytes, supplementary: bool) -> str:
    characters: list[str] = []
    place = 0
    while place < len(data):
        first = data[place]
        second = data[place + 1] if place + 1 < len(data) else 0
        if not (0x21 <= first <= 0x7E and 0x21 <= second <= 0x7E):
            characters.append(chr(first) if first < 0x21 else BAD)
            place += 1
            continue
        pair = bytes((0x8F, first | 0x80, second | 0x80)) if supplementary else _as_shift_jis(first, second)
        characters.append(pair.decode("euc_jp" if supplementary else "cp932", "replace"))
        place += 2
    return "".join(characters)


def _as_shift_jis(first: int, second: int) -> bytes:
    """A pair of JIS X 0208 as Shift-JIS writes it (JIS X 0208:1997, appendix 1)."""
    lead = (first + 1) // 2 + (0x70 if first < 0x5F else 0xB0)
    trail = second + 0x7E if first % 2 == 0 else second + (0x20 if second > 0x5F else 0x1F)
    return bytes((lead, trail))


def _as_declared(data: bytes, codec: str | None) -> str | None:
    """The text in the declared charset, if it fits but for some damage.

    What is valid UTF-8 to the last byte is UTF-8: many programs declare the charset of their country for everything.
    """
    if codec is None:
        return None
    if codec not in UNIFIED and (text := _decode_strictly(data, "utf-8")) and _is_really_utf8(text, data, codec):
        return text
    return _decode_damaged(data, codec)


def _is_really_utf8(text: str, data: bytes, codec: str) -> bool:
    """Whether bytes that are valid UTF-8 are meant as UTF-8, although another charset is declared.

    With three characters beyond ASCII they hardly ever are anything else, unless all of them have two bytes. With
    fewer, the likelier text is meant, and one with characters that hardly anybody writes is not.
    """
    signs = [sign for sign in text if sign > "\x7f"]
    if len(data) <= SAMPLE and len(signs) < MOST_PAIRS and any(map(STRANGE.match, signs)):
        return False
    are_pairs = codec in EASTERN and len(signs) < MOST_PAIRS and max(signs) < "\u0800"
    if codec in WESTERN or len(data) > SAMPLE or (len(signs) >= SURE and not are_pairs):
        return True
    as_declared = _decode_strictly(data, codec) if codec in CANDIDATES else None
    if as_declared is None:
        return codec in CANDIDATES
    best = max(likelihood(text, candidate, len(data)) for candidate in MEANT)
    return best > likelihood(as_declared, codec, len(data))


def _decode_damaged(data: bytes, codec: str) -> str | None:
    """The text in this charset, if it has at most some damage; else None."""
    text = data.decode(codec, "replace")
    bad = text.count(BAD)
    if bad == 0:
        return text
    good = _count_beyond_ascii(text) - bad
    places = len(RUNS.findall(text))
    is_rare = places <= max(1, good // GOOD_PER_BAD) and bad <= places * MAX_BAD_IN_A_ROW
    return text if is_rare and good >= bad else None


def _decode_strictly(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except UnicodeError:
        return None


def _guess(data: bytes, codec: str | None, hints: Iterable[str | None]) -> str:
    """The text in UTF-8, in a charset of the rest of the email, or in the likeliest one, if `codec` did not fit."""
    utf8 = _decode_strictly(data, "utf-8") or _decode_damaged_utf8(data)
    if utf8:
        return utf8
    for hint in map(codec_of, hints):
        if hint and hint not in SEVEN_BITS and (text := _decode_damaged(data, hint)):
            return text
    first = next((place for place, byte in enumerate(data) if byte > 0x7F), 0)
    sample = data[max(0, first - SAMPLE_BEFORE) : first + SAMPLE]
    decoded = {candidate: _decode_damaged(sample, candidate) for candidate in CANDIDATES}
    texts = {candidate: text for candidate, text in decoded.items() if text is not None}
    if codec in EASTERN:
        texts = _rivals(codec, sample, texts)
    best = max(texts, key=lambda candidate: likelihood(texts[candidate], candidate, len(sample)), default="utf-8")
    return data.decode(best, "replace")


def _rivals(declared: str, sample: bytes, texts: dict[str, str]) -> dict[str, str]:
    """The text in a declared Eastern charset that has more than some damage, and the texts that may be likelier.

    Those are texts without any damage. Charsets with one byte for each character can read anything, so they count only
    if most of the declared text is damage.
    """
    damaged = sample.decode(declared, "replace")
    candidates = EASTERN if damaged.count(BAD) * 2 <= _count_beyond_ascii(damaged) else CANDIDATES
    whole = {candidate: text for candidate, text in texts.items() if candidate in candidates and BAD not in text}
    return {declared: damaged} | whole


def _decode_damaged_utf8(data: bytes) -> str | None:
    """The text in UTF-8 with some damage, if enough of it is good: short texts may look like UTF-8 by chance."""
    text = _decode_damaged(data, "utf-8")
    return text if text and _count_beyond_ascii(text) - text.count(BAD) >= SURE else None


def _count_beyond_ascii(text: str) -> int:
    return sum(1 for sign in text if sign > "\x7f")
