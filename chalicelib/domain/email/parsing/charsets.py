"""The charsets that are meant by the labels in emails."""

import codecs
import re

LONGEST_LABEL = 40
WIDER = {
    "ascii": "",
    "us-ascii": "",
    "ansi_x3.4-1968": "",
    "8bit": "",
    "unknown-8bit": "",
    "x-unknown": "",
    "binary": "",
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "iso8859-1": "cp1252",
    "ansi": "cp1252",
    "iso-8859-9": "cp1254",
    "iso-8859-11": "cp874",
    "tis-620": "cp874",
    "iso-8859-8-i": "iso8859_8",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb_2312-80": "gb18030",
    "x-gbk": "gb18030",
    "euc-cn": "gb18030",
    "cp936": "gb18030",
    "chinese": "gb18030",
    "csgb2312": "gb18030",
    "gb18030-2022": "gb18030",
    "hz-gb-2312": "hz",
    "big5": "big5hkscs",
    "big5-hkscs": "big5hkscs",
    "big5-eten": "big5hkscs",
    "x-x-big5": "big5hkscs",
    "cn-big5": "big5hkscs",
    "cp950": "big5hkscs",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "x-sjis": "cp932",
    "windows-31j": "cp932",
    "ms_kanji": "cp932",
    "x-euc-jp": "euc_jp",
    "ks_c_5601-1987": "cp949",
    "ks_c_5601": "cp949",
    "ksc5601": "cp949",
    "euc-kr": "cp949",
    "euc_kr": "cp949",
    "euckr": "cp949",
    "iso-2022-cn": "",
    "unicode-1-1-utf-7": "utf-7",
    "utf8mb4": "utf-8",
    "unicode": "utf-16",
    "cp65001": "utf-8",
    "x-utf-8": "utf-8",
    "x-windows-949": "cp949",
    "x-mac-roman": "mac_roman",
    "macintosh": "mac_roman",
}
"""The charset that is meant by a label: clients declare the smaller one and write the larger (WHATWG Encoding, 2024,
"names and labels"; the labels of Chinese, Japanese and Korean clients as their emails have them). Empty if the label
says nothing."""
NO_CHARACTERS = {"undefined", "idna", "punycode", "unicode_escape", "raw_unicode_escape", "mbcs", "oem", "charmap"}
"""Python codecs that are no charsets of emails."""
SEVEN_BITS = {"utf-7", "hz", "iso2022_kr", "utf-16", "utf-16-le", "utf-16-be", "utf-32"}
"""Charsets whose text can look like ASCII, or contain zero bytes."""


def clean_label(label: str | None) -> str:
    """The label of a charset as labels are compared: in lower case, without quotation marks."""
    return (label or "").strip().strip("\"'").lower()[:LONGEST_LABEL]


def codec_of(label: str | None) -> str | None:
    """Python's name of the charset that is meant by a label; None if that is no charset, or if it says nothing."""
    name = clean_label(label)
    name = WIDER.get(name, name)
    if not re.fullmatch(r"[a-z0-9][a-z0-9._:+-]*", name):
        return None
    try:
        codec = codecs.lookup(name).name
        is_charset = codec not in NO_CHARACTERS and isinstance(b"".decode(name), str)
    except (LookupError, UnicodeError, ValueError, TypeError):
        return None
    return (WIDER.get(codec, codec) or None) if is_charset else None
