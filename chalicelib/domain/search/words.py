"""The words of a text, in the form in which they are compared.

Words of scripts with spaces are compared whole: NFKC, in small letters, without accents. There is no stemming, because
no library of this package does it. Chinese and other scripts without spaces are compared by pairs of neighbouring
characters, so a word of two characters is found without a dictionary. A number or a SKU such as `AB-12` is a word as a
whole (`ab12`), besides its parts.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

MAX_READ = 8_000
"""How many characters of a text are read."""
LONGEST = 40
"""Longer words are nonsense or secrets, such as tokens in links."""
PAIRED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Burmese, Khmer
    "\u3005\u3007\u3040-\u30ff\u31f0-\u31ff"  # kana
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # Chinese characters
    "\uac00-\ud7af"  # Hangul: its particles have no space before them
)
"""The characters of scripts that are compared by pairs."""
MARKS = "\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0dff"
"""Accents and vowel signs, which Python does not count among the symbols of words."""
_SYMBOL = rf"(?:(?![{PAIRED}_])[\w{MARKS}])"
_RUN = re.compile(rf"[{PAIRED}]+|{_SYMBOL}+(?:[-_./]{_SYMBOL}+)*")
_ACCENTS = re.compile("[\u0300-\u036f]")
_PARTS = re.compile("[-_./]")


def words_of(text: str) -> list[str]:
    """The words that a text is found by, each once, in order; common words are left out."""
    words = (word for run in _runs(text) for word in _words_of_run(run, whole_only=False))
    return [word for word in dict.fromkeys(words) if word not in common_words()]


def asked_words(text: str) -> list[str]:
    """The words that a query names, each once, in order, common words among them: a number with signs in it stands for
    itself alone, and not for its parts."""
    return list(dict.fromkeys(word for run in _runs(text) for word in _words_of_run(run, whole_only=True)))


def name_words(name: str) -> list[str]:
    """The words that a person's name is found by. Chinese names are found by pairs: the surname with the given name's
    first character, and the given name; together they are the whole name."""
    return list(dict.fromkeys(word for run in _runs(name) for word in _words_of_run(run, whole_only=False)))


def is_single_character(text: str) -> bool:
    """Whether the text is one character of a script that is compared by pairs."""
    return [len(run) for run in _runs(text)] == [1] and is_paired(next(_runs(text)))


def is_paired(run: str) -> bool:
    """Whether a run of characters is of a script that is compared by pairs."""
    return re.match(f"[{PAIRED}]", run) is not None


def _runs(text: str) -> Iterator[str]:
    return (match[0] for match in _RUN.finditer(unicodedata.normalize("NFKC", text[:MAX_READ]).casefold()))


def _words_of_run(run: str, whole_only: bool) -> list[str]:
    if is_paired(run):
        return [run[place : place + 2] for place in range(len(run) - 1)]
    plain = _ACCENTS.sub("", unicodedata.normalize("NFD", run))
    parts = [unicodedata.normalize("NFC", part) for part in _PARTS.split(plain)]
    whole = "".join(parts)
    has_number = len(parts) > 1 and any(symbol.isdigit() for symbol in whole) and len(whole) <= LONGEST
    words = [whole] if has_number and whole_only else [*([whole] if has_number else []), *parts]
    return [word for word in words if 2 <= len(word) <= LONGEST]


@cache
def common_words() -> frozenset[str]:
    """Words in nearly every message, by which nothing is found and which would make up a third of the index."""
    return frozenset(_COMMON.split())


_COMMON = """
a about am an and any are as at be been but by can could dear did do does for from had has have he hello her hi his how
i if in is it its just me my of on or our please regards she so thank thanks that the their them there they this to us
was we were what when which will with would you your yours
我们 你们 他们 您好 你好 谢谢 感谢 请问 可以 什么 怎么 这个 那个 一个 已经 就是 还是 不是 因为 所以 如果 但是 的话 一下
"""
