"""What would help those who ask a question again and again, by rule."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Literal

from chalicelib.domain.insights.said_reasons import reason_of

Proposal = Literal["article", "page_text", "product", "packaging"]
OF_REASONS: Mapping[str, Proposal] = {
    "damaged_in_transit": "packaging",
    "defective": "product",
    "not_as_described": "page_text",
    "size_too_small": "page_text",
    "size_too_large": "page_text",
}
"""What helps against what a text says is wrong."""
ORDER: tuple[Proposal, ...] = ("packaging", "product", "page_text", "article")
"""Of proposals that as many texts speak for, the first is made."""
ABOUT_THE_PAGE = re.compile(
    r"尺码|尺寸|多(大|高|长|宽|重)|几码|大一码|小一码|型号|规格|参数|材质|面料|兼容|适配|能接|(能|可以)(用|配|装)(吗|么|在)|"
    r"支持.{0,8}(吗|么|不)|功率|电压|容量|接口|颜色|调光|"
    r"\bsiz(e|es|ing)\b|\bdimension|\bmeasure|how (big|tall|long|wide|heavy)|\bspec(s|ification)?\b|compatib|"
    r"\bfits?\b|work with|\bmodel\b|material|fabric|\bcolou?rs?\b|voltage|\bwatts?\b|capacity|\bdimm|which (size|bulb|plug)",
    re.IGNORECASE,
)
READ = 2000
"""Characters of a text that are read."""


def proposal_for(texts: Iterable[str]) -> Proposal:
    """What most of these texts speak for: better packaging where things came damaged, a better product where they fail,
    a clearer page where sizes and properties are asked for, an article otherwise."""
    votes = Counter(map(_proposal, texts))
    return max(ORDER, key=lambda each: (votes[each], -ORDER.index(each))) if votes else "article"


def _proposal(text: str) -> Proposal:
    of_reason = OF_REASONS.get(reason_of(text) or "")
    if of_reason is not None:
        return of_reason
    return "page_text" if ABOUT_THE_PAGE.search(text, 0, READ) else "article"
