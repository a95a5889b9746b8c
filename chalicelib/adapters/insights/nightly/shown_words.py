"""The words of customers that may be shown to staff: those of several, and none that says who they are."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from chalicelib.adapters.insights.topic_words import words_of
from chalicelib.domain.insights.insight_inputs import Said
from chalicelib.domain.insights.language import language_of
from chalicelib.domain.insights.nightly.keyword_rules import DICTIONARY
from chalicelib.domain.insights.nightly.private_words import english_names, without_private
from chalicelib.domain.orders.order_record import OrderRecord

CUSTOMERS = 3
"""Words of fewer customers may say who they are."""
READ = 2000
PERSON = "nr"
"""How the dictionary of Chinese words marks names of people."""


def shown_words(said: Sequence[Said], orders: Mapping[str, OrderRecord]) -> frozenset[str]:
    """The words that at least three customers use and that name nobody, and those of the dictionary. A name that stands
    in the title of a product is that of the product."""
    texts = {text: without_private(text) for text in dict.fromkeys(each.item.text[:READ] for each in said)}
    names = english_names(texts.values()) | _chinese_names(texts.values())
    named = names - words_of(" ".join(_titles(orders)))
    words = {text: words_of(plain) for text, plain in texts.items()}
    speakers = defaultdict[str, set[str]](set)
    for each in said:
        for word in words[each.item.text[:READ]]:
            if len(speakers[word]) < CUSTOMERS:
                speakers[word].add(each.item.speaker)
    common = {word for word, own in speakers.items() if len(own) >= CUSTOMERS and word not in named}
    return frozenset(common) | DICTIONARY.keys()


def _chinese_names(texts: Iterable[str]) -> set[str]:
    import rjieba

    chinese = (text for text in texts if language_of(text) == "zh")
    return {word for text in chinese for word, kind in rjieba.tag(text) if kind == PERSON}


def _titles(orders: Mapping[str, OrderRecord]) -> Iterable[str]:
    """The titles of the items of orders, each once."""
    reported = (record.told["items"].value or () for record in orders.values() if "items" in record.told)
    return sorted({str(item["title"]).lower() for items in reported for item in items if item.get("title")})
