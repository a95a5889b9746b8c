"""Which characters bytes of a mail stand for.

The order of trust (docs/decisions/0011): a byte order mark; escape sequences, which nothing else has; the charset that
was told, also with a few bad bytes; UTF-8, which other charsets hardly ever look like; what the rest of the mail is
written in; and the charset that makes the likeliest words.
"""

import codecs
import re
from collections.abc import Iterable

from chalicelib.domain.email.parsing.charsets import SEVEN_BITS, codec_of, label_of
from chalicelib.domain.email.parsing.likelihood import CANDIDATES, likelihood

MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
JIS = re.compile(rb"\x1b(\$[@B]|\$\([@BD]|\([BHIJ])")
KOREAN = b"\x1b$)C"
"""What ISO-2022-KR begins with (RFC 1557)."""
SURROGATES = re.compile("[\ud800-\udfff]")
BAD = "\ufffd"
BEFORE, SAMPLE = 100, 4_000
"""So many bytes around the first that is not ASCII are weighed."""
FEW = 6
"""One bad sign in so many readable ones beyond ASCII is damage; more of them is another charset."""
MOST_OF_ONE, SURE = 4, 3
MOST_PAIRS = 12
"""So many signs of two bytes may be UTF-8 by chance: a short text of another charset can be."""
MEANT = ("cp1252", "cp1250", "cp1251", "cp1253", "cp1255", "cp1256", "gb18030")
STRANGE = re.compile(
    "[\u0180-\u019f\u01a2-\u01ae\u01b1-\u01cc\u01dd-\u0217\u021c-\u0258\u025a-\u02ba\u02bd-\u02ff\u0346-\u0385"
    "\u0460-\u048f\u04bb-\u04d7\u04da-\u04e7\u04ea-\u052f\u0700-\u08ff]"
)
"""Signs that two bytes of other charsets come to as UTF-8, and that living languages hardly write."""
RUNS = re.compile(f"{BAD}+")
WESTERN = ("cp1252", "iso8859-15", "cp1254")
"""Charsets that programs name for whatever they send."""
EASTERN = ("gb18030", "big5hkscs", "cp932", "euc_jp", "cp949")
UNIFIED = {*SEVEN_BITS, "utf-8"}


def read(data: bytes, told: str | None = None, hints: Iterable[str | None] = ()) -> str:
    """The text that bytes stand for; never an error. `told` is the charset they come with, `hints` are those of what
    came with them."""
    found = _read(data, told, hints)
    if SURROGATES.search(found):  # UTF-7 can say them alone, and then they are no characters
        return found.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return found


def _read(data: bytes, told: str | None, hints: Iterable[str | None]) -> str:
    for mark, name in MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(name, "replace")
    label = label_of(told)
    if JIS.search(data) and (label.startswith("iso-2022-jp") or data.isascii()):
        return jis(data)
    codec = codec_of(told)
    if data.isascii() and KOREAN in data:
        return data.decode("iso2022_kr", "replace")
    if data.isascii() and codec not in SEVEN_BITS:
        return data.decode("ascii")
    return _as_told(data, codec) or _guessed(data, codec, hints)


def jis(data: bytes) -> str:
    """ISO-2022-JP, as clients write it: with ① and the like, and half-width kana, of which the standard has none. Pairs
    are read by Microsoft's table (cp932), since that is where they come from."""
    found, mode = [], b"(B"
    for place, piece in enumerate(JIS.split(data)):
        if place % 2:
            mode = piece
        elif mode[:1] == b"$":
            found.append(_jis_pairs(piece, supplementary=mode == b"$(D"))
        elif mode == b"(I":
            found.append(bytes(one | 0x80 if 0x21 <= one <= 0x5F else one for one in piece).decode("cp932", "replace"))
        else:
            found.append(piece.decode("cp932", "replace"))
    return "".join(found)


def _jis_pairs(data: bytes, supplementary: bool) -> str:
    found, place = [], 0
    while place < len(data):
        first, second = data[place], data[place + 1] if place + 1 < len(data) else 0
        if not (0x21 <= first <= 0x7E and 0x21 <= second <= 0x7E):
            found.append(chr(first) if first < 0x21 else BAD)
            place += 1
            continue
        pair = bytes((0x8F, first | 0x80, second | 0x80)) if supplementary else _shifted(first, second)
        found.append(pair.decode("euc_jp" if supplementary else "cp932", "replace"))
        place += 2
    return "".join(found)


def _shifted(first: int, second: int) -> bytes:
    """A pair of JIS X 0208 as Shift-JIS writes it (JIS X 0208:1997, appendix 1)."""
    lead = (first + 1) // 2 + (0x70 if first < 0x5F else 0xB0)
    trail = second + 0x7E if first % 2 == 0 else second + (0x20 if second > 0x5F else 0x1F)
    return bytes((lead, trail))


def _as_told(data: bytes, codec: str | None) -> str | None:
    """The text by the charset that was told, if it fits but for some damage. What is UTF-8 to the last byte is UTF-8;
    many programs name the charset of their country for everything."""
    if codec is None:
        return None
    if codec not in UNIFIED and (plain := _strict(data, "utf-8")) and _is_meant(plain, data, codec):
        return plain
    return _nearly(data, codec)


def _is_meant(plain: str, data: bytes, codec: str) -> bool:
    """Whether text that is UTF-8 to the last byte is meant so: hardly any other of three signs is, unless all of them
    are of two bytes. Of less the likelier is meant, and signs that hardly anybody writes are not."""
    signs = [sign for sign in plain if sign > "\x7f"]
    if len(data) <= SAMPLE and len(signs) < MOST_PAIRS and any(map(STRANGE.match, signs)):
        return False
    pairs = codec in EASTERN and len(signs) < MOST_PAIRS and max(signs) < "\u0800"
    if codec in WESTERN or len(data) > SAMPLE or (len(signs) >= SURE and not pairs):
        return True
    other = _strict(data, codec) if codec in CANDIDATES else None
    if other is None:
        return codec in CANDIDATES
    best = max(likelihood(plain, one, len(data)) for one in MEANT)
    return best > likelihood(other, codec, len(data))


def _nearly(data: bytes, codec: str) -> str | None:
    """The text by this charset, with some damage at most. A lost byte costs up to four bad signs in a row."""
    found = data.decode(codec, "replace")
    bad = found.count(BAD)
    if bad == 0:
        return found
    good, places = sum(1 for sign in found if sign > "\x7f") - bad, len(RUNS.findall(found))
    few = places <= max(1, good // FEW) and bad <= places * MOST_OF_ONE
    return found if few and good >= bad else None


def _strict(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except UnicodeError:
        return None


def _guessed(data: bytes, told: str | None, hints: Iterable[str | None]) -> str:
    plain = _strict(data, "utf-8") or _nearly_utf8(data)
    if plain:
        return plain
    for codec in map(codec_of, hints):
        if codec and codec not in SEVEN_BITS and (found := _nearly(data, codec)):
            return found
    first = next((place for place, one in enumerate(data) if one > 0x7F), 0)
    sample = data[max(0, first - BEFORE) : first + SAMPLE]
    texts = {codec: found for codec in CANDIDATES if (found := _nearly(sample, codec)) is not None}
    if told in EASTERN:
        texts = _beside(told, sample, texts)
    best = max(texts, key=lambda codec: likelihood(texts[codec], codec, len(sample)), default="utf-8")
    return data.decode(best, "replace")


def _beside(told: str, sample: bytes, texts: dict[str, str]) -> dict[str, str]:
    """What may be likelier than a charset that was told and has more than some damage: one that reads all of it. Those
    of one byte a sign read anything, and count only where most is damage."""
    damaged = sample.decode(told, "replace")
    signs = sum(1 for sign in damaged if sign > "\x7f")
    alike = EASTERN if damaged.count(BAD) * 2 <= signs else CANDIDATES
    return {told: damaged} | {one: text for one, text in texts.items() if one in alike and BAD not in text}


def _nearly_utf8(data: bytes) -> str | None:
    """UTF-8 with some damage: only where enough of the rest is good, since short texts may look like it."""
    found = _nearly(data, "utf-8")
    return found if found and sum(1 for sign in found if sign > "\x7f" and sign != BAD) >= SURE else None
