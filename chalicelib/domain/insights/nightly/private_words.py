"""What of a text is never shown as a word: addresses, links, numbers and names."""

import re
from collections import Counter
from collections.abc import Iterable

PRIVATE = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)*|@\w+|https?://\S+|www\.\S+|\[\w+\]|[A-Za-z_-]*[0-9][A-Za-z0-9_-]*")
"""Mail addresses, names of accounts, links, placeholders, and whatever has a digit."""
INTRODUCED = re.compile(r"我(?:叫|姓)[\u4e00-\u9fff]{1,4}|[\u4e00-\u9fff]{1,3}(?:先生|女士|小姐|太太)")
"""Chinese names as people give them."""
INSIDE = re.compile(r"(?<=[a-z,;] )([A-Za-z][a-z']+)")
"""An English word that does not begin a sentence."""
MOSTLY = 0.5


def without_private(text: str) -> str:
    """The text without addresses, links, numbers, and names that are given as names."""
    return INTRODUCED.sub(" ", PRIVATE.sub(" ", text))


def english_names(texts: Iterable[str]) -> set[str]:
    """The English words, in lower case, that are mostly capitalised where they do not begin a sentence: names of
    people, towns and firms."""
    all_words: Counter[str] = Counter()
    capitals: Counter[str] = Counter()
    for text in texts:
        for word in INSIDE.findall(text):
            all_words[word.lower()] += 1
            capitals[word.lower()] += word[0].isupper()
    return {word for word, count in capitals.items() if count and count >= MOSTLY * all_words[word]}
