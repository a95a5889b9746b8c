"""Words of after-sales service that are always looked for, in Chinese and English, and which words rose."""

from collections.abc import Iterable, Mapping

from chalicelib.domain.insights.nightly.chance import false_discovery_rates, is_more

DICTIONARY: Mapping[str, str] = {
    word: name
    for name, words in {
        "delivery": "物流 快递 发货 延误 没收到 签收 驿站 丢件 courier tracking parcel delayed customs dispatch lost",
        "packaging": "包装 破损 压坏 漏发 少件 packaging crushed torn missing damaged",
        "quality": "质量 开胶 掉色 断裂 异响 漏水 冒烟 发烫 quality sole broken cracked leaking smoke faulty peeling",
        "size": "尺码 偏大 偏小 紧 size fit tight loose small large",
        "money": "退款 差价 扣款 运费 发票 refund charged invoice voucher deposit",
        "service": "客服 态度 投诉 回复 没人管 service rude complaint reply answer agent",
        "return": "退货 换货 维修 保修 补发 return exchange repair warranty replacement",
        "praise": "满意 好评 推荐 回购 喜欢 love great recommend perfect happy",
    }.items()
    for word in words.split()
}
"""The words, each with the subject it belongs to."""
ENGLISH = frozenset(filter(str.isascii, DICTIONARY))
CHINESE = tuple(word for word in DICTIONARY if word not in ENGLISH)
RISEN = 0.05
"""The share of false discoveries among the words that are said to have risen."""


def dictionary_words(text: str, words: Iterable[str]) -> set[str]:
    """The words of the dictionary that a text has: of English its words, of Chinese any part of it."""
    chinese = () if text.isascii() else CHINESE
    return {*ENGLISH.intersection(words), *(word for word in chinese if word in text)}


def risen(counts: Mapping[str, tuple[int, int]], now: int, before: int) -> set[str]:
    """The words that more texts have now than before, beyond chance. `counts`: by word, how many of `now` texts have it
    and how many of `before`."""
    words = sorted(counts)
    chances = [is_more(counts[word][0], counts[word][0] + counts[word][1], now, now + before) for word in words]
    rates = false_discovery_rates(chances)
    return {word for word, rate in zip(words, rates, strict=True) if rate <= RISEN}
