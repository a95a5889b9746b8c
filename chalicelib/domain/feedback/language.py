"""The language and the script of a text, by rule.

A Chinese character makes a text Chinese: on short texts of customers this is right more often than what guesses from
statistics (docs/understanding.md). Which script it is, characters say that exist in one of the two alone; the tables
hold the most frequent of those (Unihan: kSimplifiedVariant, kTraditionalVariant).
"""

import re
from typing import Literal

Language = Literal["zh-Hans", "zh-Hant", "en", "mixed", "none"]
"""`mixed`: Chinese and English, each with something to say; `none`: neither."""
CHINESE = re.compile(r"[\u3400-\u9fff]")
ENGLISH = re.compile(r"[A-Za-z]{2,}")
ENGLISH_CLAUSE = 4
"""So many English words beside Chinese ones are more than the name of a product or a size."""
SIMPLIFIED = frozenset(
    "们这个来国时说会为过对开发没还现样么经学后从动两长机问间见书头应关电让给话车东许难错银钱单货师换买卖坏质运损订复"
    "级发线坏维评论实诉拨补购员产品报价务顺满谢须预约觉简绝给热爱贵缩洁轻软调试设备录图颜红绿蓝边页码验证费请"
)
TRADITIONAL = frozenset(
    "們這個來國時說會為過對開發沒還現樣麼經學後從動兩長機問間見書頭應關電讓給話車東許難錯銀錢單貨師換買賣壞質運損訂復"
    "級發線維評論實訴撥補購員產報價務順滿謝須預約覺簡絕熱愛貴縮潔輕軟調試設備錄圖顏紅綠藍邊頁碼驗證費請"
)
READ = 2000
"""Characters of a text that are read."""


def language_of_text(text: str) -> Language:
    """The language of a text and, of a Chinese one, its script: the one that more of its characters exist in alone."""
    read = text[:READ]
    if not CHINESE.search(read):
        return "en" if ENGLISH.search(read) else "none"
    if len(ENGLISH.findall(read)) >= ENGLISH_CLAUSE:
        return "mixed"
    simplified = sum(character in SIMPLIFIED - TRADITIONAL for character in read)
    traditional = sum(character in TRADITIONAL - SIMPLIFIED for character in read)
    return "zh-Hant" if traditional > simplified else "zh-Hans"
